import assert from 'node:assert/strict';
import type { SqlHistoryEntry, SqlHistoryStore } from '../../../src/core/ports';
import { historyLimits, SqlHistory } from '../../../src/services/sqlHistory';
import type { SqlRun, StatementEnd } from '../../../src/services/sqlRunner';
import { ManualClock, RecordingLog, settle } from '../fakes';

class FakeStore implements SqlHistoryStore {
  entries: readonly SqlHistoryEntry[] = [];
  writes = 0;
  failure: Error | undefined;
  read(): Promise<readonly SqlHistoryEntry[]> {
    return Promise.resolve(this.entries);
  }
  change(change: (entries: readonly SqlHistoryEntry[]) => readonly SqlHistoryEntry[]): Promise<void> {
    if (this.failure !== undefined) {
      return Promise.reject(this.failure);
    }
    this.writes += 1;
    this.entries = change(this.entries);
    return Promise.resolve();
  }
}

describe('SqlHistory', () => {
  let store: FakeStore;
  let clock: ManualClock;
  let log: RecordingLog;
  let history: SqlHistory;
  let ids = 0;

  const open = (): SqlHistory => new SqlHistory({ store, clock, log, newId: () => `h${++ids}` });
  const run = (): SqlRun => ({
    ...{ slot: 's', document: 'd', connection: 'orders · ep-1', statements: [] },
    endpoint: { instanceId: '1', endpointId: 'ep-1' },
  });
  let at = 0;
  const end = (text: string, more: Partial<StatementEnd> = {}): StatementEnd => ({
    ...{ run: run(), statement: { text, start: 0 }, ended: 'done', startedAtMs: ++at, elapsedMs: 3 },
    ...more,
  });
  const texts = async (): Promise<readonly string[]> =>
    (await history.list()).map(({ statement }) => statement);

  beforeEach(() => {
    store = new FakeStore();
    clock = new ManualClock();
    log = new RecordingLog();
    history = open();
  });

  it('has what was run, the newest first, with where, when and how it ended', async () => {
    history.add(end('SELECT 1'));
    history.add(end('SELEC 2', { ended: 'failed', elapsedMs: 9, startedAtMs: 1e6 }));
    const [newest, oldest] = await history.list();
    assert.deepEqual(
      [
        newest?.statement,
        newest?.ended,
        newest?.elapsedMs,
        newest?.atMs,
        newest?.connection,
        newest?.endpointId,
      ],
      ['SELEC 2', 'failed', 9, 1e6, 'orders · ep-1', 'ep-1'],
    );
    assert.equal(oldest?.statement, 'SELECT 1');
  });

  it('is written after a while, together, and at the end', async () => {
    history.add(end('SELECT 1'));
    history.add(end('SELECT 2'));
    await settle();
    assert.equal(store.writes, 0);
    await clock.pass(500);
    assert.equal(store.writes, 1);
    history.add(end('SELECT 3'));
    await history.dispose();
    assert.deepEqual([store.writes, store.entries.length], [2, 3]);
  });

  it('is the same for several windows', async () => {
    const other = open();
    history.add(end('SELECT 1'));
    other.add(end('SELECT 2'));
    await other.list();
    assert.deepEqual(await texts(), ['SELECT 2', 'SELECT 1']);
    await other.delete((await other.list())[0]?.id ?? '');
    assert.deepEqual(await texts(), ['SELECT 1']);
    await other.clear();
    assert.deepEqual(await texts(), []);
  });

  it('has no passwords', async () => {
    history.add(end("ALTER USER a IDENTIFIED BY 'hunter2'", { error: new Error('hunter2') }));
    await history.list();
    assert.ok(!JSON.stringify(store.entries).includes('hunter2'));
    assert.equal(store.entries[0]?.masked, true);
  });

  it('is bounded by number and by size, and has no half statements', async () => {
    for (let i = 0; i < 600; i += 1) {
      history.add(end(`SELECT ${i}`));
    }
    assert.equal((await history.list()).length, historyLimits.entries);
    assert.equal((await texts())[0], 'SELECT 599');
    for (let i = 0; i < 50; i += 1) {
      history.add(end(`SELECT '${String(i).padEnd(40_000, 'x')}'`));
    }
    const size = (await texts()).reduce((sum, text) => sum + text.length, 0);
    assert.ok(size <= historyLimits.size, String(size));
    const before = await texts();
    history.add(end(`DELETE FROM t WHERE name = '${'x'.repeat(60_000)}'`));
    assert.deepEqual(await texts(), before);
  });

  it('has a statement that was run several times in a row once', async () => {
    history.add(end('SELECT 1'));
    history.add(end('SELECT 1', { ended: 'failed' }));
    history.add(end('SELECT 2'));
    history.add(end('SELECT 1'));
    assert.deepEqual(await texts(), ['SELECT 1', 'SELECT 2', 'SELECT 1']);
    assert.equal((await history.list()).at(-1)?.ended, 'failed');
  });

  it('is not pushed out by one long run', async () => {
    history.add(end('SELECT 1'));
    const long = run();
    for (let i = 0; i < 1000; i += 1) {
      history.add(end(`INSERT ${i}`, { run: long }));
    }
    history.add(end('INSERT x', { run: long, ended: 'failed' }));
    const kept = await texts();
    assert.equal(kept.length, 1 + historyLimits.ofOneRun + 1);
    assert.deepEqual([kept[0], kept.at(-1)], ['INSERT x', 'SELECT 1']);
  });

  it('does not stand in the way when it cannot be written', async () => {
    store.failure = new Error('disk full');
    history.add(end('SELECT 1'));
    await clock.pass(500);
    assert.equal(log.errors.length, 1);
    store.failure = undefined;
    history.add(end('SELECT 2'));
    assert.deepEqual(await texts(), ['SELECT 2']);
  });
});
