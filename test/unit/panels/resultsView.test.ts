import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import type { PlanNode } from '../../../src/core/plan';
import { commands } from '../../../src/ids';
import type { ResultsView } from '../../../src/panels/results/resultsView';
import type { ResultsState } from '../../../src/protocol/results';
import { Results, type ResultEntry, type ResultOutcome } from '../../../src/services/results';
import { RecordingLog, settle } from '../fakes';
import { editor, fakeEditor, withoutEditor } from '../commands/editor';
import { FakeRows } from './resultRows';

const columns = [{ name: 'id', type: 'INT' }];
const raise = (error: unknown): never => {
  throw error;
};
const endpoint = { instanceId: 'i', endpointId: 'e' };

interface Posted {
  readonly type: string;
  readonly state?: ResultsState;
  readonly requestId?: number;
}

describe('the results panel', () => {
  let View: typeof ResultsView;
  let view: ResultsView;
  let results: Results;
  let posted: Posted[];
  let log: RecordingLog;
  let errors: unknown[];
  let applied: unknown[][];
  let receive: (message: unknown) => void;
  let closeView: () => void;

  before(async () => {
    ({ ResultsView: View } = await withoutEditor(() => import('../../../src/panels/results/resultsView')));
  });
  beforeEach(() => {
    editor.reset();
    [posted, errors, applied] = [[], [], []];
    log = new RecordingLog();
    view = new View({
      extensionUri: 'root' as never,
      clock: { now: () => 5000 },
      notifications: {
        showError: (title, error) => errors.push([title, error]),
        apply: (...args) => {
          applied.push(args);
          return Promise.resolve();
        },
      },
      log,
    });
    results = new Results(raise);
    view.show(results);
    open();
  });
  afterEach(() => view.dispose());

  function open(): void {
    view.resolveWebviewView({
      webview: {
        options: {},
        html: '',
        cspSource: 'self',
        asWebviewUri: (uri: unknown) => uri,
        onDidReceiveMessage: (listener: typeof receive) => {
          receive = listener;
          return { dispose: () => undefined };
        },
        postMessage: (message: Posted) => {
          posted.push(message);
          return Promise.resolve(true);
        },
      },
      onDidDispose: (listener: () => void) => {
        closeView = listener;
      },
    } as never);
    receive({ type: 'ready' });
  }

  const entry = (outcome: ResultOutcome, id = 't1'): ResultEntry => ({
    ...{ id, endpoint, outcome, statement: 'SELECT * FROM orders', connection: 'orders · ep-1' },
  });
  const rowsOf = (rows: FakeRows): ResultOutcome => ({ kind: 'rows', rows, startedAtMs: 1000, warnings: [] });
  const states = (): readonly ResultsState[] => posted.flatMap(({ state }) => state ?? []);
  const outcome = (): unknown => states().at(-1)?.tabs[0]?.outcome;
  const send = async (message: unknown): Promise<void> => {
    receive(message);
    for (let i = 0; i < 10; i += 1) {
      await settle();
    }
  };

  it('shows every kind of outcome without its rows', () => {
    const rows = new FakeRows(columns, [['1']]);
    results.set([entry({ kind: 'running', startedAtMs: 2000 })]);
    assert.deepEqual(outcome(), { kind: 'running', runningForMs: 3000 });
    results.update('t1', rowsOf(rows));
    assert.deepEqual(outcome(), {
      kind: 'rows',
      ...{ columns, count: 1, ended: false, truncated: false, warnings: [], runningForMs: 4000 },
    });
    results.update('t1', { kind: 'failed', error: new AppError('sqlAccessDenied', { source: 'SQL' }) });
    assert.deepEqual((outcome() as { actions: unknown }).actions, [
      { id: 'retry', label: 'Retry' },
      { id: 'enterPassword', label: 'Enter Password' },
      { id: 'openTidbCloud', label: 'Open TiDB Cloud Console' },
    ]);
    assert.equal(rows.disposed, true);
    for (const kind of ['waiting', 'cancelled', 'skipped'] as const) {
      results.update('t1', { kind });
      assert.equal((outcome() as { kind: string }).kind, kind);
    }
    results.set([]);
    assert.deepEqual(states().at(-1), { tabs: [] });
  });

  it('cuts a statement that is very long', () => {
    results.set([{ ...entry({ kind: 'waiting' }), statement: 'x'.repeat(10_000) }]);
    assert.ok((states().at(-1)?.tabs[0]?.statement.length ?? 0) < 5000);
  });

  it('tells of the first rows at once, of many in steps, and of the end', async () => {
    const rows = new FakeRows(columns);
    results.set([entry(rowsOf(rows))]);
    const before = states().length;
    rows.arrive(['0']);
    assert.equal(states().length, before + 1);
    for (let row = 1; row < 5000; row += 1) {
      rows.changed.fire();
    }
    assert.equal(states().length, before + 1);
    rows.end();
    assert.equal(states().length, before + 2);
    assert.equal((outcome() as { ended: boolean }).ended, true);
    await settle();
    assert.equal(states().length, before + 2);
  });

  it('tells in the end of rows that came during a pause', async () => {
    const rows = new FakeRows(columns);
    results.set([entry(rowsOf(rows))]);
    rows.arrive(['0']);
    rows.arrive(['1']);
    const last = (): unknown => (outcome() as { count: number }).count;
    assert.equal(last(), 1);
    for (let polls = 0; polls < 200 && last() !== 2; polls += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(last(), 2);
  });

  it('answers requests, refuses what it does not know, and logs that', async () => {
    results.set([entry(rowsOf(new FakeRows(columns, [['1'], ['2']])))]);
    await send({ type: 'rows', requestId: 9, tab: 't1', view: 0, from: 1, to: 2 });
    assert.deepEqual(posted.at(-1), { type: 'answer', requestId: 9, value: { rows: [['2']] } });
    await send({ type: 'rows', requestId: 10, tab: 'gone', view: 0, from: 1, to: 2 });
    assert.deepEqual(posted.at(-1), { type: 'answer', requestId: 10, failure: 'over' });
    await send({ type: 'execute', command: 'x' });
    assert.equal(log.lines.length, 1);
  });

  it('copies, and says how much', async () => {
    results.set([entry(rowsOf(new FakeRows(columns, [['1'], ['2']])))]);
    await send({ type: 'copy', tab: 't1', view: 0, format: 'insert', headers: true });
    assert.deepEqual(fakeEditor.copied, ['INSERT INTO `orders` (`id`) VALUES\n  (1),\n  (2);\n']);
    await send({ type: 'copyValue', tab: 't1', view: 0, row: 1, column: 0 });
    await send({ type: 'copyStatement', tab: 't1' });
    assert.deepEqual(fakeEditor.copied.slice(1), ['2', 'SELECT * FROM orders']);
    const plan = { text: 'the plan', root: {} as PlanNode };
    results.set([entry({ kind: 'plan', plan, elapsedMs: 1 })]);
    await send({ type: 'copyPlan', tab: 't1' });
    assert.equal(fakeEditor.copied.at(-1), 'the plan');
    assert.deepEqual(errors, []);
  });

  it('says why something cannot be copied', async () => {
    results.set([entry(rowsOf(new FakeRows(columns)))]);
    await send({ type: 'copy', tab: 't1', view: 0, format: 'tsv', headers: false });
    assert.match(String(errors[0]), /no rows to copy/);
    assert.deepEqual(fakeEditor.copied, []);
  });

  it('opens a value as a document of its own, JSON laid out', async () => {
    const doc = [{ name: 'doc', type: 'JSON' }];
    results.set([entry(rowsOf(new FakeRows(doc, [['{"a":1.50}']])))]);
    await send({ type: 'openValue', tab: 't1', view: 0, row: 0, column: 0, pretty: true });
    assert.deepEqual(editor.documents[0]?.uri, { content: '{\n  "a": 1.50\n}', language: 'json' });
  });

  it('runs the commands that its buttons stand for', async () => {
    const error = new AppError('sqlTimeout', { source: 'SQL' });
    results.set([entry({ kind: 'failed', error })]);
    await send({ type: 'cancel' });
    await send({ type: 'export', tab: 't1' });
    assert.deepEqual(fakeEditor.executed, [
      [commands.cancelSql, { tab: 't1' }],
      [commands.exportResults, { tab: 't1' }],
    ]);
    await send({ type: 'act', tab: 't1', action: 'openSettings' });
    assert.deepEqual(applied[0]?.slice(0, 2), ['openSettings', error]);
    const again = applied[0].at(2) as () => void;
    again();
    assert.deepEqual(fakeEditor.executed.at(-1), [commands.runSql, { again: 't1' }]);
    await send({ type: 'act', tab: 't1', action: 'formatDisk' });
    await send({ type: 'act', tab: 'gone', action: 'retry' });
    assert.equal(applied.length, 1);
  });

  it('knows which result is in sight', async () => {
    results.set([entry({ kind: 'waiting' })]);
    const shown = (): string | undefined => view.shownEntry?.id;
    assert.equal(shown(), 't1');
    results.set([entry({ kind: 'waiting' }), entry({ kind: 'waiting' }, 't2')]);
    assert.equal(shown(), undefined);
    await send({ type: 'show', tab: 't2' });
    assert.equal(shown(), 't2');
  });

  it('shows other results in place of the ones before, and nothing of those any more', () => {
    results.set([entry({ kind: 'waiting' })]);
    const next = new Results(raise);
    view.show(next);
    assert.deepEqual(states().at(-1), { tabs: [] });
    const count = posted.length;
    results.set([]);
    assert.equal(posted.length, count);
  });

  it('says nothing to a page that is closed, and everything to the next', async () => {
    results.set([entry({ kind: 'waiting' })]);
    closeView();
    const count = posted.length;
    results.update('t1', { kind: 'skipped' });
    assert.equal(posted.length, count);
    open();
    await settle();
    assert.equal((outcome() as { kind: string }).kind, 'skipped');
  });

  it('comes up without taking the cursor away', async () => {
    await view.reveal();
    assert.deepEqual(fakeEditor.executed.at(-1)?.[1], { preserveFocus: true });
  });
});

describe('results', () => {
  it('are disposed of when nobody sees them any more', () => {
    const results = new Results(raise);
    const [first, second] = [new FakeRows(columns), new FakeRows(columns)];
    const entry = { id: 'a', statement: '', endpoint, connection: '' };
    results.set([{ ...entry, outcome: { kind: 'rows', rows: first, startedAtMs: 0, warnings: [] } }]);
    results.set([]);
    assert.equal(first.disposed, true);
    results.update('a', { kind: 'rows', rows: second, startedAtMs: 0, warnings: [] });
    assert.equal(second.disposed, true);
    assert.deepEqual(results.entries, []);
  });
});
