import assert from 'node:assert/strict';
import fc from 'fast-check';
import { delimiterAt, statementAt, statementsOf } from '../../../src/core/statements';

const split = (text: string): string[] => [...statementsOf(text)].map((statement) => statement.text);

describe('statements of a SQL document', () => {
  const cases: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ['two statements', 'SELECT 1; SELECT 2;\n', ['SELECT 1', 'SELECT 2']],
    ['nothing', ' \n-- only a comment\n;;/* another */', []],
    [
      'delimiters in quotes',
      `SELECT 'a;b', "c;d", \`e;f\`; SELECT 2`,
      [`SELECT 'a;b', "c;d", \`e;f\``, 'SELECT 2'],
    ],
    [
      'escaped quotes',
      `SELECT 'it\\'s; x', "q\\"; z"; SELECT 2`,
      [`SELECT 'it\\'s; x', "q\\"; z"`, 'SELECT 2'],
    ],
    [
      'doubled quotes',
      `SELECT 'it''s; x', "q""; z", \`b\`\`;\`; SELECT 2`,
      [`SELECT 'it''s; x', "q""; z", \`b\`\`;\``, 'SELECT 2'],
    ],
    ['a backslash at the end of a string', `SELECT 'a\\\\'; SELECT 2`, [`SELECT 'a\\\\'`, 'SELECT 2']],
    ['a backslash in backticks', 'SELECT `a\\`; SELECT 2', ['SELECT `a\\`', 'SELECT 2']],
    ['double dash comments', 'SELECT 1 -- c; d\n, 2; SELECT 3', ['SELECT 1 -- c; d\n, 2', 'SELECT 3']],
    ['double minus, which is no comment', 'SELECT 2--1; SELECT 3', ['SELECT 2--1', 'SELECT 3']],
    ['hash comments', `SELECT 1 # it's; x\n, 2; SELECT 3`, [`SELECT 1 # it's; x\n, 2`, 'SELECT 3']],
    ['block comments', `SELECT /* ; ' */ 1; SELECT 2`, [`SELECT /* ; ' */ 1`, 'SELECT 2']],
    [
      'comments around, left out',
      '-- about it\nSELECT 1 -- so\n; /* x */ SELECT 2 # y',
      ['SELECT 1', 'SELECT 2'],
    ],
    [
      'code in comments',
      '/*!40101 SET a=1; */; SELECT /*+ HINT(;) */ 1; /*T![ttl] x */',
      ['/*!40101 SET a=1; */', 'SELECT /*+ HINT(;) */ 1', '/*T![ttl] x */'],
    ],
    [
      'DELIMITER',
      'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\ndelimiter ;\nCALL p(); SELECT 3',
      ['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END', 'CALL p()', 'SELECT 3'],
    ],
    [
      'DELIMITER $$ with CRLF',
      'DELIMITER $$\r\nSELECT 1; x$$\r\nDELIMITER ;\r\nSELECT 2;',
      ['SELECT 1; x', 'SELECT 2'],
    ],
    [
      'the word delimiter elsewhere',
      `SELECT delimiter FROM t; SELECT 'DELIMITER //'; SELECT\ndelimiter x; SELECT 4`,
      ['SELECT delimiter FROM t', `SELECT 'DELIMITER //'`, 'SELECT\ndelimiter x', 'SELECT 4'],
    ],
    ['\\G and \\g', 'SELECT 1\\G\nSELECT 2\\g SELECT 3', ['SELECT 1', 'SELECT 2', 'SELECT 3']],
    ['a quote that is not closed', `SELECT 1; SELECT 'abc; SELECT 2`, ['SELECT 1', `SELECT 'abc; SELECT 2`]],
    ['a comment that is not closed', 'SELECT 1; /* abc; SELECT 2', ['SELECT 1']],
    ['a string that ends in a backslash', `SELECT 'abc\\`, [`SELECT 'abc\\`]],
  ];
  for (const [what, text, expected] of cases) {
    it(`splits: ${what}`, () => assert.deepEqual(split(text), expected));
  }

  it('finds the statement under the cursor', () => {
    // Each | is a cursor; the number after it says which statement is meant.
    const marked =
      '|1\n-- one\n|1SEL|1ECT 1|1;|1  |1-- so|1\n|2\n  |2SELECT |2\n\n|2 2;|2 |3SELECT|3 3 |3;\n|3\n|3';
    const statements = ['SELECT 1', 'SELECT \n\n 2', 'SELECT 3'];
    const text = marked.replaceAll(/\|\d/g, '');
    let removed = 0;
    const found: string[] = [];
    const wanted: string[] = [];
    for (const match of marked.matchAll(/\|(\d)/g)) {
      found.push(
        `${String(match.index - removed)}: ${statementAt(text, match.index - removed)?.text ?? 'none'}`,
      );
      wanted.push(`${String(match.index - removed)}: ${statements[Number(match[1]) - 1] ?? 'none'}`);
      removed += match[0].length;
    }
    assert.deepEqual(found, wanted);
  });

  it('finds nothing in a text without statements', () => {
    assert.equal(statementAt(' -- nothing\n', 3), undefined);
    assert.equal(statementAt('', 0), undefined);
  });

  it('takes a statement apart from any neighbours, whatever is quoted or commented in it', () => {
    const inner = fc.string({ unit: fc.constantFrom(';', ' ', 'a', '-', '*', '#', '/', 'é', '\n', '😀') });
    const piece = fc.oneof(
      inner.map((text) => `'${text}'`),
      inner.map((text) => `"${text}"`),
      inner.map((text) => `\`${text}\``),
      inner.map((text) => `/* ${text.replaceAll('*/', '')} */ x`),
      inner.map((text) => `-- ${text.replaceAll('\n', '')}\n x`),
      inner.map((text) => `#${text.replaceAll('\n', '')}\n x`),
      fc.constantFrom('a--1', 'x', '/*! ; */', "'it''s'", "'\\''"),
    );
    const statement = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      .map((pieces) => `SELECT ${pieces.join(' ')} x`);
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (statements) => {
        const text = statements.join(';\n');
        assert.deepEqual(split(text), statements);
        let offset = 0;
        for (const one of statements) {
          assert.deepEqual(statementAt(text, offset + one.length), {
            text: one,
            start: offset,
            end: offset + one.length,
          });
          offset += one.length + 2;
        }
      }),
    );
  });

  it('never fails and never loses its place, whatever the text', () => {
    const text = fc.string({
      unit: fc.constantFrom("'", '"', '`', ';', '\\', '-', '#', '/', '*', '\n', ' ', 'a', 'delimiter '),
    });
    fc.assert(
      fc.property(text, (sql) => {
        let last = 0;
        for (const { text: part, start, end } of statementsOf(sql)) {
          assert.ok(start >= last && end > start && end <= sql.length);
          assert.equal(sql.slice(start, end), part);
          last = end;
        }
      }),
    );
  });
});

describe('the delimiter in force', () => {
  const text = 'SELECT 1;\nDELIMITER //\nSELECT 2; SELECT 3 //\nDELIMITER ;\nSELECT 4;';
  for (const [at, expected] of [
    ['SELECT 1', ';'],
    ['SELECT 2', '//'],
    ['SELECT 3', '//'],
    ['SELECT 4', ';'],
  ] as const) {
    it(`is ${expected} at ${at}`, () => assert.equal(delimiterAt(text, text.indexOf(at)), expected));
  }

  it('is that of the part that is split', () => {
    assert.deepEqual(
      [...statementsOf('SELECT 2; SELECT 3 //', '//')].map((each) => each.text),
      ['SELECT 2; SELECT 3'],
    );
  });
});
