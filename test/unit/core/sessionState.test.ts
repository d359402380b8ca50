import assert from 'node:assert/strict';
import { effectOf, wordsForState, type StatementEffect } from '../../../src/core/sessionState';

const cases: readonly (readonly [string, StatementEffect])[] = [
  ['SELECT 1', {}],
  ['USE sales', { database: 'sales' }],
  ['-- a comment\n/* another */ use `a``b c` ;', { database: 'a`b c' }],
  ['# BEGIN\nSELECT 1', {}],
  ['BEGIN', { begins: 'transaction' }],
  ['begin pessimistic;', { begins: 'transaction' }],
  ['START TRANSACTION READ ONLY', { begins: 'transaction' }],
  ['COMMIT', { ends: ['transaction'] }],
  ['ROLLBACK WORK', { ends: ['transaction'] }],
  ['ROLLBACK TO SAVEPOINT a', {}],
  ['rollback work to a', {}],
  ['COMMIT AND CHAIN', { begins: 'transaction' }],
  ['COMMIT AND NO CHAIN', { ends: ['transaction'] }],
  ['CREATE TABLE t (a INT)', { ends: ['transaction'] }],
  ['CREATE TEMPORARY TABLE t (a INT)', { begins: 'temporaryTables' }],
  ['CREATE OR REPLACE TEMPORARY TABLE t (a INT)', { begins: 'temporaryTables' }],
  ['CREATE GLOBAL TEMPORARY TABLE t (a INT) ON COMMIT DELETE ROWS', { ends: ['transaction'] }],
  ['DROP TEMPORARY TABLE t', {}],
  ['TRUNCATE t', { ends: ['transaction'] }],
  ['LOCK TABLES t WRITE', { begins: 'tableLocks', ends: ['transaction'] }],
  ['UNLOCK TABLES', { ends: ['tableLocks'] }],
  ["PREPARE p FROM 'SELECT 1'", { begins: 'preparedStatements' }],
  ['SET @a = 1', { begins: 'variables' }],
  ['SET SESSION sql_mode = ""', { begins: 'variables' }],
  ['SET NAMES utf8mb4', { begins: 'variables' }],
  ['SET GLOBAL max_connections = 5', {}],
  ['SET @@global.max_connections = 5', {}],
  ['SET PERSIST max_connections = 5', {}],
  ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', {}],
  ['SELECT GET_LOCK("a", 1)', { begins: 'namedLocks' }],
  ['SELECT a INTO @b FROM t', { begins: 'variables' }],
  ['SELECT @a := 5', { begins: 'variables' }],
  ['SET autocommit = 0', { autocommit: false }],
  ['SET SESSION autocommit=OFF', { autocommit: false }],
  ['SET @@session.autocommit := 1', { autocommit: true, ends: ['transaction'] }],
];

describe('what statements leave in their session', () => {
  for (const [statement, effect] of cases) {
    it(statement.replaceAll('\n', '⏎'), () => assert.deepEqual(effectOf(statement), effect));
  }

  it('has words, the weightiest first', () => {
    assert.equal(wordsForState([]), '');
    assert.equal(wordsForState(['variables']), 'variables that were set');
    assert.equal(
      wordsForState(['variables', 'namedLocks', 'transaction']),
      'an open transaction, variables that were set and named locks',
    );
  });
});
