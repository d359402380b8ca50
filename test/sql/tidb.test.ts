import assert from 'node:assert/strict';
import { AppError } from '../../src/core/errors';
import type { SqlSession, SqlTarget } from '../../src/core/ports';
import { otherKeywords, reservedWords, sqlFunctions } from '../../src/core/tidbKeywords';
import { createAuthority } from '../support/certificates';
import type { SqlServer } from '../support/mariadb';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { assertNoSecret, connector, eventually, failure, log, password, run, value } from './fixtures';

describe('SQL, against TiDB', function () {
  if (tidbServer() === undefined) {
    it(
      'is not tested here, because there is no tidb-server: neither on PATH nor built by `node scripts/setup.mjs`',
    );
    return;
  }
  this.timeout(60_000);
  let server: SqlServer;
  let session: SqlSession;
  let other: SqlSession;

  const open = (more: Partial<SqlTarget> = {}): Promise<SqlSession> => {
    const { port, user, database, caCertificatePem } = server;
    return connector().open({ host: 'localhost', port, user, password, database, caCertificatePem, ...more });
  };

  before(async () => {
    server = await startTidb({ password });
    other = await open();
  });
  after(async () => {
    await other.close();
    await server.stop();
    assertNoSecret(log.lines.join('\n'));
  });
  beforeEach(async () => {
    session = await open();
  });
  afterEach(() => session.close());

  it('is TiDB, over TLS 1.2 or later, in the database that was asked for', async () => {
    const { rows } = await run(session, "SHOW STATUS LIKE 'Ssl_version'");
    assert.match(rows[0]?.[1] ?? '', /^TLSv1\.[23]$/);
    assert.match(session.serverVersion, /TiDB/);
    assert.equal(session.serverVersion, await value(session, 'SELECT VERSION()'));
    assert.equal(await value(session, 'SELECT DATABASE()'), 'orders');
  });

  it('has the keywords and functions that are offered', async () => {
    const { rows } = await run(session, 'SELECT WORD, RESERVED FROM information_schema.KEYWORDS');
    const words = (reserved: boolean): readonly unknown[] =>
      rows.flatMap(([word, mark]) => ((mark === '1') === reserved ? [word] : [])).sort();
    assert.deepEqual([...reservedWords].sort(), words(true));
    assert.deepEqual([...otherKeywords].sort(), words(false));
    const unknown: string[] = [];
    for (const name of [...sqlFunctions, 'NO_FUNCTION']) {
      // TiDB ends the connection over a function without the arguments that it cannot do without.
      if (!session.open) {
        session = await open();
      }
      const error: unknown = await run(session, `SELECT ${name}()`).catch((reason: unknown) => reason);
      const code = AppError.is(error) ? error.details.serviceCode : undefined;
      if (code === 'ER_SP_DOES_NOT_EXIST') {
        unknown.push(name);
      }
    }
    assert.deepEqual(unknown, ['NO_FUNCTION']);
  });

  it('says which user was refused', async () => {
    const wrong = await failure(open({ password: 'not-the-password' }), 'sqlAccessDenied');
    assert.equal(wrong.details.subject, 'root');
    await failure(open({ user: 'nobody' }), 'sqlAccessDenied');
    await failure(open({ password: '' }), 'sqlAccessDenied');
  });

  it('says when the database does not exist', async () => {
    const error = await failure(open({ database: 'nowhere' }), 'sqlUnknownDatabase');
    assert.match(error.details.reason ?? '', /nowhere/);
  });

  it('refuses a certificate of an authority that it was not given', async () => {
    await failure(open({ caCertificatePem: createAuthority().certificatePem }), 'sqlCertificateUntrusted');
  });

  it('gives the rows of the sample exactly', async () => {
    const customers = await run(session, 'SELECT id, name, city FROM customers ORDER BY id');
    assert.deepEqual(customers.rows, [
      ['1', 'Amélie Laurent', 'Singapore'],
      ['2', '王小明', 'Frankfurt'],
      ['18446744073709551615', "O'Brien & Sons", null],
    ]);
    const orders = await run(session, 'SELECT * FROM orders ORDER BY id LIMIT 1');
    assert.deepEqual(
      orders.columns.map(({ type }, at) => [type, orders.rows[0]?.[at]]),
      [
        ['BIGINT', '9007199254740993'],
        ['BIGINT UNSIGNED', '1'],
        ['DECIMAL', '12345678901234567890.0123456789'],
        ['DATETIME', '2026-08-01 09:30:00.123456'],
        ['DATE', '2026-08-03'],
        ['TEXT', 'leave at the door'],
        ['BLOB', '0x00ff10'],
      ],
    );
  });

  it('gives every value exactly as the server wrote it', async () => {
    await run(session, "SET time_zone = '+00:00', sql_mode = ''");
    const cases: readonly (readonly [expression: string, type: string, expected: string | null])[] = [
      ['CAST(18446744073709551615 AS UNSIGNED)', 'BIGINT UNSIGNED', '18446744073709551615'],
      ['CAST(-9223372036854775808 AS SIGNED)', 'BIGINT', '-9223372036854775808'],
      ['t.tiny', 'TINYINT', '-128'],
      ['t.small', 'SMALLINT UNSIGNED', '65535'],
      ['t.medium', 'MEDIUMINT UNSIGNED', '42'],
      ['t.amount', 'DECIMAL', '12345678901234567890123456789012345.123456789012345678901234567890'],
      ['t.ratio', 'DOUBLE', '0.1'],
      ['t.approx', 'FLOAT', '1.5'],
      ['t.noday', 'DATE', '0000-00-00'],
      ['t.moment', 'DATETIME', '9999-12-31 23:59:59.999999'],
      ['t.stamp', 'TIMESTAMP', '2026-03-29 02:30:00'],
      ['t.span', 'TIME', '-838:59:59.000000'],
      ['t.jahr', 'YEAR', '2026'],
      ['t.bits', 'BIT', '0x0105'],
      ['t.bin', 'VARBINARY', '0x00ff27'],
      ['t.fixedbin', 'BINARY', '0x61000000'],
      ['t.pic', 'BLOB', '0xfffe'],
      ['t.hugepic', 'LONGBLOB', '0x00'],
      ['t.words', 'TEXT', 'naïve 王 😀 \\ \' "'],
      ['t.longwords', 'LONGTEXT', ' spaces kept '],
      ['t.latin', 'VARCHAR', 'café'],
      ['t.nothing', 'VARCHAR', null],
      ['t.choice', 'ENUM', 'b'],
      ['t.choices', 'SET', 'a,c'],
      ['t.doc', 'JSON', '{"n": 9223372036854775807, "s": "王"}'],
    ];
    await run(
      session,
      `CREATE TEMPORARY TABLE t (tiny TINYINT, small SMALLINT UNSIGNED, medium MEDIUMINT(8) ZEROFILL,
        amount DECIMAL(65,30), ratio DOUBLE, approx FLOAT, noday DATE, moment DATETIME(6), stamp TIMESTAMP,
        span TIME(6), jahr YEAR, bits BIT(9), bin VARBINARY(9), fixedbin BINARY(4), pic BLOB, hugepic LONGBLOB,
        words TEXT, longwords LONGTEXT, latin VARCHAR(9) CHARACTER SET latin1, nothing VARCHAR(3),
        choice ENUM('a','b'), choices SET('a','b','c'), doc JSON) CHARACTER SET utf8mb4`,
    );
    await run(
      session,
      `INSERT INTO t VALUES (-128, 65535, 42, 12345678901234567890123456789012345.12345678901234567890123456789, 0.1,
        1.5, '0000-00-00', '9999-12-31 23:59:59.999999', '2026-03-29 02:30:00', '-838:59:59', 2026, b'100000101',
        x'00ff27', 'a', x'fffe', x'00', 'naïve 王 😀 \\\\ \\' "', ' spaces kept ', 'café', NULL, 'b', 'a,c',
        '{"n": 9223372036854775807, "s": "王"}')`,
    );
    const result = await run(session, `SELECT ${cases.map(([expression]) => expression).join(', ')} FROM t`);
    const found = cases.map(([expression], at) => [
      expression,
      result.columns[at]?.type,
      result.rows[0]?.[at],
    ]);
    assert.deepEqual(found, cases);
  });

  it('is cancelled within 500 ms, on the server too, and can be used on', async () => {
    const id = await value(session, 'SELECT CONNECTION_ID()');
    const running = (): Promise<string | null | undefined> =>
      value(
        other,
        `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${String(id)} AND info LIKE 'SELECT SLEEP%'`,
      );
    for (const statement of ['SELECT SLEEP(30)', 'SELECT SLEEP(10) FROM customers']) {
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
      assert.equal(await value(session, 'SELECT CONNECTION_ID()'), id);
    }
  });

  it('stops a statement at the time limit, and a long result at maxRows', async () => {
    await failure(session.run('SELECT SLEEP(30)', { maxRows: 1, timeoutMs: 200 }), 'sqlTimeout');
    assert.equal(await value(session, 'SELECT 5'), '5');
    const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${String(digit)} AS d`).join(' UNION ALL ')})`;
    const from = Array.from({ length: 7 }, (_, at) => `${digits} t${String(at)}`).join(' CROSS JOIN ');
    const many = await run(session, `SELECT REPEAT('x', 1000) FROM ${from}`, 10);
    assert.deepEqual([many.rows.length, many.truncated], [10, true]);
    assert.ok(many.elapsedMs < 5000, `${String(many.elapsedMs)} ms`);
    assert.equal(await value(session, 'SELECT 5'), '5');
  });

  it('never lets a late kill hit the next statement, though TiDB may end the connection', async () => {
    let stopped = 0;
    for (let round = 0; round < 40; round += 1) {
      const result = session.run('SELECT SLEEP(0.02)', { maxRows: 1, timeoutMs: 5 + (round % 20) });
      stopped += await result.then(
        () => 0,
        (error: unknown) => {
          assert.ok(AppError.is(error) && error.code === 'sqlTimeout', String(error));
          return 1;
        },
      );
      // A KILL QUERY that finds a connection idle ends it, unlike in MySQL; the session then has to know at once.
      if (!session.open) {
        session = await open();
      }
      assert.equal(await value(session, 'SELECT 5'), '5');
    }
    assert.ok(stopped > 0);
  });

  it('tells what is wrong with a statement', async () => {
    const syntax = await failure(run(session, 'SELEC 1'), 'sqlStatement');
    assert.equal(syntax.details.serviceCode, 'ER_PARSE_ERROR');
    const missing = await failure(run(session, 'SELECT 1 FROM nowhere'), 'sqlStatement');
    assert.equal(missing.details.serviceCode, 'ER_NO_SUCH_TABLE');
    assert.equal(await value(session, 'SELECT 5'), '5');
  });

  it('notices a lost connection', async () => {
    const id = String(await value(session, 'SELECT CONNECTION_ID()'));
    await run(other, `KILL CONNECTION ${id}`);
    await eventually(() => !session.open, 'the loss');
    await failure(run(session, 'SELECT 1'), 'sqlConnectionLost');
  });
});
