import assert from 'node:assert/strict';
import type { Creation } from '../../../../src/core/creation';
import type { CreationRunner } from '../../../../src/services/provisioning/runner';
import { aCreation, settle } from '../../fakes';
import { minute, Running } from './running';

describe('CreationRunner in several windows', () => {
  let r: Running;
  let first: CreationRunner;
  let second: CreationRunner;

  beforeEach(async () => {
    r = new Running();
    first = r.runner;
    second = r.aRunner();
    await second.resumeAll();
  });
  afterEach(() => r.dispose());

  const other: Creation = {
    ...aCreation,
    ...{ id: 'c2', clientToken: 'token-2', startedAtMs: 5 },
    spec: { ...(aCreation.spec ?? assert.fail()), name: 'other', tags: { 'tidb-creation': 'c2' } },
  };

  for (const [what, creation] of [
    ['the same', aCreation],
    ['the same endpoint, each with a creation of its own', other],
  ] as const) {
    it(`told to create ${what} at the same moment: one endpoint`, async () => {
      const followed = await Promise.all([first.start(aCreation), startInTime(second, creation)]);
      assert.equal(followed[0].id, followed[1].id);
      await r.clock.pass(10 * minute);
      r.assertDone();
      assert.equal(r.script.count('createEndpoint'), 1);
      assert.equal(r.script.count('createConnection'), 1);
    });
  }

  /** The window that comes second waits for the first. */
  async function startInTime(runner: CreationRunner, creation: Creation): Promise<Creation> {
    const starting = runner.start(creation);
    await settle();
    await r.clock.pass(1_000);
    return starting;
  }

  it('the other one shows it live, and does nothing', async () => {
    await first.start(aCreation);
    await r.clock.pass(0);
    const shown = second.progressOf('1001');
    assert.equal(shown?.readOnly, true);
    assert.deepEqual(shown.decision, first.progressOf('1001')?.decision);
    await r.clock.pass(2 * minute);
    assert.equal(first.progressOf('1001')?.readOnly, false);
    assert.deepEqual(second.progressOf('1001')?.decision, { kind: 'wait', until: 'connectionActive' });
    await r.clock.pass(8 * minute);
    assert.equal(second.progressOf('1001')?.readOnly, false, 'what is over belongs to nobody');
    assert.equal(second.progressOf('1001')?.creation.finished?.outcome, 'active');
    assert.equal(r.completed.length, 1);
  });

  it('the other one shows errors as well', async () => {
    r.script.fail('createEndpoint', new Error('unforeseen'));
    await first.start(aCreation);
    await r.clock.pass(minute);
    assert.equal(second.progressOf('1001')?.error, undefined);
    r.world.services.clear();
    first.retry('c1');
    await r.clock.pass(minute);
    assert.equal((second.progressOf('1001')?.error as { code?: string }).code, 'notFound');
  });

  it('the other one takes over when the first ends', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    first.dispose();
    await r.clock.pass(10 * minute);
    r.assertDone();
    assert.equal(second.progressOf('1001')?.creation.finished?.outcome, 'active');
  });

  it('the other one takes over when the first was killed', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    r.kill(first);
    await r.clock.pass(10 * minute);
    r.assertDone();
  });

  it('one whose lease was lost stops before its next call, and shows what the other does', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    const release = r.script.hold('getEndpoint');
    await r.clock.pass(3_000);
    r.loseLeases(first);
    await r.clock.pass(3_000);
    release();
    await r.clock.pass(10 * minute);
    r.assertDone();
    assert.equal(r.script.count('createConnection'), 1);
  });

  it('refuses what the person asks for in the window that only shows it', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    await assert.rejects(second.abandon('c1'), /window/);
    await assert.rejects(second.remove('c1', { connection: true, endpoint: true }), /window/);
    second.retry('c1');
    await r.clock.pass(10 * minute);
    r.assertDone();
  });

  it('giving up is over in both', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    await first.abandon('c1');
    await r.clock.pass(10_000);
    assert.deepEqual(second.unfinished(), []);
    assert.equal(second.progressOf('1001'), undefined);
  });

  it('a removal of what another window works on is refused, and that goes on', async () => {
    await first.start(aCreation);
    await r.clock.pass(10_000);
    const removal = { connection: true, endpoint: true };
    const wanted = { ...aCreation, id: 'd1', endpointId: 'ep-aaaa0001', removal };
    await assert.rejects(second.start(wanted), /window/);
    await r.clock.pass(10 * minute);
    r.assertDone();
    assert.equal(r.world.journal.records.has('d1'), false);
  });
});
