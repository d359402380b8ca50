import assert from 'node:assert/strict';
import type { SqlSession } from '../../src/core/ports';
import { Catalog } from '../../src/services/catalog/catalog';
import { startPracticeDatabase } from '../../src/sandbox';
import { startMariadb } from '../support/mariadb';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { connector, log, password, run } from './fixtures';

interface Server {
  readonly port: number;
  readonly caCertificatePem: string;
  stop(): Promise<void>;
}

const servers: readonly (readonly [string, () => Promise<Server>])[] = [
  ['MariaDB', () => startMariadb({ password })],
  ...(tidbServer() === undefined ? [] : [['TiDB', () => startTidb({ password })] as const]),
  ['the practice database', () => startPracticeDatabase({ password })],
];

const odd = 'it\'s "odd"';
const ref = { instanceId: '1001', endpointId: 'ep-1' };

for (const [product, start] of servers) {
  describe(`the catalog of ${product}`, function () {
    this.timeout(120_000);
    let server: Server;
    let session: SqlSession;
    let catalog: Catalog;

    before(async () => {
      server = await start();
      session = await connector().open({
        ...{ host: 'localhost', port: server.port, user: 'root', password },
        ...{ caCertificatePem: server.caCertificatePem },
      });
      catalog = new Catalog({
        connections: { openKnown: () => Promise.resolve(session) },
        endpoint: () => ({ ...ref }),
        log,
      });
      for (const statement of [
        'CREATE DATABASE IF NOT EXISTS catalog_test',
        `CREATE DATABASE \`${odd}\``,
        `CREATE TABLE \`${odd}\`.\`back\`\`tick\` (id INT PRIMARY KEY)`,
        'USE catalog_test',
        `CREATE TABLE things (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(20) NOT NULL,
          price DECIMAL(30,10) DEFAULT 1.5, note TEXT, UNIQUE KEY by_code (code), KEY by_price_code (price, code))`,
        'CREATE VIEW cheap AS SELECT id, code FROM things WHERE price < 2',
      ]) {
        await run(session, statement);
      }
    });
    after(async () => {
      await session.close();
      await server.stop();
    });

    it('has databases, whatever their names are', async () => {
      await catalog.loadDatabases(ref);
      const { value, error } = catalog.databases(ref);
      assert.equal(error, undefined);
      assert.ok(value?.includes('catalog_test') && value.includes(odd), String(value));
      await catalog.loadTables(ref, odd);
      assert.deepEqual(
        catalog.tables(ref, odd).value?.tables.map(({ name }) => name),
        ['back`tick'],
      );
      await catalog.loadDetails(ref, odd, 'back`tick');
      assert.deepEqual(
        catalog.details(ref, odd, 'back`tick').value?.columns.map(({ name }) => name),
        ['id'],
      );
    });

    it('has tables and views', async () => {
      await catalog.loadTables(ref, 'catalog_test');
      const { value, error } = catalog.tables(ref, 'catalog_test');
      assert.equal(error, undefined);
      const kinds = new Map(value?.tables.map(({ name, kind }) => [name, kind]));
      assert.deepEqual([kinds.get('things'), kinds.get('cheap'), value?.hasMore], ['table', 'view', false]);
    });

    it('has the names of all tables and views at once', async () => {
      await catalog.loadTableNames(ref, 'catalog_test');
      const { value, error } = catalog.tableNames(ref, 'catalog_test');
      assert.equal(error, undefined);
      assert.deepEqual(value, [
        { name: 'cheap', kind: 'view' },
        { name: 'things', kind: 'table' },
      ]);
    });

    it('has columns and indexes', async () => {
      await catalog.loadDetails(ref, 'catalog_test', 'things');
      const { value, error } = catalog.details(ref, 'catalog_test', 'things');
      assert.equal(error, undefined);
      assert.deepEqual(
        value?.columns.map(({ name, nullable, key }) => [name, nullable, key]),
        [
          ['id', false, 'PRI'],
          ['code', false, 'UNI'],
          ['price', true, 'MUL'],
          ['note', true, ''],
        ],
      );
      // SQLite, in the practice database, has no unsigned numbers.
      assert.match(value.columns[0]?.type ?? '', /^bigint(\(20\))?( unsigned)?$/i);
      assert.match(value.columns[2]?.type ?? '', /^decimal\(30,10\)$/i);
      assert.match(value.columns[0]?.extra ?? '', /auto_increment/i);
      assert.match(value.columns[2]?.defaultValue ?? '', /^1\.50*$/);
      assert.deepEqual(value.indexes, [
        { name: 'PRIMARY', columns: ['id'], unique: true, visible: true },
        { name: 'by_code', columns: ['code'], unique: true, visible: true },
        { name: 'by_price_code', columns: ['price', 'code'], unique: false, visible: true },
      ]);
    });

    it('tells how a table and a view were made', async () => {
      const table = await catalog.createStatement(ref, 'catalog_test', { name: 'things', kind: 'table' });
      assert.match(table, /^CREATE TABLE `?things`?/i);
      const view = await catalog.createStatement(ref, 'catalog_test', { name: 'cheap', kind: 'view' });
      assert.match(view, /VIEW/i);
    });
  });
}
