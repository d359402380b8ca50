import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SqlColumn, SqlValue } from '../../../src/core/ports';
import { encoderOf } from '../../../src/sql/export/encode';

const column = (name: string, type = 'VARCHAR'): SqlColumn => ({ name, type });

/** Reads CSV as RFC 4180 says; a field without quotes that is empty is NULL. */
function readCsv(text: string): SqlValue[][] {
  const rows: SqlValue[][] = [];
  let row: SqlValue[] = [];
  for (let at = 0; at < text.length;) {
    let value: SqlValue;
    if (text[at] === '"') {
      let end = at + 1;
      value = '';
      while (text[end] !== '"' || text[end + 1] === '"') {
        value += text[end] ?? '';
        end += text[end] === '"' ? 2 : 1;
      }
      at = end + 1;
    } else {
      const end = /,|\r\n/.exec(text.slice(at))?.index ?? 0;
      value = end === 0 ? null : text.slice(at, at + end);
      at += end;
    }
    row.push(value);
    if (text[at] === ',') {
      at += 1;
    } else {
      assert.equal(text.slice(at, at + 2), '\r\n');
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('exported CSV', () => {
  it('is read back as it was, with NULL told from empty', () => {
    const value = fc.option(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ',', '"', '\r\n', ' a ')),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (rows) => {
        const encoder = encoderOf('csv', [column('a'), column('b, c')]);
        const text = encoder.head + rows.map((row) => encoder.row(row)).join('');
        assert.deepEqual(readCsv(text), [['a', 'b, c'], ...rows]);
      }),
    );
  });
});

describe('exported JSON Lines', () => {
  it('hold numbers only where every reader takes them as they are', () => {
    const columns = [
      ...[column('int', 'INT UNSIGNED'), column('big', 'BIGINT'), column('dec', 'DECIMAL')],
      ...[column('zero', 'INT'), column('real', 'DOUBLE'), column('doc', 'JSON'), column('bin', 'BLOB')],
    ];
    const row = [
      '4294967295',
      '9007199254740993',
      '0.10',
      '0042',
      '1.5e-7',
      '{"n": 12345678901234567890}',
      '0xff',
    ];
    assert.equal(
      encoderOf('jsonLines', columns).row(row),
      '{"int":4294967295,"big":"9007199254740993","dec":"0.10","zero":42,"real":1.5e-7,"doc":{"n": 12345678901234567890},"bin":"0xff"}\n',
    );
  });

  it('are one line a row, and can be read, whatever the text', () => {
    const value = fc.option(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const line = encoderOf('jsonLines', [column('a'), column('a', 'JSON')]).row([a, b]);
        assert.equal(line.indexOf('\n'), line.length - 1);
        const read = JSON.parse(line) as Record<string, unknown>;
        assert.deepEqual(Object.keys(read), ['a', 'a_2']);
        assert.equal(read['a'], a);
      }),
    );
  });
});
