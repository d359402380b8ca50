import { cpus } from 'node:os';
import type { Row } from './row';

/** Runs one bench and prints what it measured. */
async function main(): Promise<void> {
  const [name = '', ...flags] = process.argv.slice(2);
  const { measure } = (await import(`./${name}`)) as { measure: () => Promise<readonly Row[]> };
  const rows = (await measure()).map((row) => ({
    what: row.what,
    ours: row.ours,
    peer: row.peer ?? null,
    peerName: row.peerName ?? null,
    limit: row.limit ?? null,
    unit: row.unit,
    ratio: row.peer === undefined ? null : Math.round((row.ours / row.peer) * 100) / 100,
    reach: row.limit ?? null,
    ok: row.limit === undefined || row.ours <= row.limit,
  }));
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  if (flags.includes('--json')) {
    console.log(JSON.stringify({ name, machine, rows }));
  } else {
    console.log(`${name} on ${machine}`);
    console.table(rows, ['what', 'ours', 'peer', 'peerName', 'limit', 'unit', 'ok']);
  }
  process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
