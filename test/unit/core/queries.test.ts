import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isPlainQuery, tableOf } from '../../../src/core/queries';
import { sqlTokens } from '../../../src/core/sqlTokens';

describe('queries that can be run a second time', () => {
  for (const statement of [
    'SELECT 1',
    'select * from t;',
    "-- all\nSELECT * FROM t /* UPDATE */ WHERE a = 'DELETE' # INTO",
    '(SELECT 1) UNION (SELECT 2)',
    'SHOW TABLES',
    'SHOW CREATE TABLE `update`',
    'TABLE t ORDER BY id',
    'VALUES ROW(1, 2)',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'DESC t',
    'EXPLAIN SELECT 1',
    'SELECT /*+ MAX_EXECUTION_TIME(1000) */ 1',
    "SELECT REPLACE(a, 'x', 'y'), INSERT(a, 1, 1, 'b') FROM t",
    'SELECT t.`update`, t.delete FROM t',
  ]) {
    it(`has among them: ${statement}`, () => assert.equal(isPlainQuery(statement), true));
  }

  for (const statement of [
    '',
    '-- nothing',
    'UPDATE t SET a = 1',
    'INSERT INTO t SELECT * FROM u',
    'WITH a AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM a)',
    'WITH a AS (SELECT 1) UPDATE t SET a = 1',
    'EXPLAIN ANALYZE UPDATE t SET a = 1',
    'EXPLAIN ANALYZE SELECT 1',
    "SELECT * INTO OUTFILE '/tmp/x' FROM t",
    'SELECT 1 INTO @a',
    'SELECT @a := 1',
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t LOCK IN SHARE MODE',
    '/*! DELETE FROM t */',
    'SELECT 1 /*! INTO @a */',
    'SELECT 1 /*T! INTO @a */',
    'CALL p()',
    'SET @a = 1',
    'DROP TABLE t',
    'BEGIN',
  ]) {
    it(`has not among them: ${statement}`, () => assert.equal(isPlainQuery(statement), false));
  }
});

describe('the table that rows come from', () => {
  for (const [statement, name] of [
    ['SELECT * FROM orders', 'orders'],
    ['select id, (select max(x) from other) from `my ``orders` where a = 1', 'my `orders'],
    ['SELECT * FROM shop.orders o WHERE o.id = 1 ORDER BY id LIMIT 5;', 'shop.orders'],
    ['SELECT * FROM orders AS o', 'orders'],
    ['SELECT * FROM orders USE INDEX (a) WHERE 1', 'orders'],
    ['SELECT * FROM `a`.`b` LIMIT 1', 'a.b'],
    ['TABLE orders', 'orders'],
    ['SELECT * FROM a, b', undefined],
    ['SELECT * FROM a JOIN b ON 1', undefined],
    ['SELECT * FROM a x, b', undefined],
    ['SELECT * FROM (SELECT 1) t', undefined],
    ['SELECT 1 FROM a UNION SELECT 1 FROM b', undefined],
    ['SELECT city, COUNT(*) FROM a GROUP BY city', undefined],
    ['SELECT 1', undefined],
    ['SHOW TABLES FROM a', undefined],
    ['WITH a AS (SELECT 1) SELECT * FROM a', undefined],
    ['', undefined],
  ] as const) {
    it(`of: ${statement}`, () => {
      const found = tableOf(statement);
      const { database, table } = found ?? {};
      assert.equal(database === undefined ? table : `${database}.${table ?? ''}`, name);
    });
  }
});

describe('the tokens of a statement', () => {
  it('come to an end with any text', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '/*',
      '*/',
      '/*!',
      '--',
      '#',
      '\n',
      ' ',
      'a',
      '1',
      ';',
      '(',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        assert.ok([...sqlTokens(parts.join(''))].length <= parts.length * 2);
      }),
    );
  });
});
