import assert from 'node:assert/strict';
import { planStatement } from '../../src/core/plan/explained';
import { planOf } from '../../src/core/plan/planOf';
import type { SqlSession } from '../../src/core/ports';
import { startPracticeDatabase } from '../../src/sandbox';
import type { PracticeDatabase } from '../../src/sandbox';
import { connector, run, value } from './fixtures';

describe('the practice database, asked as MySQL is,', function () {
  this.timeout(60_000);
  let database: PracticeDatabase;
  let session: SqlSession;

  before(async () => {
    database = await startPracticeDatabase();
  });
  after(() => database.stop());
  beforeEach(async () => {
    session = await connector().open({ ...database, host: 'localhost', database: 'test' });
  });
  afterEach(() => session.close());

  it('tells the plan that a statement would take, as text, and does not run it', async () => {
    const explain = (statement: string): string => planStatement(statement, session.serverVersion);
    const plan = planOf(await run(session, explain('SELECT * FROM shop.orders WHERE customer_id = 1')));
    assert.equal(plan.root, undefined);
    assert.match(plan.text, /operator info\n.*orders/);
    await run(session, 'CREATE TABLE planned AS SELECT 1 AS a');
    await run(session, explain('DELETE FROM planned'));
    assert.equal(await value(session, 'SELECT COUNT(*) FROM planned'), '1');
  });

  describe('understands', () => {
    /** Statement, then its rows (`undefined`: none are given back), or what one cell of them has to look like. */
    const everyday: readonly (readonly [
      statement: string,
      expected: readonly (readonly (string | null)[])[] | RegExp,
    ])[] = [
      ['SELECT VERSION()', /sandbox/],
      ['SELECT @@version, @@version_comment', /not TiDB/],
      ['select @@version_comment limit 1', /Practice database/],
      ['SELECT DATABASE(), USER(), CURRENT_USER()', [['test', 'root@127.0.0.1', 'root@127.0.0.1']]],
      ['SELECT CONNECTION_ID() > 0', [['1']]],
      ['SELECT NOW()', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
      ['SELECT CURRENT_TIMESTAMP', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
      ["SELECT CONCAT('a', 1, 'ü'), CONCAT('a', NULL)", [['a1ü', null]]],
      [
        "SELECT IF(1 > 2, 'yes', 'no'), IFNULL(NULL, 'x'), NULLIF(1, 1), ISNULL(NULL)",
        [['no', 'x', null, '1']],
      ],
      [
        "SELECT LENGTH('王'), CHAR_LENGTH('王'), UPPER('é'), LEFT('abc', 2), RIGHT('abc', 2)",
        [['3', '1', 'É', 'ab', 'bc']],
      ],
      ['SELECT 1 / 2, 7 DIV 2, 7 MOD 4, 7 % 4, 1 <=> NULL, 1 != 2', [['0.5', '3', '3', '3', '0', '1']]],
      ['SELECT 1 && 0, 1 || 0, !1', [['0', '1', '0']]],
      ["SELECT 'it''s', 'a\\tb', \"double\", 'a' 'b'", [["it's", 'a\tb', 'double', 'ab']]],
      [
        "SELECT 'Abc' LIKE 'a%', 'a_b' LIKE 'a\\_b', 'axb' LIKE 'a\\_b', 'abc' REGEXP '^a.c$'",
        [['1', '1', '0', '1']],
      ],
      [
        "SELECT DATE_ADD('2024-01-31', INTERVAL 1 MONTH), '2024-02-28' + INTERVAL 1 DAY",
        [['2024-02-29', '2024-02-29']],
      ],
      [
        "SELECT DATE_FORMAT('2026-08-01 09:05:03', '%Y/%m/%d %H:%i:%s'), YEAR('2026-08-01')",
        [['2026/08/01 09:05:03', '2026']],
      ],
      [
        "SELECT DATEDIFF('2026-03-01', '2026-02-01'), TIMESTAMPDIFF(HOUR, '2026-01-01', '2026-01-02')",
        [['28', '24']],
      ],
      [
        "SELECT CAST('12' AS SIGNED) + 1, CAST(1.005 AS DECIMAL(10,1)), CONVERT('x' USING utf8mb4)",
        [['13', '1.0', 'x']],
      ],
      [
        "SELECT SUBSTRING('abcdef' FROM 2 FOR 3), TRIM(BOTH 'x' FROM 'xax'), LPAD('7', 3, '0')",
        [['bcd', 'a', '007']],
      ],
      ["SELECT JSON_EXTRACT('{\"a\": [1, 2]}', '$.a[1]'), JSON_LENGTH('[1,2,3]')", [['2', '3']]],
      ['SELECT 1 FROM DUAL', [['1']]],
      ['SELECT /*!40001 SQL_NO_CACHE */ 1 # the rest is a comment', [['1']]],
      ['SELECT `id` FROM `shop`.`customers` WHERE `id` = 2 FOR UPDATE', [['2']]],
      ['SHOW DATABASES', [['information_schema'], ['shop'], ['test']]],
      ["SHOW DATABASES LIKE 'sh%'", [['shop']]],
      ['SHOW TABLES FROM shop', [['customers'], ['order_items'], ['orders']]],
      [
        "SHOW FULL TABLES IN shop WHERE Table_type = 'BASE TABLE' AND Tables_in_shop LIKE 'o%'",
        [
          ['order_items', 'BASE TABLE'],
          ['orders', 'BASE TABLE'],
        ],
      ],
      ['SHOW CREATE TABLE shop.order_items', /order_items/],
      ["SHOW COLUMNS FROM orders FROM shop LIKE 'total'", [['total', 'decimal(12,2)', 'NO', '', null, '']]],
      ['DESCRIBE shop.customers id', [['id', 'bigint', 'NO', 'PRI', null, 'auto_increment']]],
      [
        "SHOW INDEX FROM shop.customers WHERE Key_name = 'by_email'",
        [['customers', '0', 'by_email', '1', 'email', 'A', 'BTREE']],
      ],
      ["SHOW VARIABLES LIKE 'autocommit'", [['autocommit', '1']]],
      ["SHOW SESSION VARIABLES LIKE 'time\\_zone'", [['time_zone', '+00:00']]],
      ['SHOW WARNINGS', []],
      ['SHOW PROCESSLIST', /^\d+$/],
      ['EXPLAIN SELECT * FROM shop.orders WHERE customer_id = 1', /^\d+$/],
      [
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('information_schema') ORDER BY 1",
        [['shop'], ['test']],
      ],
      [
        "SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS FROM information_schema.tables WHERE TABLE_SCHEMA = 'shop' ORDER BY TABLE_NAME",
        [
          ['customers', 'BASE TABLE', '60'],
          ['order_items', 'BASE TABLE', '480'],
          ['orders', 'BASE TABLE', '240'],
        ],
      ],
      [
        "SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_KEY FROM information_schema.columns WHERE TABLE_SCHEMA='shop' AND TABLE_NAME='order_items' ORDER BY ORDINAL_POSITION LIMIT 2",
        [
          ['order_id', 'bigint', 'NO', 'PRI'],
          ['line', 'int', 'NO', 'PRI'],
        ],
      ],
      [
        "SELECT INDEX_NAME, COLUMN_NAME, NON_UNIQUE FROM information_schema.statistics WHERE TABLE_SCHEMA='shop' AND TABLE_NAME='customers' ORDER BY INDEX_NAME",
        [
          ['PRIMARY', 'id', '0'],
          ['by_city', 'city', '1'],
          ['by_email', 'email', '0'],
        ],
      ],
      [
        'SELECT c.city, COUNT(*) AS orders FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id WHERE c.city IS NOT NULL GROUP BY c.city HAVING orders > 1 ORDER BY orders DESC, c.city LIMIT 1',
        /./,
      ],
      [
        "SELECT GROUP_CONCAT(id ORDER BY id DESC SEPARATOR '-') FROM shop.customers WHERE id <= 3",
        [['3-2-1']],
      ],
    ];
    for (const [statement, expected] of everyday) {
      it(statement.slice(0, 90), async () => {
        const { rows } = await run(session, statement);
        if (expected instanceof RegExp) {
          assert.ok(
            rows[0]?.some((cell) => expected.test(cell ?? '')),
            JSON.stringify(rows),
          );
        } else {
          assert.deepEqual(rows, expected);
        }
      });
    }

    it('statements without rows, and names columns as MySQL does', async () => {
      for (const statement of [
        'SET NAMES utf8mb4',
        "SET SESSION time_zone = '+00:00', sql_mode = ''",
        'SET @answer = 6 * 7',
        'DO 0',
        'USE shop',
        'BEGIN',
        'COMMIT',
        'START TRANSACTION',
        'ROLLBACK',
        'FLUSH PRIVILEGES',
      ]) {
        assert.deepEqual((await run(session, statement)).columns, [], statement);
      }
      assert.equal(await value(session, 'SELECT @answer'), '42');
      const titles = await run(
        session,
        "SELECT COUNT(*), MAX(id)+1, id, o.total t, 'x' FROM orders o GROUP BY id LIMIT 1",
      );
      assert.deepEqual(
        titles.columns.map(({ name }) => name),
        ['COUNT(*)', 'MAX(id)+1', 'id', 't', 'x'],
      );
    });
  });
});
