import assert from 'node:assert/strict';
import { contextAt } from '../../../src/core/completion/context';
import type { SqlResult, SqlSession } from '../../../src/core/ports';
import { Catalog } from '../../../src/services/catalog/catalog';
import { Suggester, type Suggestion, type Suggestions } from '../../../src/services/catalog/suggestions';
import { ManualClock, RecordingLog } from '../fakes';

const ref = { instanceId: '1001', endpointId: 'ep-1' };
const answer = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): SqlResult => ({
  columns: columns.map((name) => ({ name, type: 'VARCHAR' })),
  ...{ rows, truncated: false, warningCount: 0, elapsedMs: 1 },
});

const server: Record<string, Record<string, readonly string[]>> = {
  shop: { orders: ['id', 'total', 'order'], Items: ['id', 'order_id'], 'odd name': ['a b'] },
  other: { things: ['thing_id'] },
  mysql: { user: ['host'] },
};

describe('Suggester', () => {
  let catalog: Catalog;
  let clock: ManualClock;
  let suggester: Suggester;
  let database: string | undefined;
  let isOpen: boolean;
  let statements: string[];
  let fails: boolean;

  const run = (statement: string): SqlResult => {
    statements.push(statement);
    const [first = '', second = ''] = [...statement.matchAll(/'([^']*)'/g)].map(([, text]) => text ?? '');
    if (statement === 'SHOW DATABASES') {
      return answer(
        ['Database'],
        Object.keys(server).map((name) => [name]),
      );
    }
    if (statement.includes('.TABLES')) {
      const names = Object.keys(server[first] ?? {});
      return answer(
        ['TABLE_NAME', 'TABLE_TYPE'],
        names.map((name) => [name, 'BASE TABLE']),
      );
    }
    if (statement.includes('.COLUMNS')) {
      const names = server[first]?.[second] ?? [];
      return answer(
        ['COLUMN_NAME', 'COLUMN_TYPE', 'COLUMN_COMMENT'],
        names.map((name) => [name, 'int', name === 'total' ? 'in cents' : '']),
      );
    }
    return answer(['X'], []);
  };

  beforeEach(() => {
    database = 'shop';
    isOpen = true;
    fails = false;
    statements = [];
    clock = new ManualClock();
    const session = {
      open: true,
      run: (statement: string) => (fails ? Promise.reject(new Error('no')) : Promise.resolve(run(statement))),
    } as unknown as SqlSession;
    catalog = new Catalog({
      connections: { openKnown: () => Promise.resolve(session) },
      endpoint: () => ({ ...ref }),
      log: new RecordingLog(),
    });
    suggester = new Suggester({
      ...{ catalog, clock },
      connections: { databaseOf: () => database, isOpen: () => isOpen },
    });
  });

  const at = (text: string): Suggestions => {
    const context = contextAt(text.replace('|', ''), text.indexOf('|'));
    assert.ok(context);
    return suggester.suggest(ref, 'slot', context);
  };
  /** Once everything that it takes is read. */
  const whole = async (text: string): Promise<readonly Suggestion[]> => {
    for (;;) {
      const { items, loading } = at(text);
      if (loading === undefined) {
        return items;
      }
      await loading;
    }
  };
  const names = async (text: string): Promise<readonly string[]> =>
    (await whole(text))
      .filter(({ kind }) => kind !== 'keyword' && kind !== 'function')
      .map(({ kind, insert }) => `${kind} ${insert}`);

  it('answers at once, and says that there will be more', async () => {
    const first = at('SELECT * FROM |');
    assert.ok(first.partial && first.loading);
    assert.ok(first.items.every(({ kind }) => kind === 'keyword'));
    await first.loading;
    const second = at('SELECT * FROM ord|');
    assert.deepEqual([second.loading, second.partial], [undefined, false]);
    assert.equal(second.items[0]?.insert, 'orders');
  });

  it('offers tables, then databases, those of the server last', async () => {
    assert.deepEqual(await names('SELECT * FROM |'), [
      ...['table orders', 'table Items', 'table `odd name`'],
      ...['database shop', 'database other', 'database mysql'],
    ]);
    assert.deepEqual(await names('SELECT * FROM other.|'), ['table things']);
    assert.deepEqual(await names('SELECT * FROM OTHER.th|'), ['table things']);
    assert.deepEqual(await names('SELECT * FROM nowhere.|'), []);
    assert.deepEqual(await names('USE |'), ['database shop', 'database other', 'database mysql']);
    assert.deepEqual(await names('WITH c AS (SELECT 1) SELECT * FROM c|'), ['query c']);
  });

  it('offers the columns of the tables that the statement names, reserved words in quotes', async () => {
    assert.deepEqual(await names('SELECT | FROM orders'), [
      ...['column id', 'column total', 'column `order`', 'alias orders'],
    ]);
    assert.deepEqual(await names('SELECT o.| FROM ORDERS o'), [
      ...['column id', 'column total', 'column `order`'],
    ]);
    assert.deepEqual(await names('SELECT | FROM orders o JOIN items i ON 1'), [
      ...['column o.id', 'column total', 'column `order`', 'column i.id', 'column order_id'],
      ...['alias o', 'alias i'],
    ]);
    assert.deepEqual(await names('INSERT INTO other.things (|)'), ['column thing_id']);
    assert.deepEqual(await names('SELECT other.things.| FROM orders'), ['column thing_id']);
    assert.deepEqual(await names('SELECT orders.|'), ['column id', 'column total', 'column `order`']);
    assert.deepEqual(await names('SELECT q.| FROM (SELECT *, 1 AS one FROM other.things) q'), [
      ...['column thing_id', 'column one'],
    ]);
    assert.deepEqual(await names('SELECT x.| FROM orders'), []);
    const total = (await whole('SELECT tot| FROM orders'))[0];
    assert.deepEqual([total?.detail, total?.comment], ['int · orders', 'in cents']);
  });

  it('quotes within quotes, and offers nothing there that has none', async () => {
    assert.deepEqual(
      (await whole('SELECT `t|` FROM orders')).map(({ insert }) => insert),
      ['`total`'],
    );
  });

  it('does without a database in use', async () => {
    database = undefined;
    assert.deepEqual(await names('SELECT | FROM orders'), ['alias orders']);
    assert.deepEqual(await names('SELECT | FROM other.things'), ['column thing_id', 'alias things']);
  });

  it('offers keywords and functions, the usual ones first', async () => {
    assert.equal((await whole('sel|'))[0]?.insert, 'SELECT');
    assert.equal((await whole('SELECT 1 f|'))[0]?.insert, 'FROM');
    const [count] = (await whole('SELECT cou|')).filter(({ kind }) => kind === 'function');
    assert.equal(count?.insert, 'COUNT');
    assert.ok((await whole('AUTO_R|')).some(({ insert }) => insert === 'AUTO_RANDOM'));
  });

  it('gives no more than the editor can take', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `t${at}`);
    server['many'] = Object.fromEntries(many.map((name) => [name, []]));
    const { items, partial } = await whole('SELECT * FROM many.|').then(() => at('SELECT * FROM many.|'));
    assert.deepEqual([items.length, partial], [500, true]);
    assert.equal(at('SELECT * FROM many.t999|').items[0]?.name, 't999');
    assert.deepEqual(
      at('SELECT * FROM many.t9999|').items.map(({ name }) => name),
      ['t9999'],
    );
    assert.equal(statements.filter((statement) => statement.includes("'many'")).length, 1);
    delete server['many'];
  });

  it('asks again for what could not be read after a while, or once there is a connection', async () => {
    fails = true;
    isOpen = false;
    await at('USE |').loading;
    assert.equal(at('USE |').loading, undefined);
    await clock.pass(29_000);
    assert.equal(at('USE |').loading, undefined);
    await clock.pass(1_000);
    const again = at('USE |').loading;
    assert.ok(again);
    await again;
    assert.equal(at('USE |').loading, undefined);
    isOpen = true;
    fails = false;
    assert.deepEqual(await names('USE s|'), ['database shop', 'database mysql']);
  });
});
