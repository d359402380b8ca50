import assert from 'node:assert/strict';
import { AppError } from '../../src/core/errors';
import { errorRange } from '../../src/core/errorRange';
import type { SqlSession } from '../../src/core/ports';
import { statementsOf } from '../../src/core/statements';
import { systemClock } from '../../src/platform/clock';
import { Results, type ResultEntry, type ResultOutcome } from '../../src/services/results';
import { SqlRunner, type StatementEnd } from '../../src/services/sqlRunner';
import { startPracticeDatabase } from '../../src/sandbox';
import { startMariadb } from '../support/mariadb';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { connector, eventually, log, password, run } from './fixtures';

interface Server {
  readonly port: number;
  readonly caCertificatePem: string;
  stop(): Promise<void>;
}

const servers: readonly (readonly [string, () => Promise<Server>])[] = [
  ['MariaDB', () => startMariadb({ password })],
  ...(tidbServer() === undefined ? [] : [['TiDB', () => startTidb({ password })] as const]),
  ['the practice database', () => startPracticeDatabase({ password })],
];
const slot = 'file:///a.sql';
const endpoint = { instanceId: '1001', endpointId: 'ep-1' };

for (const [product, start] of servers) {
  describe(`a SQL document run on ${product}`, function () {
    this.timeout(120_000);
    let server: Server;
    let session: SqlSession;
    let results: Results;
    let runner: SqlRunner;
    let ends: StatementEnd[];

    const open = (): Promise<SqlSession> =>
      connector().open({
        ...{ host: 'localhost', port: server.port, user: 'root', password },
        ...{ caCertificatePem: server.caCertificatePem },
      });
    const runText = (text: string): Promise<void> =>
      runner.run(
        { slot, document: slot, endpoint, connection: 'here', statements: [...statementsOf(text)] },
        () => Promise.resolve(session),
      );
    const outcomes = (): readonly ResultOutcome[] => results.entries.map(({ outcome }) => outcome);
    const kinds = (): readonly string[] => outcomes().map(({ kind }) => kind);
    const cells = async ({ outcome }: ResultEntry): Promise<unknown> =>
      outcome.kind === 'rows' ? outcome.rows.read(0, 100) : assert.fail(outcome.kind);
    /** Where the text says that it is wrong: line and words. */
    const wrong = (): string => {
      const { statement, error } = ends.at(-1) ?? assert.fail('nothing was run');
      assert.ok(AppError.is(error), String(error));
      const { start: from, end: to } = errorRange(statement.text, error.details.reason ?? '');
      return `${statement.text.slice(0, from).split('\n').length}: ${statement.text.slice(from, to)}`;
    };

    before(async () => {
      server = await start();
    });
    beforeEach(async () => {
      session = await open();
      await run(session, 'CREATE DATABASE IF NOT EXISTS running');
      await run(session, 'USE running');
      await run(session, 'CREATE TABLE IF NOT EXISTS things (id INT PRIMARY KEY, name VARCHAR(5))');
      await run(session, 'DELETE FROM things');
      results = new Results((error) => assert.fail(String(error)));
      let ids = 0;
      runner = new SqlRunner({
        ...{ results, clock: systemClock, log, newId: () => `r${++ids}` },
        limits: () => ({ maxRows: 1000, timeoutMs: 30_000 }),
      });
      ends = [];
      runner.onDidEndStatement((end) => ends.push(end));
    });
    afterEach(async () => {
      runner.dispose();
      results.set([]);
      await session.close();
    });
    after(() => server.stop());

    it('shows what each statement gives', async () => {
      await runText(
        "INSERT INTO things VALUES (1, 'a'), (2, NULL);\nSELECT * FROM things ORDER BY id; SELECT 1 WHERE 0;",
      );
      assert.deepEqual(kinds(), ['done', 'rows', 'rows']);
      const [inserted, selected, none] = results.entries;
      assert.ok(inserted?.outcome.kind === 'done' && inserted.outcome.affectedRows === 2);
      assert.equal(selected?.database, 'running');
      assert.deepEqual(await cells(selected), [
        ['1', 'a'],
        ['2', null],
      ]);
      assert.deepEqual(none && (await cells(none)), []);
    });

    it('stops at the first error, and knows its place', async () => {
      await runText('SELECT 1;\n\n-- what is wrong\nSELECT id,\n  nme\nFROM things;\nSELECT 2');
      assert.deepEqual(kinds(), ['rows', 'failed', 'skipped']);
      assert.equal(wrong(), '2: nme');
    });

    it('knows the place of what is wrong', async () => {
      for (const [text, place] of [
        ['SELECT *\nFORM things', '2: FORM'],
        ["SELECT 'a\n\nb' AS x,\n  1 1\nFROM things", '4: 1'],
        ['SELECT *\nFROM\n  missing', '3: missing'],
        ['SELECT t.id\nFROM things t\nWHERE t.nothing = 1', '3: t.nothing'],
        ['USE nowhere', '1: nowhere'],
      ] as const) {
        await runText(text);
        assert.deepEqual(kinds(), ['failed'], text);
        assert.equal(wrong(), place, text);
      }
    });

    it('cancels what runs, and can go on', async () => {
      const running = runText('SELECT SLEEP(30); SELECT 2');
      await eventually(() => kinds()[0] !== 'waiting', 'the statement runs');
      const begun = Date.now();
      runner.cancel(slot);
      await running;
      assert.deepEqual(kinds(), ['cancelled', 'skipped']);
      assert.ok(Date.now() - begun < 5000);
      await runText('SELECT 3');
      assert.deepEqual(await cells(results.entries[0] ?? assert.fail()), [['3']]);
    });

    if (product !== 'the practice database') {
      it('does not take a statement for done whose connection was lost', async () => {
        const running = runText('SELECT SLEEP(30); SELECT 2');
        await eventually(() => kinds()[0] !== 'waiting', 'the statement runs');
        const other = await open();
        const found = await run(other, 'SHOW PROCESSLIST');
        const at = found.columns.findIndex(({ name }) => name === 'Info');
        const id = found.rows.find((row) => row[at]?.startsWith('SELECT SLEEP') === true)?.[0];
        assert.ok(id, JSON.stringify(found.rows));
        await run(other, `KILL ${id}`);
        await other.close();
        await running;
        assert.deepEqual(kinds(), ['failed', 'skipped']);
        assert.ok(
          AppError.is(ends[0]?.error) && ends[0].error.code === 'sqlConnectionLost',
          String(ends[0]?.error),
        );
        assert.equal(session.open, false);
      });

      it('shows the warnings of a statement', async () => {
        await run(session, "SET sql_mode = ''");
        await runText("INSERT INTO things VALUES (7, 'much too long'); SELECT CAST('x' AS SIGNED)");
        const [inserted, divided] = outcomes();
        assert.match(
          (inserted?.kind === 'done' && inserted.warnings[0]?.message) || '',
          /Data .* for column 'name'/,
        );
        assert.deepEqual(
          divided?.kind === 'rows' && divided.warnings.map(({ level, code }) => [level, code]),
          [['Warning', '1292']],
        );
      });
    }

    if (product === 'MariaDB') {
      it('keeps the rows that had come when it was cancelled', async () => {
        const running = runText("SELECT seq, SLEEP(0.005), REPEAT('x', 1000) FROM seq_1_to_100000");
        await eventually(() => {
          const [first] = outcomes();
          return first?.kind === 'rows' && first.rows.count > 0;
        }, 'the first rows');
        runner.cancel(slot);
        await running;
        const [first] = outcomes();
        assert.ok(first?.kind === 'rows' && first.cancelled === true);
        assert.ok(first.rows.ended);
        assert.equal((await first.rows.read(0, 1))[0]?.[0], '1');
      });

      it('shows every answer of a procedure', async () => {
        await runText(
          'DELIMITER //\nCREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1; SELECT 2; INSERT INTO things VALUES (5, NULL); END //\nDELIMITER ;\nCALL two();',
        );
        assert.deepEqual(kinds(), ['done', 'rows', 'rows', 'done']);
        const [, one, two] = results.entries;
        assert.deepEqual(await cells(one ?? assert.fail()), [['1']]);
        assert.deepEqual(await cells(two ?? assert.fail()), [['2']]);
      });
    }
  });
}
