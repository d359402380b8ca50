import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/emitter';
import type { HealthLevel, Verdict } from '../../../src/core/health';
import { commands } from '../../../src/ids';
import type { SettledChange } from '../../../src/services/health/book';
import type * as NewsModule from '../../../src/statusBar/healthNews';
import { fakeEditor, withoutEditor } from '../panels/withoutEditor';

const ref = { instanceId: '1', endpointId: 'ep-1' };
const verdict = (level: HealthLevel, word: string): Verdict => ({
  level,
  word,
  explanation: `It is ${word}.`,
});
const healthy = verdict('healthy', 'Active');

describe('news of health', () => {
  let news: NewsModule.HealthNews;
  let settled: Emitter<SettledChange>;
  let isUnderWay: boolean;
  let module: typeof NewsModule;

  before(async () => {
    module = await withoutEditor(() => import('../../../src/statusBar/healthNews'));
  });
  beforeEach(() => {
    fakeEditor.reset();
    isUnderWay = false;
    settled = new Emitter((error) => assert.fail(String(error)));
    news = new module.HealthNews({
      book: { onDidSettle: settled.event },
      nameOf: ({ endpointId }) => `orders · ${endpointId}`,
      isUnderWay: () => isUnderWay,
      gatheringMs: 1,
    });
  });
  afterEach(() => news.dispose());

  const change = (from: Verdict, to: Verdict, endpointId = ref.endpointId): void =>
    settled.fire({ from, to, atMs: 0, ref: { ...ref, endpointId } });
  const gathered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  it('tell of what went wrong, with the action that helps', async () => {
    fakeEditor.answer = ({ buttons }) => buttons[0];
    change(healthy, verdict('failed', 'Not answering'));
    await gathered();
    assert.deepEqual(
      fakeEditor.asked.map(({ message, buttons }) => [message, buttons]),
      [['orders · ep-1: Not answering. It is Not answering.', ['Diagnose']]],
    );
    assert.deepEqual(fakeEditor.executed, [[commands.diagnose, ref]]);
  });

  it('lead to creating again what Failed, and say when it is over', async () => {
    change(healthy, verdict('failed', 'Failed'));
    await gathered();
    assert.deepEqual(fakeEditor.asked[0]?.buttons, ['Open Creation Panel']);
    change(verdict('failed', 'Failed'), healthy);
    await gathered();
    assert.equal(fakeEditor.asked[1]?.message, 'orders · ep-1 is healthy again.');
  });

  it('are silent about what is expected, and about what is made or removed from here', async () => {
    change(healthy, verdict('changing', 'Deleting'));
    change(verdict('changing', 'Pending'), healthy);
    isUnderWay = true;
    change(healthy, verdict('failed', 'Failed'));
    await gathered();
    assert.deepEqual(fakeEditor.asked, []);
  });

  it('come together where they happen together', async () => {
    for (const endpointId of ['ep-1', 'ep-2', 'ep-3']) {
      change(healthy, verdict('failed', 'Failed'), endpointId);
    }
    await gathered();
    assert.deepEqual(
      fakeEditor.asked.map(({ message }) => message),
      ['3 private endpoints need your attention, orders · ep-1 among them.'],
    );
  });
});
