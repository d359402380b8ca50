import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contextAt, type SqlContext } from '../../../../src/core/completion/context';
import type { ColumnSource } from '../../../../src/core/completion/sources';

/** The context at the bar. */
const at = (text: string): SqlContext | undefined => contextAt(text.replace('|', ''), text.indexOf('|'));

const written = (source: ColumnSource | string): string => {
  if (typeof source === 'string') {
    return source;
  }
  if (source.kind === 'query') {
    return `${source.name}(${source.columns.map(written).join(', ')})`;
  }
  const { name, database, table } = source;
  return `${database === undefined ? '' : `${database}.`}${table}${name === table ? '' : ` ${name}`}`;
};
const sources = (text: string): readonly string[] | undefined => at(text)?.sources.map(written);

const expected: Record<string, readonly string[]> = {
  word: [
    '|',
    '  sel|',
    'SELECT a |',
    'SELECT * |',
    'SELECT t.* |',
    'SELECT a FROM t |',
    'SELECT a FROM t x |',
    'SELECT a FROM t WHERE a = 1 |',
    'SELECT a FROM t ORDER BY a DESC |',
    'SELECT a FROM t LIMIT |',
    'CREATE TABLE |',
    'CREATE TABLE t (|',
    'CREATE TABLE t (id |',
    'CREATE VIEW v AS |',
    'SHOW |',
    'INSERT INTO t (a |) VALUES (1)',
    'INSERT INTO t |',
    'SELECT CAST(a AS |) FROM t',
    'SELECT * FROM t USE INDEX (|)',
    'WITH c AS (|) SELECT 1',
    'SELECT a FROM t FOR UPDATE |',
    'COMMIT |',
  ],
  table: [
    'SELECT * FROM |',
    'SELECT * FROM a, |',
    'SELECT * FROM a JOIN |',
    'SELECT * FROM a LEFT OUTER JOIN b ON a.x = b.x, |',
    'SELECT * FROM (|',
    'SELECT * FROM (a JOIN |',
    'SELECT * FROM a NATURAL JOIN ord|',
    'SELECT 1 FROM a WHERE x IN (SELECT y FROM |)',
    'UPDATE |',
    'UPDATE IGNORE |',
    'DELETE FROM |',
    'INSERT INTO |',
    'INSERT |',
    'REPLACE INTO |',
    'TRUNCATE |',
    'TRUNCATE TABLE |',
    'DROP TABLE IF EXISTS a, |',
    'DROP VIEW |',
    'ALTER TABLE |',
    'ANALYZE TABLE |',
    'LOCK TABLES |',
    'DESC |',
    'SHOW CREATE TABLE |',
    'SHOW FULL COLUMNS FROM |',
    'SHOW INDEX IN |',
    'CREATE INDEX i ON |',
    'GRANT SELECT ON |',
    'CREATE TABLE a LIKE |',
    'CREATE TABLE a (b INT REFERENCES |)',
    'TABLE |',
    'SELECT * FROM db.|',
    'SELECT * FROM /* here */ |',
    'EXPLAIN ANALYZE SELECT * FROM |',
    'SELECT a FROM t UNION ALL SELECT b FROM |',
    'SELECT * FROM `|',
  ],
  database: ['USE |', 'DROP DATABASE |', 'SHOW TABLES FROM |', 'SHOW CREATE DATABASE |'],
  column: [
    'SELECT |',
    'SELECT DISTINCT |',
    'SELECT | FROM t',
    'SELECT a, | FROM t',
    'SELECT a + | FROM t',
    'SELECT a * | FROM t',
    'SELECT COUNT(|) FROM t',
    'SELECT IF(a, |) FROM t',
    'SELECT EXTRACT(YEAR FROM |) FROM t',
    'SELECT * FROM t WHERE |',
    'SELECT * FROM t WHERE a = 1 AND |',
    'SELECT * FROM t WHERE a IN (|)',
    'SELECT * FROM t WHERE (a = 1 OR |',
    'SELECT * FROM a JOIN b ON |',
    'CREATE VIEW v AS SELECT * FROM a JOIN b ON |',
    'SELECT * FROM t GROUP BY |',
    'SELECT * FROM t GROUP BY a HAVING |',
    'SELECT * FROM t ORDER BY a, |',
    'UPDATE t SET |',
    'UPDATE t SET a = 1, |',
    'UPDATE t SET a = |',
    'DELETE FROM t WHERE |',
    'INSERT INTO t VALUES (1, |)',
    'INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE |',
    'SELECT SUM(a) OVER (PARTITION BY |) FROM t',
    'SELECT CASE WHEN | THEN 1 END FROM t',
    'ALTER TABLE t DROP COLUMN |',
    'SELECT 1 FROM t WHERE a BETWEEN 1 AND |',
    'SELECT a FROM t WHERE b = "it\'s" AND |',
    'SELECT t.| FROM t',
  ],
  listed: [
    'INSERT INTO t (|) VALUES (1)',
    'INSERT INTO db.t (a, |',
    'REPLACE t (|',
    'SELECT * FROM a JOIN b USING (|)',
    'CREATE INDEX i ON t (|)',
    'ALTER TABLE t ADD INDEX i (a, |)',
    'CREATE TABLE a (b INT REFERENCES t (|))',
  ],
};

describe('What is expected at a place of a statement', () => {
  for (const [expects, texts] of Object.entries(expected)) {
    it(`is a ${expects}`, () => {
      for (const text of texts) {
        assert.equal(at(text)?.expects, expects, text);
      }
    });
  }

  it('is nothing in comments, texts, numbers, variables, and for new names', () => {
    for (const text of [
      'SELECT 1 -- com|ment',
      'SELECT 1 # |\n',
      'SELECT /* a | b */ 1',
      "SELECT 'te|xt'",
      'SELECT "te|',
      "SELECT 'it\\'s |'",
      'SELECT 12|',
      'SELECT 1.5|',
      'SELECT @v|',
      'SELECT @@|',
      'SELECT a AS |',
      'SELECT a AS b| FROM t',
      'SELECT * FROM t AS |',
      'SELECT f(1).|',
    ]) {
      assert.equal(at(text), undefined, text);
    }
  });

  it('knows what is written already and what it takes the place of', () => {
    const of = (text: string): unknown => {
      const { prefix, quoted, start, end, qualifier } = at(text) ?? assert.fail(text);
      return { prefix, quoted, whole: text.replace('|', '').slice(start, end), qualifier };
    };
    assert.deepEqual(of('SELECT * FROM ord|ers x'), {
      ...{ prefix: 'ord', quoted: false, whole: 'orders', qualifier: [] },
    });
    assert.deepEqual(of('SELECT * FROM `my or|ders` x'), {
      ...{ prefix: 'my or', quoted: true, whole: '`my orders`', qualifier: [] },
    });
    assert.deepEqual(of('SELECT `a|, `b` FROM `t`'), {
      ...{ prefix: 'a', quoted: true, whole: '`a', qualifier: [] },
    });
    assert.deepEqual(of('SELECT shop . `t` . | FROM x'), {
      ...{ prefix: '', quoted: false, whole: '', qualifier: ['shop', 't'] },
    });
    assert.deepEqual(of('SELECT größ|'), {
      ...{ prefix: 'größ', quoted: false, whole: 'größ', qualifier: [] },
    });
  });

  it('knows the tables, with their aliases', () => {
    const all = ['shop.orders o', 'items', 'x y'];
    for (const text of [
      'SELECT | FROM shop.orders AS o JOIN items ON o.id = items.id LEFT JOIN `x` y USING (id) WHERE 1',
      'SELECT 1 FROM (shop.orders o, items) CROSS JOIN x y WHERE |',
      'SELECT 1 FROM shop.orders o, items, x AS y WHERE f(a, (b + |))',
    ]) {
      assert.deepEqual(sources(text), all, text);
    }
    assert.deepEqual(sources('UPDATE a x JOIN b SET |'), ['a x', 'b']);
    assert.deepEqual(sources('DELETE FROM t WHERE |'), ['t']);
    assert.deepEqual(sources('SELECT | FROM t AS OF TIMESTAMP NOW()'), ['t']);
    assert.deepEqual(sources('SELECT 1 FROM t PARTITION (p0) WHERE |'), ['t']);
    assert.deepEqual(sources('INSERT INTO t (|) SELECT a FROM b'), ['t']);
    assert.deepEqual(sources('INSERT INTO t VALUES (|)'), []);
    assert.deepEqual(sources('CREATE INDEX i ON db.t (|)'), ['db.t']);
    assert.deepEqual(sources('SELECT a FROM x UNION SELECT | FROM y'), ['y']);
    assert.deepEqual(sources('SELECT | FROM'), []);
    assert.deepEqual(sources('SELECT 1 INTO OUTFILE "f" FROM t WHERE |'), ['t']);
  });

  it('knows the columns of queries within', () => {
    assert.deepEqual(sources('SELECT | FROM (SELECT a, t.b, c + 1 AS d, e f, MAX(g) FROM t) q'), [
      'q(a, b, d, f)',
    ]);
    assert.deepEqual(sources('SELECT | FROM (SELECT *, 1 AS one FROM a JOIN b) q'), ['q(a, b, one)']);
    assert.deepEqual(sources('SELECT | FROM (SELECT x.*, b.c FROM a x JOIN b) q'), ['q(a x, c)']);
    assert.deepEqual(sources('SELECT | FROM (SELECT 1) AS q (m, n)'), ['q(m, n)']);
    assert.deepEqual(sources('WITH c AS (SELECT a FROM t), d (x) AS (SELECT 1) SELECT | FROM c JOIN d e'), [
      'c(a)',
      'e(x)',
    ]);
    assert.deepEqual(
      at('WITH c AS (SELECT a FROM t) SELECT * FROM |')?.queries.map(({ name }) => name),
      ['c'],
    );
    assert.deepEqual(
      sources('WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE |) SELECT 1'),
      ['n(i)'],
    );
    assert.deepEqual(sources('INSERT INTO t WITH c AS (SELECT a FROM b) SELECT | FROM c'), ['t', 'c(a)']);
  });

  it('sees what is around where a query may', () => {
    assert.deepEqual(sources('SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE |)'), ['b', 'a']);
    assert.deepEqual(sources('SELECT (SELECT MAX(|) FROM b) FROM a'), ['b', 'a']);
    assert.deepEqual(sources('SELECT 1 FROM a JOIN (SELECT | FROM b) c'), ['b']);
    assert.deepEqual(sources('SELECT 1 FROM a JOIN LATERAL (SELECT | FROM b) c'), ['b', 'a']);
    assert.deepEqual(sources('WITH c AS (SELECT | FROM b) SELECT 1 FROM a'), ['b']);
  });

  it('offers the query’s own names where they can be used', () => {
    assert.deepEqual(sources('SELECT a + 1 AS sum FROM t ORDER BY |'), ['t', '(sum)']);
    assert.deepEqual(sources('SELECT a + 1 AS sum FROM t WHERE |'), ['t']);
  });

  it('takes any text', () => {
    const part = fc.constantFrom(
      ...'SELECT,FROM,WITH,AS,(,),.,`,\',",/*,*/,--,a,b,UNION,JOIN,ON,INSERT,INTO,VALUES, ,\n,*,;,1,/*!,@'.split(
        ',',
      ),
      ',',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.nat(60), (parts, offset) => {
        const text = parts.join(' ');
        const context = contextAt(text, Math.min(offset, text.length));
        if (context !== undefined) {
          assert.ok(context.start <= offset && context.end >= Math.min(offset, text.length), text);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string(), (text) => void contextAt(text, text.length)));
  });

  it('is found at once, also in a nest', () => {
    const nest = `SELECT 1 FROM t WHERE ${'x IN (SELECT y FROM t WHERE '.repeat(300)}|`;
    const started = performance.now();
    at(nest);
    at(`SELECT ${'('.repeat(5000)}|`);
    at(`SELECT ${'f('.repeat(5000)}|`);
    assert.ok(performance.now() - started < 2000);
  });
});
