import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorRange } from '../../../src/core/errorRange';

const mysql = (near: string, line: number): string =>
  `You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${near}' at line ${line}`;
const tidb = (near: string, line: number, column: number): string =>
  `You have an error in your SQL syntax; check the manual that corresponds to your TiDB version for the right syntax to use line ${line} column ${column} near "${near}" `;

function marked(statement: string, message: string): string {
  const { start, end } = errorRange(statement, message);
  return `${start}:${statement.slice(start, end)}`;
}

describe('where an error is', () => {
  it('is where the rest begins that MySQL and MariaDB quote', () => {
    assert.equal(marked('SELECT *\nFORM t', mysql('FORM t', 2)), '9:FORM');
    assert.equal(marked("SELECT a FROM t WHERE = 'x'", mysql("= 'x'", 1)), '22:=');
    assert.equal(marked('SELECT (1', mysql('', 1)), '8:1');
    assert.equal(marked('SELECT 1 1 1', mysql('1 1', 1)), '9:1');
  });

  it('is found where the server quotes only the beginning of the rest', () => {
    const statement = `SELECT a,\n  b,,\n  c ${'x'.repeat(200)}\nFROM t`;
    const near = statement.slice(statement.indexOf(',\n  c'), statement.indexOf(',\n  c') + 80);
    assert.equal(marked(statement, mysql(near, 2)), `${statement.indexOf(',\n  c')}:,`);
  });

  it('is where TiDB says, by line, column and rest', () => {
    assert.equal(marked('SELECT *\nFORM t', tidb('FORM t', 2, 4)), '9:FORM');
    assert.equal(marked('SELECT "a" FROM', tidb('', 1, 16)), '11:FROM');
    assert.equal(marked('SELECT "a" FORM "b"', tidb('FORM "b"', 1, 15)), '11:FORM');
  });

  it('counts lines of Windows as well', () => {
    assert.equal(marked('SELECT *\r\nFORM t\r\n', mysql('FORM t\r\n', 2)), '10:FORM');
  });

  it('is the name that the server does not know', () => {
    assert.equal(marked('SELECT a, nme FROM t', "Unknown column 'nme' in 'field list'"), '10:nme');
    assert.equal(marked('SELECT a, nme FROM t', "Unknown column 'nme' in 'SELECT'"), '10:nme');
    assert.equal(marked('SELECT t.nme FROM t', "Unknown column 't.nme' in 'field list'"), '7:t.nme');
    assert.equal(
      marked('SELECT x AS id FROM t WHERE id = 1', "Unknown column 'id' in 'where clause'"),
      '28:id',
    );
    assert.equal(marked('SELECT * FROM `Missing`', "Table 'orders.missing' doesn't exist"), '14:`Missing`');
    assert.equal(
      marked('SELECT * FROM orders.missing', "Table 'orders.missing' doesn't exist"),
      '14:orders.missing',
    );
    assert.equal(marked('USE nowhere', "Unknown database 'nowhere'"), '4:nowhere');
    assert.equal(marked('DROP TABLE nowhere', "Unknown table 'orders.nowhere'"), '11:nowhere');
    assert.equal(marked("SELECT 'id', id FROM a JOIN b", "Column 'id' in field list is ambiguous"), '13:id');
    assert.equal(marked('SELECT no_such(1)', 'FUNCTION orders.no_such does not exist'), '7:no_such');
    assert.equal(
      marked(
        "INSERT INTO t (n) VALUES ('x')",
        "Incorrect integer value: 'x' for column `orders`.`t`.`n` at row 1",
      ),
      '15:n',
    );
  });

  it('is the whole statement where the words do not tell', () => {
    for (const message of [
      'Lock wait timeout exceeded; try restarting transaction',
      "Duplicate entry '1' for key 'PRIMARY'",
      '',
    ]) {
      assert.equal(marked('INSERT INTO t VALUES (1)', message), '0:INSERT INTO t VALUES (1)');
    }
    assert.equal(marked('SELECT 1', "Unknown column 'x' in 'field list'"), '0:SELECT 1');
    assert.deepEqual(errorRange('', mysql('x', 3)), { start: 0, end: 0 });
  });

  it('is always within the statement', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.nat(20),
        fc.nat(99),
        fc.boolean(),
        (statement, near, line, column, isTidb) => {
          const message = isTidb ? tidb(near, line, column) : mysql(near, line);
          const { start, end } = errorRange(statement, message);
          assert.ok(start >= 0 && start <= end && end <= statement.length, `${start} ${end}`);
        },
      ),
    );
  });
});
