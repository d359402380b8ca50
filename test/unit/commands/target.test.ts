import assert from 'node:assert/strict';
import type * as TargetModule from '../../../src/commands/target';
import { anInstance, tidbError } from '../fakes';
import { manyAccounts } from '../services/manyAccounts';
import { stage } from '../services/stage';
import { editor, withoutEditor } from './editor';

describe('the instance that a command names', () => {
  let target: typeof TargetModule;

  before(async () => {
    target = await withoutEditor(() => import('../../../src/commands/target'));
  });
  beforeEach(() => editor.reset());

  it('is listed where it was not yet', async () => {
    const { inventory } = stage();
    assert.equal((await target.instanceFor(inventory, { instanceId: anInstance.id })).name, 'orders');
  });

  it('is gone where every account was listed', async () => {
    const { inventory } = stage();
    await assert.rejects(target.instanceFor(inventory, { instanceId: 'gone' }), { code: 'notFound' });
  });

  it('may be of an account that could not be listed: its failure is told, and tried again with the next run', async () => {
    const m = manyAccounts();
    await m.signIn();
    m.worlds.one.instances.clear();
    m.worlds.two.instances.set(anInstance.id, anInstance);
    const down = tidbError('unreachable');
    m.worlds.two.script.fail('listInstances', down);
    await assert.rejects(target.instanceFor(m.inventory, { instanceId: anInstance.id }), down);
    assert.equal((await target.instanceFor(m.inventory, { instanceId: anInstance.id })).id, anInstance.id);
  });
});
