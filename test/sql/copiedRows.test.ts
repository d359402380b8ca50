import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rowWriter } from '../../src/core/copyFormats';
import { tableOf } from '../../src/core/queries';
import { statementsOf } from '../../src/core/statements';
import type { SqlResult, SqlSession } from '../../src/core/ports';
import { startMariadb, type Mariadb } from '../support/mariadb';
import { connector, password, run, targetOf } from './fixtures';

const anyText = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }),
    fc.constantFrom(
      '',
      "'",
      "''",
      '\\',
      "\\'",
      '\\\\',
      '\n',
      '\0',
      '\u001a',
      '%',
      '; DROP TABLE copied;',
      '`',
      '😀',
    ),
  ),
  { nil: null },
);
const anyBytes = fc.option(fc.uint8Array({ maxLength: 20 }), { nil: null });

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? 'NULL' : `X'${Buffer.from(bytes).toString('hex')}'`;
const utf8 = (text: string | null): string =>
  text === null ? 'NULL' : `CONVERT(X'${Buffer.from(text).toString('hex')}' USING utf8mb4)`;

/** The rows as INSERT statements, as the results panel copies them. */
function asInserts({ columns, rows }: SqlResult, statement: string): readonly string[] {
  const writer = rowWriter('insert', columns, { headers: true, table: tableOf(statement) });
  const text = writer.begin() + rows.map((row) => writer.row(row)).join('') + writer.end();
  return [...statementsOf(text)].map((each) => each.text);
}

describe('rows copied as INSERT statements, against MariaDB', function () {
  this.timeout(60_000);
  let server: Mariadb;
  let session: SqlSession;

  before(async () => {
    server = await startMariadb({ password });
    session = await connector().open(targetOf(server));
  });
  after(async () => {
    await session.close();
    await server.stop();
  });

  for (const mode of ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'STRICT_ALL_TABLES']) {
    it(`are the same rows again (sql_mode '${mode}')`, async () => {
      const table = '`co``pied`';
      await run(session, `SET sql_mode = '${mode}', NAMES utf8mb4`);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(anyText, anyBytes, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
            minLength: 1,
            maxLength: 8,
          }),
          async (rows) => {
            await run(
              session,
              `CREATE OR REPLACE TABLE ${table} (id INT, \`te"xt\` TEXT CHARACTER SET utf8mb4, bytes VARBINARY(20), big BIGINT UNSIGNED, amount DECIMAL(30,10), flag BIT(3), at DATETIME(6))`,
            );
            const tuples = rows.map(
              ([text, bytes, big], id) =>
                `(${id}, ${utf8(text)}, ${hex(bytes)}, ${big}, ${big}.0123456789, b'101', '2026-01-02 03:04:05.000006')`,
            );
            await run(session, `INSERT INTO ${table} VALUES ${tuples.join(', ')}`);
            const statement = `SELECT * FROM ${table} ORDER BY id`;
            const before = await run(session, statement);
            await run(session, `DELETE FROM ${table}`);
            for (const insert of asInserts(before, statement)) {
              await run(session, insert);
            }
            const after = await run(session, statement);
            assert.deepEqual(after.rows, before.rows);
            assert.equal(after.rows.length, rows.length);
          },
        ),
        { numRuns: 25 },
      );
    });
  }
});
