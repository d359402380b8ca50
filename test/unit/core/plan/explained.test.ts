import assert from 'node:assert/strict';
import { explained, planStatement } from '../../../../src/core/plan/explained';

describe('explained', () => {
  const reading: readonly (readonly [statement: string, text: string])[] = [
    ['SELECT 1', 'SELECT 1'],
    ['(SELECT 1) UNION (SELECT 2)', '(SELECT 1) UNION (SELECT 2)'],
    ['TABLE t', 'TABLE t'],
    ['EXPLAIN SELECT 1', 'SELECT 1'],
    ['explain analyze\n  SELECT 1', 'SELECT 1'],
    ["EXPLAIN FORMAT = 'brief' SELECT 1", 'SELECT 1'],
    ['EXPLAIN ANALYZE FORMAT=TREE (SELECT 1)', '(SELECT 1)'],
    ['DESC EXTENDED SELECT 1', 'SELECT 1'],
    ['ANALYZE FORMAT=JSON SELECT 1', 'SELECT 1'],
    ['ANALYZE SELECT 1', 'SELECT 1'],
    ['WITH a AS (DELETE) SELECT * FROM a', 'WITH a AS (DELETE) SELECT * FROM a'],
    ['/*! SELECT */ 1', '/*! SELECT */ 1'],
    ['SELECT /*+ HASH_JOIN(a) */ 1', 'SELECT /*+ HASH_JOIN(a) */ 1'],
  ];
  for (const [statement, text] of reading) {
    it(`takes what reads: ${statement}`, () => {
      const start = statement.indexOf(text);
      assert.deepEqual(explained(statement), { text, start, changesData: false });
    });
  }

  for (const statement of [
    'UPDATE t SET a = 1',
    'delete from t',
    'INSERT INTO t SELECT * FROM u',
    "REPLACE INTO t VALUES ('SELECT')",
    'WITH a AS (SELECT 1) UPDATE t, a SET t.b = 1',
    'WITH RECURSIVE a (n) AS (SELECT 1 UNION SELECT n + 1 FROM a) DELETE FROM t',
    'EXPLAIN DELETE FROM t',
    'EXPLAIN ANALYZE INSERT INTO t VALUES (1)',
  ]) {
    it(`knows that it changes rows: ${statement}`, () => {
      assert.equal(explained(statement)?.changesData, true);
    });
  }

  for (const statement of [
    '',
    '-- nothing',
    'DROP TABLE t',
    'SHOW TABLES',
    'DESC t',
    'EXPLAIN t',
    'EXPLAIN FOR CONNECTION 5',
    'ANALYZE TABLE t',
    'SET @a = (SELECT 1)',
    'WITH',
    'CREATE TABLE t AS SELECT 1',
  ]) {
    it(`takes none that has no plan: ${statement}`, () => {
      assert.equal(explained(statement), undefined);
    });
  }

  it('asks each server in its own words', () => {
    assert.equal(planStatement('SELECT 1', '8.0.11-TiDB-v8.4.0'), 'EXPLAIN ANALYZE SELECT 1');
    assert.equal(planStatement('SELECT 1', '8.4.2'), 'EXPLAIN ANALYZE SELECT 1');
    assert.equal(planStatement('SELECT 1', '8.0.18-log'), 'EXPLAIN ANALYZE SELECT 1');
    assert.equal(planStatement('SELECT 1', '9.1.0'), 'EXPLAIN ANALYZE SELECT 1');
    assert.equal(planStatement('SELECT 1', '11.8.6-MariaDB-deb13'), 'ANALYZE FORMAT=JSON SELECT 1');
  });

  it('asks those that cannot tell what a plan took how they would run it', () => {
    for (const version of ['5.7.44-log', '8.0.17', '8.0.11-sandbox-practice-database', 'unknown']) {
      assert.equal(planStatement('SELECT 1', version), 'EXPLAIN SELECT 1', version);
    }
  });
});
