import assert from 'node:assert/strict';
import { SqlError, toSqlError } from '../../../src/sandbox/database/engine/sqlError';
import { quoteName, quoteText, tokenize } from '../../../src/sandbox/database/engine/tokens';
import { translateQuery } from '../../../src/sandbox/database/engine/query';
import { translate } from '../../../src/sandbox/database/engine/translate';
import type { Scope } from '../../../src/sandbox/database/engine/translate';
import { computedShape, declaredShape } from '../../../src/sandbox/database/engine/types';

function scopeOf(sql: string): { scope: Scope; mentioned: string[] } {
  const mentioned: string[] = [];
  const scope: Scope = {
    sql,
    database: 'test',
    account: 'root@127.0.0.1',
    isDatabase: (name) => ['test', 'shop'].includes(name.toLowerCase()),
    variable: (name) => (name === '@a' ? '7' : 'NULL'),
    mention: (name) => void mentioned.push(name),
  };
  return { scope, mentioned };
}

const expression = (sql: string): string => translate(tokenize(sql).slice(0, -1), scopeOf(sql).scope);
const query = (sql: string): string => translateQuery(tokenize(sql).slice(0, -1), scopeOf(sql).scope);

describe('the practice database’s reading of MySQL', () => {
  const cases: readonly (readonly [mysql: string, sqlite: string])[] = [
    ["'it''s'", "'it''s'"],
    ["'it\\'s'", "'it''s'"],
    ['"say ""hi"""', '\'say "hi"\''],
    ['"a\'b"', "'a''b'"],
    ["'100\\%'", "'100\\%'"],
    ["'a\\0b'", "CAST(x'610062' AS TEXT)"],
    ["_utf8mb4'ü'", "'ü'"],
    ["'a' 'b'", "'ab'"],
    ['0xff', "x'ff'"],
    ["X'0A'", "x'0A'"],
    ["b'101'", '5'],
    ['`a``b`', '`a``b`'],
    ['@a', '7'],
    ['a <=> b', 'a IS b'],
    ['a || b && !c', 'a OR b AND NOT c'],
    ['a / b', 'a * 1.0 / b'],
    ['1 -- 2\n + 3', '1 + 3'],
    ['1 --2', '1 - - 2'],
    ['1 # 2', '1'],
    ['1 /* 2 */ + 3', '1 + 3'],
    ['1 /*!50000 + 2 */', '1 + 2'],
    ['test.t.a', 'main . t . a'],
    ['shop.t.a', '`shop` . t . a'],
    ['a.shop.b', 'a . shop . b'],
    ['CURRENT_USER', "'root@127.0.0.1'"],
    ["IF(a, 'if(', 2)", "iif(a , 'if(' , 2)"],
    ['d - INTERVAL 2 DAY', "mysql_date_add(d, -(2), 'DAY')"],
    ['NOW() + INTERVAL 1 HOUR', "mysql_date_add(mysql_now(), +(1), 'HOUR')"],
    ['returning', '`returning`'],
  ];
  for (const [mysql, sqlite] of cases) {
    it(JSON.stringify(mysql), () => assert.equal(expression(mysql), sqlite));
  }

  it('keeps the text of what is selected as its title, unless it has a name', () => {
    assert.equal(query('SELECT COUNT(*)'), 'SELECT COUNT(*) AS `COUNT(*)`');
    assert.equal(query('SELECT a + b, a b, t.a, `x y`'), 'SELECT a + b AS `a + b`, a b, t . a, `x y`');
    assert.equal(query("SELECT 'x', a IS NULL FROM t"), "SELECT 'x' AS `x`, a IS NULL AS `a IS NULL` FROM t");
    assert.equal(query('SELECT DISTINCT (1) FROM t'), 'SELECT DISTINCT ( 1 ) AS `(1)` FROM t');
  });

  it('notes which other databases are mentioned', () => {
    const sql = 'a.b, shop.c, TEST.d, SHOP.e';
    const { scope, mentioned } = scopeOf(sql);
    translate(tokenize(sql).slice(0, -1), scope);
    assert.deepEqual(mentioned, ['shop', 'shop']);
  });

  it('finds no end to a text, and no meaning in stray marks', () => {
    for (const sql of ["'open", '"open', '`open', '(1', 'a ? b', 'a := 1', '{d}']) {
      assert.throws(
        () => expression(sql),
        (error) => error instanceof SqlError && error.code === 1064,
        sql,
      );
    }
  });

  it('never lets a name or a text out of its quotes', () => {
    for (const nasty of ["'", "''", '`', '"', "a'; DROP TABLE t; --", '\\', "\\'", 'x\0y']) {
      const [text, end] = tokenize(quoteText(nasty).replaceAll('\\', '\\\\'));
      if (!nasty.includes('\0')) {
        assert.deepEqual([text?.value, end?.kind], [nasty, 'end']);
      }
      const [name, after] = tokenize(quoteName(nasty));
      assert.deepEqual([name?.value, after?.kind], [nasty, 'end']);
    }
  });
});

describe('the practice database’s answers', () => {
  it('have the types that were declared, or those of the values', () => {
    const shape = declaredShape('decimal(10,2) unsigned');
    assert.deepEqual(
      [shape?.type.code, shape?.type.decimals, (shape?.type.flags ?? 0) & 0x20],
      [246, 2, 0x20],
    );
    assert.deepEqual(
      [19.9, { integer: '3' }, null].map((cell) => shape?.format(cell)),
      ['19.90', '3.00', null],
    );
    assert.equal(declaredShape('NUM'), undefined);
    const codes = [
      [{ integer: '1' }, null],
      [1.5, { integer: '1' }],
      ['a', { integer: '1' }],
      [new Uint8Array(1)],
      [null],
    ].map((cells) => computedShape(cells).type.code);
    assert.deepEqual(codes, [8, 5, 253, 252, 6]);
    assert.equal(computedShape([]).format(0.1 + 0.2), '0.3');
    assert.equal(computedShape([]).format({ integer: '9223372036854775807' }), '9223372036854775807');
  });

  it('have MySQL’s numbers for SQLite’s errors', () => {
    const numbers = [
      'no such table: main.t',
      'no such column: x',
      'near "SELEC": syntax error',
      'table `t` already exists',
      'UNIQUE constraint failed: t.a',
      'interrupted',
      'database is locked',
      'something new',
    ].map((words) => toSqlError(new Error(words), 'test').code);
    assert.deepEqual(numbers, [1146, 1054, 1064, 1050, 1062, 1317, 1205, 1105]);
    assert.equal(toSqlError(new Error('no such table: t'), undefined).code, 1046);
    assert.equal(
      toSqlError(new Error('no such table: main.t'), 'test').message,
      "Table 'test.t' doesn't exist",
    );
  });
});
