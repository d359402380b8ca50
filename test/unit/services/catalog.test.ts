import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import type { SqlResult, SqlSession } from '../../../src/core/ports';
import { Catalog, type CatalogChange } from '../../../src/services/catalog/catalog';
import { RecordingLog } from '../fakes';

const ref = { instanceId: '1001', endpointId: 'ep-1' };
const answer = (columns: readonly string[], ...rows: (string | null)[][]): SqlResult => ({
  columns: columns.map((name) => ({ name, type: 'VARCHAR' })),
  ...{ rows, truncated: false, warningCount: 0, elapsedMs: 1 },
});

describe('Catalog', () => {
  let statements: string[];
  let answers: (statement: string) => SqlResult | Promise<SqlResult>;
  let opened: number;
  let hasPassword: boolean;
  let changes: CatalogChange[];
  let running: number;
  let catalog: Catalog;

  beforeEach(() => {
    statements = [];
    answers = () => answer(['Database'], ['orders']);
    opened = 0;
    hasPassword = true;
    changes = [];
    running = 0;
    const session = {
      open: true,
      run: async (statement: string) => {
        assert.equal((running += 1), 1, 'one query at a time');
        statements.push(statement);
        try {
          return await answers(statement);
        } finally {
          running -= 1;
        }
      },
    } as unknown as SqlSession;
    catalog = new Catalog({
      connections: {
        openKnown: () => {
          opened += 1;
          return Promise.resolve(hasPassword ? session : undefined);
        },
      },
      endpoint: ({ endpointId }) => (endpointId === ref.endpointId ? { ...ref } : undefined),
      log: new RecordingLog(),
    });
    catalog.onDidChange((change) => changes.push(change));
  });

  it('asks for nothing that nobody wants, and once for what several want', async () => {
    assert.deepEqual(catalog.databases(ref), { loading: false });
    await Promise.all([catalog.loadDatabases(ref), catalog.loadDatabases(ref)]);
    assert.deepEqual(catalog.databases(ref).value, ['orders']);
    assert.deepEqual([statements, opened, changes], [['SHOW DATABASES'], 1, []]);
  });

  it('runs one query at a time, also after what is known was forgotten', async () => {
    const before = catalog.loadDatabases(ref);
    catalog.refresh(ref);
    await Promise.all([before, catalog.loadTables(ref, 'orders'), catalog.loadDetails(ref, 'orders', 'a')]);
    assert.equal(statements.length, 4);
    assert.equal(catalog.databases(ref).value, undefined, 'an answer to an old question is dropped');
  });

  it('reads tables page by page, without saying one twice', async () => {
    const names = Array.from({ length: 450 }, (_, at) => `t${String(at).padStart(3, '0')}`);
    let shift = 0;
    answers = (statement) => {
      const offset = Number(/OFFSET (\d+)/.exec(statement)?.[1]) - shift;
      const page = names.slice(Math.max(0, offset), offset + 201);
      return answer(['TABLE_NAME', 'TABLE_TYPE'], ...page.map((name) => [name, 'BASE TABLE']));
    };
    await catalog.loadTables(ref, 'orders');
    const first = catalog.tables(ref, 'orders').value;
    assert.deepEqual([first?.tables.length, first?.hasMore], [200, true]);
    // Somebody made a table that sorts first: the last one of the first page comes again.
    shift = 1;
    await catalog.loadTables(ref, 'orders', true);
    await catalog.loadTables(ref, 'orders', true);
    const all = catalog.tables(ref, 'orders').value;
    assert.equal(new Set(all?.tables.map(({ name }) => name)).size, all?.tables.length);
    assert.deepEqual([all?.tables.at(-1)?.name, all?.hasMore], ['t449', false]);
    assert.deepEqual(changes, [
      { ...ref, database: 'orders' },
      { ...ref, database: 'orders' },
    ]);
  });

  it('keeps a failure with what is shown, and tries again when asked', async () => {
    answers = () => Promise.reject(new AppError('sqlUnreachable', { source: 'SQL' }));
    await catalog.loadDatabases(ref);
    assert.equal((catalog.databases(ref).error as AppError).code, 'sqlUnreachable');
    answers = () => answer(['Database'], ['orders']);
    catalog.refresh(ref);
    assert.deepEqual(changes, [ref]);
    await catalog.loadDatabases(ref);
    assert.deepEqual(catalog.databases(ref), { loading: false, value: ['orders'] });
  });

  it('does not ask for a password', async () => {
    hasPassword = false;
    await catalog.loadDatabases(ref);
    assert.equal((catalog.databases(ref).error as AppError).code, 'sqlPasswordNeeded');
  });

  it('says that an endpoint is gone', async () => {
    const gone = { ...ref, endpointId: 'ep-2' };
    await catalog.loadDatabases(gone);
    assert.equal((catalog.databases(gone).error as AppError).code, 'notFound');
  });

  it('forgets one table, one database, or everything', async () => {
    answers = (statement) =>
      statement.includes('TABLES')
        ? answer(['TABLE_NAME', 'TABLE_TYPE'], ['a', 'BASE TABLE'])
        : answer(['X']);
    await catalog.loadTables(ref, 'orders');
    await catalog.loadTables(ref, 'orders2');
    await catalog.loadDetails(ref, 'orders', 'a');
    await catalog.loadDetails(ref, 'orders2', 'a');
    catalog.refresh({ ...ref, database: 'orders', table: 'a' });
    assert.equal(catalog.details(ref, 'orders', 'a').value, undefined);
    assert.ok(catalog.tables(ref, 'orders').value);
    catalog.refresh({ ...ref, database: 'orders' });
    assert.equal(catalog.tables(ref, 'orders').value, undefined);
    assert.ok(catalog.details(ref, 'orders2', 'a').value);
    catalog.noteStatement(ref, 'SELECT 1');
    assert.ok(catalog.tables(ref, 'orders2').value);
    catalog.noteStatement(ref, '  create table b (a INT)');
    assert.equal(catalog.tables(ref, 'orders2').value, undefined);
  });
});
