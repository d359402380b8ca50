import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dangerOf, type Danger } from '../../../src/core/danger';

describe('statements that would change or drop everything', () => {
  const dangerous: readonly (readonly [Danger['kind'], string])[] = [
    ['delete', 'DELETE FROM t'],
    ['delete', 'delete from t;'],
    ['delete', 'DELETE FROM `a b`.t LIMIT 10'],
    ['delete', 'DELETE LOW_PRIORITY QUICK IGNORE FROM t ORDER BY id'],
    ['delete', 'DELETE FROM t WHERE 1'],
    ['delete', 'DELETE FROM t WHERE TRUE'],
    ['delete', 'DELETE FROM t WHERE 1=1'],
    ['delete', "DELETE FROM t WHERE 'a' = 'a'"],
    ['delete', 'DELETE FROM t WHERE (((1)))'],
    ['delete', 'DELETE FROM t WHERE NOT FALSE'],
    ['delete', 'DELETE FROM t WHERE !0'],
    ['delete', 'DELETE FROM t WHERE 1 AND 2 > 1'],
    ['delete', 'DELETE FROM t WHERE id = 5 OR 1'],
    ['delete', 'DELETE FROM t WHERE id = 5 || 1 = 1'],
    ['delete', 'DELETE FROM t WHERE (id = 5) OR (TRUE)'],
    ['delete', 'DELETE FROM t WHERE id = id'],
    ['delete', 'DELETE FROM t WHERE t.id <=> t.ID'],
    ['delete', "DELETE FROM t WHERE name LIKE '%'"],
    ['delete', 'DELETE FROM t WHERE EXISTS (SELECT 1)'],
    ['delete', 'DELETE FROM t WHERE RAND() < 2'],
    ['delete', 'DELETE FROM t WHERE @x'],
    ['delete', 'DELETE FROM t WHERE -1'],
    ['delete', 'DELETE FROM t WHERE 0x1'],
    ['delete', 'DELETE FROM t WHERE 1 BETWEEN 0 AND 2'],
    ['delete', 'DELETE FROM t WHERE 1 LIMIT 5'],
    ['delete', 'DELETE FROM t /* WHERE id = 1 */'],
    ['delete', 'DELETE FROM t -- WHERE id = 1'],
    ['delete', 'DELETE FROM t # WHERE id = 1\n'],
    ['delete', 'DELETE FROM t /*!99999 WHERE id = 1 */'],
    ['delete', 'DELETE FROM t WHERE id = 1 /*! OR 1 = 1 */'],
    ['delete', 'DELETE FROM t WHERE /*! id = */ 1'],
    ['delete', '/* first */ DELETE\nFROM\nt'],
    ['delete', '/*! DELETE */ FROM t'],
    ['delete', '/*T! DELETE FROM t */'],
    ['delete', '/*M!100100 DELETE FROM t */'],
    ['delete', '/*T![feature] DELETE FROM t */'],
    ['delete', 'DELETE FROM `WHERE`'],
    ['delete', 'DELETE a, b FROM a JOIN b ON a.id = b.id'],
    ['delete', 'DELETE FROM a, b USING a JOIN b ON a.id = b.id'],
    ['delete', 'DELETE a FROM a JOIN (SELECT id FROM b WHERE x = 1) c ON a.id = c.id'],
    ['delete', 'WITH c AS (SELECT id FROM t WHERE id = 1) DELETE FROM t'],
    [
      'delete',
      'WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) DELETE t FROM t JOIN c',
    ],
    ['delete', 'EXPLAIN ANALYZE DELETE FROM t'],
    ['delete', "EXPLAIN ANALYZE FORMAT = 'brief' DELETE FROM t"],
    ['delete', 'DESC ANALYZE DELETE FROM t'],
    ['delete', 'describe analyze with c as (select 1) delete from t'],
    ['delete', 'ANALYZE FORMAT=JSON DELETE FROM t'],
    ['delete', "TRACE FORMAT='row' DELETE FROM t"],
    ['delete', 'BATCH ON id LIMIT 1000 DELETE FROM t'],
    ['delete', 'SET STATEMENT max_statement_time=1 FOR DELETE FROM t'],
    ['delete', "PREPARE s FROM 'DELETE FROM t'"],
    ['delete', "EXECUTE IMMEDIATE \"DELETE FROM t WHERE 'a' = 'a'\""],
    ['delete', 'BEGIN NOT ATOMIC SELECT 1; DELETE FROM t; END'],
    ['delete', 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t'],
    ['update', 'UPDATE t SET a = 1'],
    ['update', "UPDATE t SET a = 'WHERE id = 1'"],
    ['update', 'UPDATE t SET a = (SELECT MAX(b) FROM u WHERE u.id = 1)'],
    ['update', 'UPDATE a JOIN b ON a.id = b.id SET a.x = b.x'],
    ['update', 'UPDATE IGNORE t SET a = 1 LIMIT 3'],
    ['update', 'UPDATE t SET a = 1 WHERE 1 <> 2'],
    ['drop', 'DROP TABLE t'],
    ['drop', 'drop database `orders`'],
    ['drop', 'DROP VIEW IF EXISTS v'],
    ['drop', 'DROP/**/TABLE/**/t'],
    ['drop', '/*!50001 DROP VIEW IF EXISTS v */'],
    ['drop', 'DROP INDEX i ON t'],
    ['drop', "DROP USER 'a'@'%'"],
    ['drop', 'SELECT 1; DROP TABLE t'],
    ['truncate', 'TRUNCATE t'],
    ['truncate', 'TRUNCATE TABLE t'],
    ['alter', 'ALTER TABLE t DROP COLUMN a'],
    ['alter', 'ALTER TABLE t ADD COLUMN b INT, DROP a'],
    ['alter', 'ALTER TABLE db.t DROP PARTITION p0'],
    ['alter', 'ALTER TABLE t TRUNCATE PARTITION p0'],
    ['alter', 'ALTER TABLE t DISCARD TABLESPACE'],
    ['replace', 'CREATE OR REPLACE TABLE t (id INT)'],
    ['flashback', "FLASHBACK CLUSTER TO TIMESTAMP '2026-01-01'"],
  ];
  for (const [kind, statement] of dangerous) {
    it(`has among them: ${statement}`, () => assert.equal(dangerOf(statement)?.kind, kind));
  }

  const harmless = [
    '',
    '-- DROP TABLE t',
    'SELECT * FROM t',
    "SELECT 'DELETE FROM t'",
    'SELECT `DROP TABLE t` FROM u',
    'SELECT /* DROP TABLE t */ 1',
    'SELECT TRUNCATE(1.234, 2)',
    'DELETE FROM t WHERE id = 1',
    'DELETE FROM t WHERE id = 1 LIMIT 1',
    'DELETE FROM t WHERE id IN (1, 2)',
    'DELETE FROM t WHERE id BETWEEN 0 AND 1',
    'DELETE FROM t WHERE a = 1 OR b BETWEEN 0 AND 1',
    'DELETE FROM t WHERE a = 1 AND 1 = 1',
    "DELETE FROM t WHERE name LIKE 'a%'",
    "DELETE FROM t WHERE name NOT LIKE '%'",
    'DELETE FROM t WHERE id = @id',
    'DELETE FROM t WHERE 0',
    'DELETE FROM t WHERE FALSE',
    'DELETE FROM t WHERE 1 = 0',
    'DELETE FROM t WHERE created < NOW() - INTERVAL 1 DAY',
    'DELETE a FROM a JOIN b ON a.id = b.id WHERE b.x = 1',
    'DELETE FROM t WHERE id IN (SELECT id FROM u)',
    'UPDATE t SET a = 1 WHERE id = 1',
    'UPDATE t SET `where` = 1 WHERE id > 3 ORDER BY id',
    'WITH c AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM c)',
    'WITH c AS (SELECT 1) SELECT * FROM c',
    'EXPLAIN DELETE FROM t',
    'EXPLAIN ANALYZE SELECT * FROM t',
    'EXPLAIN ANALYZE DELETE FROM t WHERE id = 1',
    'ANALYZE TABLE t',
    'TRACE PLAN DELETE FROM t',
    'BATCH ON id LIMIT 1000 DRY RUN DELETE FROM t',
    "INSERT INTO t VALUES ('DROP TABLE t') ON DUPLICATE KEY UPDATE a = 1",
    'REPLACE INTO t VALUES (1)',
    'CREATE TABLE t (id INT)',
    'CREATE PROCEDURE p() BEGIN DELETE FROM t; DROP TABLE u; END',
    'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW DELETE FROM u',
    'CREATE OR REPLACE VIEW v AS SELECT 1',
    'ALTER TABLE t ADD COLUMN a INT',
    'ALTER TABLE t ALTER COLUMN a DROP DEFAULT',
    'ALTER TABLE t ADD COLUMN `drop` INT',
    '/*!40000 ALTER TABLE t DISABLE KEYS */',
    '/*!40101 SET NAMES utf8 */',
    'DROP PREPARE s',
    'DEALLOCATE PREPARE s',
    "PREPARE s FROM 'DELETE FROM t WHERE id = ?'",
    'SHOW CREATE TABLE t',
    'GRANT DROP, DELETE ON *.* TO u',
    'BEGIN',
    'FLASHBACK TABLE t',
  ];
  for (const statement of harmless) {
    it(`has not among them: ${statement || '(nothing)'}`, () => assert.equal(dangerOf(statement), undefined));
  }

  it('says what each would do', () => {
    const says = (statement: string): string | undefined => dangerOf(statement)?.does;
    assert.equal(says('DELETE FROM `orders`.items'), 'deletes every row of `orders`.items');
    assert.equal(says('DELETE a, b FROM a JOIN b'), 'deletes every row of a, b');
    assert.equal(says('UPDATE LOW_PRIORITY t SET a = 1'), 'changes every row of t');
    assert.equal(says('DROP  DATABASE\norders'), 'drops DATABASE orders');
    assert.equal(says('TRUNCATE TABLE t'), 'empties TABLE t');
    assert.equal(says('ALTER TABLE a.b DROP COLUMN c'), 'drops parts of TABLE a.b');
  });

  const noise = fc.constantFrom(
    ...[' ', '\n', '\t', '/* WHERE id = 1 */', '-- WHERE id = 1\n', '# WHERE id = 1\n', '/**/', "/* ' */"],
  );
  const gap = fc.array(noise, { minLength: 1, maxLength: 4 }).map((parts) => ` ${parts.join('')} `);
  const cased = (word: string): fc.Arbitrary<string> =>
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((upper) =>
        Array.from(word, (sign, at) => (upper[at] === true ? sign.toUpperCase() : sign.toLowerCase())).join(
          '',
        ),
      );
  const spelled = (...words: string[]): fc.Arbitrary<string> =>
    fc
      .tuple(...words.flatMap((word) => [gap, /^\w+$/.test(word) ? cased(word) : fc.constant(word)]))
      .map((parts) => parts.join(''));

  it('is told whatever stands between its words', () => {
    for (const words of [
      ['delete', 'from', 't'],
      ['update', 't', 'set', 'a', '=', "'x where id = 1'"],
      ['drop', 'table', 't'],
      ['truncate', '`t`'],
      ['explain', 'analyze', 'delete', 'from', 't', 'where', '1', '=', '1'],
    ]) {
      fc.assert(fc.property(spelled(...words), (statement) => assert.ok(dangerOf(statement), statement)));
    }
  });

  it('is not told of a statement that chooses rows, whatever stands between its words', () => {
    for (const words of [
      ['delete', 'from', 't', 'where', 'id', '=', '7'],
      ['update', 't', 'set', 'a', '=', '1', 'where', 'id', '<', '9'],
      ['select', "'delete from t'", 'from', '`drop`'],
    ]) {
      fc.assert(
        fc.property(spelled(...words), (statement) =>
          assert.equal(dangerOf(statement), undefined, statement),
        ),
      );
    }
  });

  it('comes to an end for any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'DELETE',
        'WHERE',
        '(',
        ')',
        "'",
        '"',
        '`',
        '/*!',
        '*/',
        ';',
        'OR',
        '=',
        'EXPLAIN',
        'ANALYZE',
      ),
    );
    fc.assert(fc.property(fc.array(part, { maxLength: 30 }), (parts) => void dangerOf(parts.join(' '))));
  });

  it('is told of a statement of some megabytes without overflowing', () => {
    const long = `DELETE FROM t WHERE name = '${"a\\'b".repeat(700_000)}' OR 1`;
    assert.equal(dangerOf(long)?.kind, 'delete');
  });
});
