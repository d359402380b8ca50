import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rowWriter, uniqueNames, type CopyFormat, type CopyOptions } from '../../../src/core/copyFormats';
import type { SqlColumn, SqlValue } from '../../../src/core/ports';

const column = (name: string, type = 'VARCHAR'): SqlColumn => ({ name, type });

function written(
  format: CopyFormat,
  columns: readonly SqlColumn[],
  rows: readonly (readonly SqlValue[])[],
  options: Partial<CopyOptions> = {},
): string {
  const writer = rowWriter(format, columns, { headers: true, table: undefined, ...options });
  return writer.begin() + rows.map((row) => writer.row(row)).join('') + writer.end();
}

/** A reader of its own: a state machine over RFC 4180 with any delimiter; a field without quotes and signs is NULL. */
function parsed(text: string, delimiter: string, newLine: string): readonly (readonly SqlValue[])[] {
  const rows: SqlValue[][] = [];
  let row: SqlValue[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      let value = '';
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        assert.ok(end >= 0, 'a quote is closed');
        value += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') {
          break;
        }
        value += '"';
        at += 1;
      }
      row.push(value);
    } else {
      const end = [text.indexOf(delimiter, at), text.indexOf(newLine, at)].filter((found) => found >= 0);
      const plain = text.slice(at, Math.min(...end));
      at += plain.length;
      row.push(plain === '' ? null : plain);
    }
    if (text.startsWith(newLine, at)) {
      rows.push(row);
      row = [];
      at += newLine.length;
    } else {
      assert.equal(text[at], delimiter);
      at += 1;
    }
  }
  return rows;
}

const anyValue = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.stringMatching(/^[\t\n\r",; a|\\']{0,6}$/),
    fc.constantFrom('', 'NULL', '"', '""', ' ', '\t', '\n', '\r\n', '=1+1'),
  ),
  { nil: null },
);
const anyTable = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(anyValue, { minLength: width, maxLength: width }), { maxLength: 6 }));

describe('copied rows', () => {
  for (const [format, delimiter, newLine] of [
    ['tsv', '\t', '\n'],
    ['csv', ',', '\r\n'],
  ] as const) {
    it(`come back from ${format.toUpperCase()} as they were, NULL and empty text told apart`, () => {
      fc.assert(
        fc.property(anyTable, (rows) => {
          const columns = (rows[0] ?? []).map((_, index) => column(`c"${index}`));
          assert.deepEqual(
            parsed(written(format, columns, rows, { headers: false }), delimiter, newLine),
            rows,
          );
          if (columns.length > 0) {
            const [head] = parsed(written(format, columns, rows), delimiter, newLine);
            assert.deepEqual(
              head,
              columns.map(({ name }) => name),
            );
          }
        }),
      );
    });
  }

  it('are plain where nothing has to be quoted', () => {
    const rows = [
      ['1', 'a b'],
      [null, ''],
      ['2', 'say "hi",\nthen'],
    ];
    const columns = [column('id', 'INT'), column('text')];
    assert.equal(written('csv', columns, rows), 'id,text\r\n1,a b\r\n,""\r\n2,"say ""hi"",\nthen"\r\n');
    assert.equal(written('tsv', columns, rows, { headers: false }), '1\ta b\n\t""\n2\t"say ""hi"",\nthen"\n');
  });

  it('are JSON with numbers only where nothing is lost', () => {
    const columns = [
      column('id', 'BIGINT UNSIGNED'),
      column('price', 'DECIMAL'),
      column('doc', 'JSON'),
      column('code', 'VARCHAR'),
      column('zero', 'INT'),
      column('rate', 'DOUBLE'),
      column('blob', 'BLOB'),
    ];
    const text = written('json', columns, [
      ['9007199254740991', '10.50', '{"n":9007199254740993}', '1', '00042', '1e-7', '0x00ff'],
      ['9007199254740993', '12345678901234567890.123', 'broken', null, '42', '-0.5', null],
    ]);
    assert.equal(
      text,
      '[\n' +
        '  {"id": 9007199254740991, "price": 10.50, "doc": {"n":9007199254740993}, "code": "1", "zero": "00042", "rate": 1e-7, "blob": "0x00ff"},\n' +
        '  {"id": "9007199254740993", "price": "12345678901234567890.123", "doc": "broken", "code": null, "zero": 42, "rate": -0.5, "blob": null}\n' +
        ']\n',
    );
    assert.deepEqual(JSON.parse(written('json', columns, [])), []);
  });

  it('lose no decimal in JSON, whatever it is', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 10 }))
      .map(([digits, scale]) => {
        const sign = digits < 0n ? '-' : '';
        const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
        return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
      });
    fc.assert(
      fc.property(decimal, (value) => {
        const [row] = JSON.parse(written('json', [column('d', 'DECIMAL')], [[value]])) as [
          { d: string | number },
        ];
        // The shortest text that a double is known by has the decimal's digits, or the decimal is a text.
        if (typeof row.d === 'string') {
          assert.equal(row.d, value);
        } else {
          const plain = value.includes('.') ? value.replace(/0+$/, '').replace(/\.$/, '') : value;
          const shown = row.d.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 });
          assert.equal(shown.replace(/^-0$/, '0'), plain.replace(/^-0$/, '0'));
        }
      }),
    );
  });

  it('are JSON that can be read, with every column under a name of its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('id', 'id_2', 'a', '__proto__', '"'), { minLength: 1 }),
        anyValue,
        (names, value) => {
          const columns = names.map((name) => column(name));
          const unique = uniqueNames(columns);
          assert.equal(new Set(unique).size, names.length);
          const read: unknown = JSON.parse(written('json', columns, [names.map(() => value)]));
          assert.deepEqual(Object.entries((read as object[])[0] ?? {}).length, names.length);
        },
      ),
    );
    assert.deepEqual(uniqueNames(['id', 'id', 'id_2', 'id'].map((name) => column(name))), [
      'id',
      'id_3',
      'id_2',
      'id_4',
    ]);
  });

  it('are a Markdown table whose cells end only where they end', () => {
    const columns = [column('n', 'INT'), column('a|b')];
    assert.equal(
      written('markdown', columns, [
        ['1', 'x|y\\|z'],
        [null, 'one\r\ntwo <b>&amp;'],
      ]),
      '| n | a\\|b |\n| ---: | --- |\n| 1 | x\\|y\\\\\\|z |\n| NULL | one<br>two &lt;b>&amp;amp; |\n',
    );
    fc.assert(
      fc.property(anyTable, (rows) => {
        const width = rows[0]?.length ?? 1;
        const own = Array.from({ length: width }, (_, index) => column(`c${index}`));
        const lines = written('markdown', own, rows).trimEnd().split('\n');
        assert.equal(lines.length, rows.length + 2);
        for (const line of lines) {
          assert.equal(line.replace(/\\./g, '').split('|').length, width + 2);
        }
      }),
    );
  });

  it('are INSERT statements that mean the same in every SQL mode', () => {
    const columns = [
      column('id', 'BIGINT UNSIGNED'),
      column('na`me'),
      column('data', 'VARBINARY'),
      column('at', 'DATETIME'),
      column('doc', 'JSON'),
    ];
    const table = { database: 'sh`op', table: 'orders' };
    const rows = [
      ['18446744073709551615', "it's", '0x00ff', '2026-01-02 03:04:05', '{"a":"b"}'],
      [null, 'back\\slash', '0x', null, ''],
    ];
    assert.equal(
      written('insert', columns, rows, { table }),
      'INSERT INTO `sh``op`.`orders` (`id`, `na``me`, `data`, `at`, `doc`) VALUES\n' +
        "  (18446744073709551615, 'it''s', 0x00ff, '2026-01-02 03:04:05', '{\"a\":\"b\"}'),\n" +
        "  (NULL, _utf8mb4 0x6261636b5c736c617368, '', NULL, '');\n",
    );
    assert.match(written('insert', columns, rows), /^INSERT INTO `table_name` /);
    assert.equal(written('insert', columns, []), '');
  });

  it('are several INSERT statements where one would be long', () => {
    const text = written(
      'insert',
      [column('a')],
      Array.from({ length: 250 }, (_, row) => [String(row)]),
    );
    assert.equal(text.match(/INSERT INTO/g)?.length, 3);
    assert.equal(text.match(/;\n/g)?.length, 3);
    assert.equal(text.match(/^ {2}\(/gm)?.length, 250);
  });
});
