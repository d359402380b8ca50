import assert from 'node:assert/strict';
import type { SqlSession } from '../../src/core/ports';
import { dialTcp } from '../../src/sql/dial';
import type { Dial } from '../../src/sql/dial';
import { startMariadb } from '../support/mariadb';
import type { Mariadb } from '../support/mariadb';
import {
  assertNoSecret,
  connector,
  eventually,
  everything,
  failure,
  log,
  password,
  run,
  targetOf,
  value,
} from './fixtures';

const manyRows = "SELECT seq, REPEAT('x', 1000) FROM seq_1_to_1000000";

describe('a SQL session, against MariaDB over TLS', function () {
  this.timeout(60_000);
  let server: Mariadb;
  let session: SqlSession;
  let other: SqlSession;

  before(async () => {
    server = await startMariadb({ password });
    other = await connector().open(targetOf(server));
  });
  after(async () => {
    await other.close();
    await server.stop();
    assertNoSecret(log.lines.join('\n'));
  });
  beforeEach(async () => {
    session = await connector().open(targetOf(server));
  });
  afterEach(() => session.close());

  it('is encrypted with TLS 1.2 or later, and knows whom it talks to', async () => {
    const { rows } = await run(session, "SHOW STATUS LIKE 'Ssl_version'");
    assert.match(rows[0]?.[1] ?? '', /^TLSv1\.[23]$/);
    assert.equal(session.serverVersion, await value(session, 'SELECT VERSION()'));
    assert.equal(session.open, true);
  });

  it('gives every value exactly as the server wrote it', async () => {
    await run(session, "SET time_zone = '+00:00', sql_mode = ''");
    const cases: readonly (readonly [expression: string, type: string, expected: string | null])[] = [
      ['CAST(18446744073709551615 AS UNSIGNED)', 'BIGINT UNSIGNED', '18446744073709551615'],
      ['CAST(-9223372036854775808 AS SIGNED)', 'BIGINT', '-9223372036854775808'],
      ['t.tiny', 'TINYINT', '-128'],
      ['t.small', 'SMALLINT UNSIGNED', '65535'],
      ['t.medium', 'MEDIUMINT UNSIGNED', '00000042'],
      ['t.plain', 'INT', '2147483647'],
      ['t.amount', 'DECIMAL', '12345678901234567890123456789012345.123456789012345678901234567890'],
      ['t.ratio', 'DOUBLE', '0.1'],
      ['t.approx', 'FLOAT', '1.5'],
      ['t.day', 'DATE', '2026-02-28'],
      ['t.noday', 'DATE', '0000-00-00'],
      ['t.moment', 'DATETIME', '9999-12-31 23:59:59.999999'],
      ['t.stamp', 'TIMESTAMP', '2026-03-29 02:30:00'],
      ['t.span', 'TIME', '-838:59:59.000000'],
      ['t.jahr', 'YEAR', '2026'],
      ['t.bits', 'BIT', '0x0105'],
      ['t.bin', 'VARBINARY', '0x00ff27'],
      ['t.nobin', 'VARBINARY', '0x'],
      ['t.fixedbin', 'BINARY', '0x61000000'],
      ['t.pic', 'BLOB', '0xfffe'],
      ['t.hugepic', 'LONGBLOB', '0x00'],
      ['t.words', 'TEXT', 'naïve 王 😀 \\ \' "'],
      ['t.longwords', 'LONGTEXT', ' spaces kept '],
      ['t.latin', 'VARCHAR', 'été €'],
      ['t.empty', 'CHAR', ''],
      ['t.nothing', 'VARCHAR', null],
      ['t.choice', 'ENUM', 'b'],
      ['t.choices', 'SET', 'a,c'],
      ['t.doc', 'JSON', '{"n": 12345678901234567890.10, "s": "王"}'],
      ['t.ident', 'UUID', '123e4567-e89b-12d3-a456-426614174000'],
      ['t.place', 'POINT', '0x000000000101000000000000000000f03f0000000000000040'],
    ];
    await run(
      session,
      `CREATE TEMPORARY TABLE t (tiny TINYINT, small SMALLINT UNSIGNED, medium MEDIUMINT(8) ZEROFILL, plain INT,
        amount DECIMAL(65,30), ratio DOUBLE, approx FLOAT, day DATE, noday DATE, moment DATETIME(6), stamp TIMESTAMP,
        span TIME(6), jahr YEAR, bits BIT(9), bin VARBINARY(9), nobin VARBINARY(9), fixedbin BINARY(4), pic BLOB,
        hugepic LONGBLOB, words TEXT, longwords LONGTEXT, latin VARCHAR(9) CHARACTER SET latin1, empty CHAR(3),
        nothing VARCHAR(3), choice ENUM('a','b'), choices SET('a','b','c'), doc JSON, ident UUID, place POINT)
        CHARACTER SET utf8mb4`,
    );
    await run(
      session,
      `INSERT INTO t VALUES (-128, 65535, 42, 2147483647,
        12345678901234567890123456789012345.12345678901234567890123456789, 0.1, 1.5, '2026-02-28', '0000-00-00',
        '9999-12-31 23:59:59.999999', '2026-03-29 02:30:00', '-838:59:59', 2026, b'100000101', x'00ff27', '', 'a',
        x'fffe', x'00', 'naïve 王 😀 \\\\ \\' "', ' spaces kept ', 'été €', '', NULL, 'b', 'a,c',
        '{"n": 12345678901234567890.10, "s": "王"}', '123E4567-e89b-12d3-a456-426614174000', POINT(1, 2))`,
    );
    const result = await run(session, `SELECT ${cases.map(([expression]) => expression).join(', ')} FROM t`);
    const found = cases.map(([expression], at) => [
      expression,
      result.columns[at]?.type,
      result.rows[0]?.[at],
    ]);
    assert.deepEqual(found, cases);
  });

  it('understands another character set that a person chose', async () => {
    await run(session, 'SET NAMES gbk');
    assert.equal(await value(session, "SELECT '王小明'"), '王小明');
    await run(session, 'SET NAMES latin1');
    assert.equal(await value(session, "SELECT 'été'"), 'été');
  });

  it('counts changed rows and warnings, and gives column names for no rows', async () => {
    await run(session, 'CREATE TEMPORARY TABLE c (a INT)');
    const inserted = await run(session, 'INSERT INTO c VALUES (1), (2), (2)');
    assert.deepEqual([inserted.affectedRows, inserted.columns, inserted.rows], [3, [], []]);
    assert.equal((await run(session, 'UPDATE c SET a = 2')).affectedRows, 1);
    const warned = await run(session, 'SELECT 1/0, a FROM c LIMIT 2');
    assert.equal(warned.warningCount, 2);
    assert.equal('affectedRows' in warned, false);
    const empty = await run(session, 'SELECT a FROM c WHERE a = 7');
    assert.deepEqual([empty.columns, empty.rows, empty.truncated], [[{ name: 'a', type: 'INT' }], [], false]);
    assert.ok(empty.elapsedMs > 0);
  });

  it('returns the first result set of a procedure and stays in step', async () => {
    await run(session, "CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 'x' AS b; END");
    const result = await run(session, 'CALL two()');
    assert.deepEqual([result.columns.map((column) => column.name), result.rows], [['a'], [['1']]]);
    assert.equal(await value(session, 'SELECT 5'), '5');
  });

  it('stops at maxRows, says so, and can be used on', async () => {
    const few = await run(session, 'SELECT seq FROM seq_1_to_11', 10);
    assert.deepEqual([few.rows.length, few.truncated], [10, true]);
    const exact = await run(session, 'SELECT seq FROM seq_1_to_10', 10);
    assert.deepEqual([exact.rows.length, exact.truncated], [10, false]);
    const before = (await server.connectionLog()).split('KILL QUERY').length;
    const many = await run(session, manyRows, 10);
    assert.deepEqual([many.rows.length, many.truncated, many.rows[9]?.[0]], [10, true, '10']);
    assert.equal((await server.connectionLog()).split('KILL QUERY').length, before + 1);
    assert.equal(await value(session, 'SELECT 5'), '5');
  });

  it('is cancelled within 500 ms, on the server too, and can be used on', async () => {
    const id = await value(session, 'SELECT CONNECTION_ID()');
    const running = (): Promise<string | null | undefined> =>
      value(
        other,
        `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${String(id)} AND info LIKE 'SELECT SLEEP%'`,
      );
    for (const statement of ['SELECT SLEEP(30)', 'SELECT SLEEP(30) FROM seq_1_to_5']) {
      const controller = new AbortController();
      const result = session.run(statement, { maxRows: 10, timeoutMs: 0, signal: controller.signal });
      await eventually(async () => (await running()) === '1', 'the statement runs');
      const started = Date.now();
      const reason = new Error('a person changed their mind');
      controller.abort(reason);
      await assert.rejects(result, reason);
      const took = Date.now() - started;
      assert.ok(took < 500, `${String(took)} ms`);
      assert.equal(await running(), '0');
      assert.equal(await value(session, 'SELECT 5'), '5');
    }
    await assert.rejects(session.run('SELECT 1', { maxRows: 1, timeoutMs: 0, signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });

  it('stops a statement at the time limit', async () => {
    const started = Date.now();
    const error = await failure(
      session.run('SELECT SLEEP(30)', { maxRows: 1, timeoutMs: 200 }),
      'sqlTimeout',
    );
    assert.match(error.details.reason ?? '', /0\.2 s/);
    assert.ok(Date.now() - started < 1000);
    assert.equal(await value(session, 'SELECT 5'), '5');
  });

  it('never lets a late kill hit the next statement', async () => {
    let stopped = 0;
    for (let round = 0; round < 40; round += 1) {
      const result = session.run('SELECT SLEEP(0.02)', { maxRows: 1, timeoutMs: 5 + (round % 20) });
      stopped += await result.then(
        () => 0,
        () => 1,
      );
      assert.equal(await value(session, 'SELECT 5'), '5');
    }
    assert.ok(stopped > 0);
  });

  it('reports a change that was complete before it could be stopped as done', async () => {
    await run(session, 'CREATE OR REPLACE TABLE done (a INT)');
    const rowIsThere = async (): Promise<boolean> =>
      (await value(other, 'SELECT COUNT(*) FROM done')) === '1';
    let connections = 0;
    const slowToKill: Dial = async (address, signal) => {
      connections += 1;
      if (connections > 1) {
        await eventually(rowIsThere, 'the row');
      }
      return dialTcp(address, signal);
    };
    const slow = await connector({ dial: slowToKill }).open(targetOf(server));
    const controller = new AbortController();
    const result = slow.run('INSERT INTO done VALUES (1)', {
      maxRows: 1,
      timeoutMs: 0,
      signal: controller.signal,
    });
    controller.abort();
    assert.equal((await result).affectedRows, 1);
    assert.equal(connections, 2);
    assert.equal(await value(slow, 'SELECT 5'), '5');
    await slow.close();
  });

  it('tells what is wrong with a statement, without repeating the statement', async () => {
    const syntax = await failure(run(session, 'SELEC 1'), 'sqlStatement');
    assert.equal(syntax.details.serviceCode, 'ER_PARSE_ERROR');
    assert.match(syntax.details.reason ?? '', /near 'SELEC 1'/);
    const missing = await failure(run(session, "SELECT 'classified' FROM nowhere"), 'sqlStatement');
    assert.equal(missing.details.serviceCode, 'ER_NO_SUCH_TABLE');
    assert.ok(!everything(missing).includes('classified'));
    await failure(run(session, 'SELECT 1; SELECT 2'), 'sqlStatement');
    await failure(run(session, 'USE nowhere'), 'sqlStatement');
    assert.equal(await value(session, "SELECT 'a?b'"), 'a?b');
  });

  it('runs one statement at a time', async () => {
    const first = run(session, 'SELECT SLEEP(0.2)');
    await failure(run(session, 'SELECT 1'), 'conflict');
    assert.deepEqual((await first).rows, [['0']]);
  });

  it('never sends a local file', async () => {
    assert.equal(await value(session, 'SELECT @@local_infile'), '1');
    await run(session, 'CREATE TEMPORARY TABLE f (a TEXT)');
    await failure(run(session, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE f"), 'sqlStatement');
    assert.equal(await value(session, 'SELECT COUNT(*) FROM f'), '0');
  });

  it('notices a lost connection while a statement runs', async () => {
    const id = String(await value(session, 'SELECT CONNECTION_ID()'));
    const result = run(session, 'SELECT SLEEP(30)');
    const lost = failure(result, 'sqlConnectionLost');
    await run(other, `KILL CONNECTION ${id}`);
    await lost;
    assert.equal(session.open, false);
    await failure(run(session, 'SELECT 1'), 'sqlConnectionLost');
  });

  it('notices a lost connection in the middle of rows', async () => {
    const id = String(await value(session, 'SELECT CONNECTION_ID()'));
    const lost = failure(run(session, manyRows.replace('1000)', '10)'), 10_000_000), 'sqlConnectionLost');
    await eventually(
      async () =>
        (await value(
          other,
          `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${id} AND info IS NOT NULL`,
        )) === '1',
      'it runs',
    );
    await run(other, `KILL CONNECTION ${id}`);
    await lost;
    assert.equal(session.open, false);
  });

  it('notices a lost connection while nothing runs', async () => {
    const id = String(await value(session, 'SELECT CONNECTION_ID()'));
    await run(other, `KILL CONNECTION ${id}`);
    await eventually(() => !session.open, 'the loss');
    await failure(run(session, 'SELECT 1'), 'sqlConnectionLost');
  });

  it('closes while a statement runs, stopping it on the server', async () => {
    const id = String(await value(session, 'SELECT CONNECTION_ID()'));
    const result = assert.rejects(run(session, 'SELECT SLEEP(30)'), { name: 'AbortError' });
    await session.close();
    await result;
    assert.equal(session.open, false);
    await eventually(
      async () =>
        (await value(other, `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${id}`)) === '0',
      'the connection is gone',
    );
  });
});
