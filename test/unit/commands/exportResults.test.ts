import assert from 'node:assert/strict';
import type { Command, CommandServices } from '../../../src/commands/command';
import { AppError } from '../../../src/core/errors';
import type { SqlExportOptions, SqlSession } from '../../../src/core/ports';
import { Results, type ResultEntry, type ResultOutcome } from '../../../src/services/results';
import { aSpec, settle } from '../fakes';
import { FakeRows } from '../panels/resultRows';
import { stage, type Stage } from '../services/stage';
import { isCancellation } from './deleting';
import { editor, fakeEditor, withoutEditor } from './editor';

const columns = [{ name: 'id', type: 'INT' }];

describe('exporting results', () => {
  let exportResults: Command;
  let s: Stage;
  let results: Results;
  let rows: FakeRows;
  let shown: ResultEntry | undefined;
  let endpoint: ResultEntry['endpoint'];
  let exported: { readonly statement: string; readonly options: SqlExportOptions }[];
  let opened: { readonly slot: string; readonly database?: string }[];
  let released: string[];
  let onExport: (options: SqlExportOptions) => Promise<number>;
  let file: { readonly scheme: string; readonly fsPath: string } | undefined;
  let saveOptions: { readonly defaultUri?: unknown; readonly filters?: unknown };
  const closing = new AbortController();

  before(async () => {
    ({ exportResults } = await withoutEditor(() => import('../../../src/commands/exportResults')));
    Object.assign(fakeEditor.vscode.window, {
      showSaveDialog: (options: typeof saveOptions) => {
        saveOptions = options;
        return Promise.resolve(file);
      },
    });
    Object.assign((fakeEditor.vscode as unknown as { workspace: object }).workspace, {
      workspaceFolders: [{ uri: { scheme: 'file', toString: () => '/work' } }],
      getConfiguration: () => ({ get: () => 300, inspect: () => ({ defaultValue: 300 }) }),
    });
  });
  beforeEach(async () => {
    editor.reset();
    s = stage();
    const { id, domain } = await s.world.alibabaCloud.createEndpoint(
      { ...aSpec, serviceName: s.world.services.get('1001')?.serviceName ?? '' },
      'token',
    );
    s.world.register({ instanceId: '1001', endpointId: id, privateDomainName: domain });
    await s.clock.pass(10 * 60_000);
    endpoint = { instanceId: '1001', endpointId: id };
    results = new Results((error) => assert.fail(String(error)));
    rows = new FakeRows(columns, [['1'], ['2']]);
    rows.ended = true;
    shown = undefined;
    [exported, opened, released] = [[], [], []];
    onExport = () => Promise.resolve(1234);
    file = { scheme: 'file', fsPath: '/tmp/orders.csv' };
    editor.pick = (items) => items[0];
  });

  const put = (change: Partial<ResultEntry> = {}, outcome?: ResultOutcome): void => {
    const whole: ResultOutcome = { kind: 'rows', rows, startedAtMs: 0, elapsedMs: 5, warnings: [] };
    results.set([
      {
        ...{ id: 't1', endpoint, statement: 'SELECT * FROM shop.orders', connection: 'orders · ep-1' },
        outcome: outcome ?? whole,
        ...change,
      },
    ]);
  };
  const run = (argument: unknown = { tab: 't1' }): Promise<void> => {
    const session = {
      export: (statement: string, options: SqlExportOptions) => {
        exported.push({ statement, options });
        return onExport(options);
      },
    } as unknown as SqlSession;
    const services = {
      ...{ inventory: s.inventory, results, closed: closing.signal },
      resultsView: { reveal: () => Promise.resolve(), shownEntry: shown },
      connections: {
        session: () => undefined,
        open: (_: unknown, __: unknown, at: { readonly slot: string; readonly database?: string }) => {
          opened.push(at);
          return Promise.resolve(session);
        },
        release: (slot: string) => {
          released.push(slot);
          return Promise.resolve();
        },
      },
      newId: () => 'id',
      sandbox: {},
    } as unknown as CommandServices;
    return Promise.resolve(exportResults.handler(services)(argument));
  };

  it('writes what is here where that is everything, and offers the file', async () => {
    put();
    fakeEditor.answer = ({ buttons }) => buttons[0];
    await run();
    await settle();
    assert.equal(rows.exports.length, 1);
    assert.equal(rows.exports[0]?.format, 'csv');
    assert.equal(rows.exports[0].path, '/tmp/orders.csv');
    assert.deepEqual(exported, []);
    assert.deepEqual(saveOptions.filters, { CSV: ['csv'] });
    assert.equal(saveOptions.defaultUri, '/work/orders.csv');
    assert.equal(fakeEditor.asked.at(-1)?.message, 'Exported 2 rows to /tmp/orders.csv.');
    assert.deepEqual(fakeEditor.executed.at(-1), ['vscode.open', file]);
  });

  it('takes the result in sight when it is run from the palette', async () => {
    put();
    shown = results.entry('t1');
    editor.pick = (items) => items.find(({ label }) => label === 'JSON Lines');
    await run(undefined);
    assert.equal(rows.exports[0]?.format, 'jsonLines');
    assert.equal(saveOptions.defaultUri, '/work/orders.jsonl');
  });

  it('asks, and then runs a query again when not all rows are here', async () => {
    rows.truncated = true;
    put({ database: 'shop' });
    fakeEditor.answer = ({ buttons }) => buttons[0];
    onExport = (options) => {
      options.onProgress?.(1000);
      return Promise.resolve(1_000_000);
    };
    await run();
    assert.match(fakeEditor.asked[0]?.detail ?? '', /first 2 rows are here.*orders · ep-1.*[Ss]orting/s);
    assert.equal(exported[0]?.statement, 'SELECT * FROM shop.orders');
    assert.equal(exported[0].options.timeoutMs, 300_000);
    assert.deepEqual(editor.progress.at(-1)?.messages, ['1,000 rows']);
    assert.match(fakeEditor.asked.at(-1)?.message ?? '', /^Exported 1,000,000 rows/);
    assert.deepEqual(rows.exports, []);
    assert.deepEqual([opened[0]?.slot, opened[0]?.database], ['export id', 'shop']);
    assert.deepEqual(released, ['export id']);
  });

  it('does the same while rows still come', async () => {
    rows.ended = false;
    put();
    fakeEditor.answer = ({ buttons }) => buttons[0];
    await run();
    assert.equal(exported.length, 1);
  });

  it('runs nothing again that may change something', async () => {
    rows.truncated = true;
    put({ statement: 'CALL change_everything()' });
    await assert.rejects(run(), /first 2 rows were read.*may change something/s);
    assert.deepEqual([exported, fakeEditor.asked], [[], []]);
  });

  it('ends quietly wherever the person cancels', async () => {
    rows.truncated = true;
    put();
    await assert.rejects(run(), isCancellation);
    rows.truncated = false;
    editor.pick = () => undefined;
    await assert.rejects(run(), isCancellation);
    editor.pick = (items) => items[0];
    file = undefined;
    await assert.rejects(run(), isCancellation);
    assert.deepEqual([exported, rows.exports], [[], []]);
  });

  it('can be cancelled while it runs', async () => {
    rows.truncated = true;
    put();
    fakeEditor.answer = ({ buttons }) => buttons[0];
    onExport = ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        editor.progress.at(-1)?.cancel();
      });
    await assert.rejects(run(), isCancellation);
    assert.deepEqual(released, ['export id']);
  });

  it('says so when there is nothing to export', async () => {
    await assert.rejects(run(undefined), /no result with rows/);
    put({}, { kind: 'done', affectedRows: 1, info: '', elapsedMs: 1, warnings: [] });
    await assert.rejects(run(), (error) => AppError.is(error) && error.code === 'invalidInput');
    file = { scheme: 'vscode-vfs', fsPath: '/x' };
    put();
    await assert.rejects(run(), /file of the machine/);
  });
});
