import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection as connectMariadb } from 'mariadb';
import { createConnection } from 'mysql2';
import type { Log, SqlSession, StoredRows } from '../../src/core/ports';
import { createSqlConnector } from '../../src/sql';
import { startMariadb, type SqlServer } from '../support/mariadb';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { median, type Row } from './row';

const password = 'bench-password';
const rounds = 3;
const firstRounds = 21;
const betweenMs = 30;
const rows = 1_000_000;
const maxRows = 2_000_000;
const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** What SQL costs, with MariaDB and, where it is there, with TiDB: all on one machine, over TLS. */
export async function measure(): Promise<readonly Row[]> {
  const mariadb = await startMariadb({ password });
  const found: Row[] = [];
  try {
    found.push(...(await measureOn(mariadb, tenColumns(`seq_1_to_${String(rows)}`, 'seq'))));
  } finally {
    await mariadb.stop();
  }
  if (tidbServer() === undefined) {
    console.error('TiDB is not measured: there is no tidb-server');
    return found;
  }
  const tidb = await startTidb({ password });
  try {
    found.push(...(await measureOn(tidb, await filled(tidb))));
  } finally {
    await tidb.stop();
  }
  return found;
}

const tenColumns = (table: string, n: string): string =>
  `SELECT ${n}, ${n} * 7, CONCAT('customer-', ${n}), CAST(${n} / 3 AS DECIMAL(20, 4)), ${n} % 97, NULL,
    '2026-08-01 09:30:00.123456', 'leave at the door', ${n} % 2, CONCAT('note ', ${n}, ' of many') FROM ${table}`;

/** TiDB has no sequences of rows to select from: a table that doubles. */
async function filled(server: SqlServer): Promise<string> {
  const session = await open(server);
  const run = (statement: string): Promise<unknown> => session.run(statement, { maxRows: 1, timeoutMs: 0 });
  await run('CREATE TABLE many (n BIGINT PRIMARY KEY)');
  await run(`INSERT INTO many VALUES ${Array.from({ length: 1000 }, (_, n) => `(${String(n)})`).join()}`);
  for (let have = 1000; have < rows; have *= 10) {
    const tens = Array.from({ length: 9 }, (_, ten) => `SELECT ${String(ten + 1)} ten`).join(' UNION ALL ');
    await run(`INSERT INTO many SELECT n + ten * ${String(have)} FROM many, (${tens}) tens`);
  }
  await session.close();
  return tenColumns('many', 'n');
}

const open = ({ port, user, caCertificatePem }: SqlServer): Promise<SqlSession> =>
  createSqlConnector({ log }).open({
    ...{ host: 'localhost', port, user, password, database: 'orders', caCertificatePem },
  });

interface Streamed {
  readonly firstMs: number;
  readonly allMs: number;
}

async function measureOn(server: SqlServer, statement: string): Promise<readonly Row[]> {
  const on = (what: string): string => `${server.product}: ${what}`;
  const session = await open(server);
  const [ours, raw, client]: Streamed[][] = [[], [], []];
  let blockedMs = 0;
  let heap = 0;
  await ofRaw(server, statement);
  for (let round = 0; round < rounds; round += 1) {
    raw?.push(await ofRaw(server, statement));
    client?.push(await ofClient(server, statement));
    globalThis.gc?.();
    const measured = await ofOurs(session, statement);
    if (measured.count !== rows) {
      throw new Error(`${String(measured.count)} rows came`);
    }
    ours?.push(measured);
    blockedMs = Math.max(blockedMs, measured.blockedMs);
    heap = Math.max(heap, measured.heapMb);
  }
  const all = (runs: readonly Streamed[] = []): number => Math.round(median(runs.map(({ allMs }) => allMs)));
  const found: Row[] = [
    {
      what: on('1,000,000 rows of 10 columns, to the store'),
      ...{ ours: all(ours), peer: all(raw), peerName: 'mysql2, streaming' },
      ...{ limit: Math.round(all(raw) / 0.8), unit: 'ms' },
    },
    {
      what: on('the same'),
      ...{ ours: all(ours), peer: all(client), peerName: 'mariadb client, streaming', unit: 'ms' },
    },
    await firstRows(server, session, on),
    { what: on('heap growth over it'), ours: tenth(heap), limit: 64, unit: 'MB' },
    { what: on('longest block while it streams'), ours: tenth(blockedMs), limit: 50, unit: 'ms' },
    ...(await arranging(session, statement, on)),
    ...(await exporting(session, statement, on)),
    ...(await cancelling(session, statement, on)),
  ];
  await session.close();
  return found;
}

/** The time until the first rows could be drawn, against the client's first row; in turns, of the same statement. */
async function firstRows(server: SqlServer, session: SqlSession, on: (what: string) => string): Promise<Row> {
  const statement = `${server.product === 'TiDB' ? tenColumns('many', 'n') : tenColumns('seq_1_to_1000000', 'seq')} LIMIT 20000`;
  const ours: number[] = [];
  const client: number[] = [];
  for (let round = 0; round < firstRounds; round += 1) {
    // Neither pays for what the other has left to be cleaned up.
    await pause(betweenMs);
    client.push((await ofClient(server, statement)).firstMs);
    await pause(betweenMs);
    ours.push((await ofOurs(session, statement)).firstMs);
  }
  const peer = tenth(median(client));
  return {
    what: on('first rows to be shown'),
    ...{ ours: tenth(median(ours)), peer, peerName: 'mariadb client, first row' },
    ...{ limit: tenth(peer * 1.3), unit: 'ms' },
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

async function ofOurs(
  session: SqlSession,
  statement: string,
): Promise<Streamed & { readonly count: number; readonly heapMb: number; readonly blockedMs: number }> {
  const heapBefore = process.memoryUsage().heapUsed;
  let most = heapBefore;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().heapUsed)), 20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = performance.now();
  let firstMs = 0;
  const stored: StoredRows[] = [];
  await session.stream(statement, {
    maxRows,
    timeoutMs: 0,
    onRows: (rows) => {
      stored.push(rows);
      const listening = rows.onDidChange(() => {
        listening.dispose();
        void rows.read(0, 50, { cutAt: 200 }).then(() => (firstMs = performance.now() - startedMs));
      });
    },
  });
  const allMs = performance.now() - startedMs;
  delay.disable();
  clearInterval(watch);
  const count = stored[0]?.count ?? 0;
  stored.forEach((rows) => rows.dispose());
  return { count, firstMs, allMs, heapMb: (most - heapBefore) / 1e6, blockedMs: delay.max / 1e6 };
}

function ofRaw({ port, user, caCertificatePem }: SqlServer, statement: string): Promise<Streamed> {
  const ssl = { ca: caCertificatePem, minVersion: 'TLSv1.2' as const, verifyIdentity: true };
  const connection = createConnection({ host: 'localhost', port, user, password, database: 'orders', ssl });
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.ping(() => {
      const startedMs = performance.now();
      let firstMs = 0;
      let count = 0;
      const query = connection.query({
        ...{ sql: statement, rowsAsArray: true, supportBigNumbers: true, bigNumberStrings: true },
        dateStrings: true,
      });
      query.on('result', () => {
        firstMs ||= performance.now() - startedMs;
        count += 1;
      });
      query.on('error', reject);
      query.on('end', () => {
        connection.end();
        resolve({ firstMs, allMs: performance.now() - startedMs });
        if (count !== rows) {
          reject(new Error(`${String(count)} rows came to mysql2`));
        }
      });
    });
  });
}

async function ofClient({ port, user, caCertificatePem }: SqlServer, statement: string): Promise<Streamed> {
  const connection = await connectMariadb({
    ...{ host: 'localhost', port, user, password, database: 'orders' },
    ssl: { ca: caCertificatePem },
  });
  try {
    const startedMs = performance.now();
    let firstMs = 0;
    for await (const row of connection.queryStream({
      ...{ sql: statement, rowsAsArray: true, bigIntAsNumber: false, dateStrings: true },
    })) {
      firstMs ||= row === undefined ? 0 : performance.now() - startedMs;
    }
    return { firstMs, allMs: performance.now() - startedMs };
  } finally {
    await connection.end();
  }
}

async function arranging(
  session: SqlSession,
  statement: string,
  on: (what: string) => string,
): Promise<readonly Row[]> {
  const stored: StoredRows[] = [];
  await session.stream(statement, { maxRows, timeoutMs: 0, onRows: (rows) => stored.push(rows) });
  const [all] = stored;
  const found: Row[] = [];
  for (const [what, arrangement] of [
    ['sorted by a decimal column', { sort: { column: 3, descending: true } }],
    ['sorted by a text column', { sort: { column: 2, descending: false } }],
    ['filtered', { filter: 'customer-99999' }],
  ] as const) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedMs = performance.now();
    await all?.arrange(arrangement);
    found.push({
      what: on(`1,000,000 rows ${what}`),
      ours: Math.round(performance.now() - startedMs),
      unit: 'ms',
    });
    delay.disable();
    found.push({ what: on(`longest block: ${what}`), ours: tenth(delay.max / 1e6), limit: 50, unit: 'ms' });
  }
  all?.dispose();
  return found;
}

async function exporting(
  session: SqlSession,
  statement: string,
  on: (what: string) => string,
): Promise<readonly Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sql-bench-'));
  const found: Row[] = [];
  try {
    for (const format of ['csv', 'jsonLines'] as const) {
      globalThis.gc?.();
      const heapBefore = process.memoryUsage().heapUsed;
      let most = heapBefore;
      const file = path.join(folder, format);
      const startedMs = performance.now();
      await session.export(statement, {
        ...{ format, path: file, timeoutMs: 0 },
        onProgress: () => (most = Math.max(most, process.memoryUsage().heapUsed)),
      });
      const tookMs = Math.round(performance.now() - startedMs);
      const size = Math.round((await stat(file)).size / 1e6);
      found.push(
        { what: on(`1,000,000 rows to ${format} (${String(size)} MB)`), ours: tookMs, unit: 'ms' },
        {
          what: on(`heap growth over ${format}`),
          ours: tenth((most - heapBefore) / 1e6),
          unit: 'MB',
        },
      );
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function cancelling(
  session: SqlSession,
  statement: string,
  on: (what: string) => string,
): Promise<readonly Row[]> {
  const took: number[] = [];
  for (const running of [statement, 'SELECT SLEEP(30)', statement, 'SELECT SLEEP(30)']) {
    const abort = new AbortController();
    const stored: StoredRows[] = [];
    let startedMs = 0;
    const cancel = (): void => {
      startedMs = performance.now();
      abort.abort(new Error('cancelled'));
    };
    const timer = running === statement ? undefined : setTimeout(cancel, 300);
    await session
      .stream(running, {
        ...{ maxRows, timeoutMs: 0, signal: abort.signal },
        onRows: (rows) => {
          stored.push(rows);
          const listening = rows.onDidChange(() => {
            if (running === statement && rows.count > 1000) {
              listening.dispose();
              cancel();
            }
          });
        },
      })
      .catch(quiet);
    clearTimeout(timer);
    took.push(performance.now() - startedMs);
    stored.forEach((rows) => rows.dispose());
    const { rows } = await session.run('SELECT 5', { maxRows: 1, timeoutMs: 0 });
    if (rows[0]?.[0] !== '5') {
      throw new Error('the session is not usable after a cancel');
    }
  }
  return [
    {
      what: on('cancel until the session is free'),
      ours: Math.round(Math.max(...took)),
      limit: 500,
      unit: 'ms',
    },
  ];
}
