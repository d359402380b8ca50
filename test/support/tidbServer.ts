import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './onPath';

const run = promisify(execFile);
const module = path.join(__dirname, 'tidb');
const buildLimitMs = 30 * 60_000;
const versionVariable = 'github.com/pingcap/tidb/pkg/parser/mysql.TiDBReleaseVersion';
/** What the commit in go.mod was released as. */
const release = 'v8.4.0';

/** What the tests fetch or build once and keep for every clone on this machine. */
export const testCache = (...names: readonly string[]): string => {
  const caches = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  return path.join(caches, 'tidb-private-endpoint-tests', ...names);
};

function builtServer(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) {
    hash.update(readFileSync(path.join(module, file)));
  }
  return testCache(`tidb-server-${hash.update(release).digest('hex').slice(0, 16)}`);
}

/** `tidb-server` of PATH, else the one that `buildTidbServer` has made; undefined where there is none. */
export function tidbServer(): string | undefined {
  const built = builtServer();
  return findOnPath('tidb-server') ?? (existsSync(built) ? built : undefined);
}

/**
 * Makes TiDB available, which Debian has no package of: built from the module in `tidb/`, which takes some minutes the
 * first time. Never fails: where it cannot be built, it says so and the suites leave it out.
 */
export async function buildTidbServer(say: (line: string) => void): Promise<void> {
  if (tidbServer() !== undefined) {
    return;
  }
  const target = builtServer();
  if (findOnPath('go') === undefined) {
    say(notTested('Go is not on PATH, and Debian has no package of tidb-server'));
    return;
  }
  say(`Building TiDB ${release} for the tests, once; this takes some minutes. It is kept at ${target}`);
  const folder = path.dirname(target);
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(path.join(folder, 'draft-'));
  try {
    const output = path.join(draft, 'tidb-server');
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', `-s -w -X ${versionVariable}=${release}`];
    await run('go', ['build', ...flags, '-o', output, 'github.com/pingcap/tidb/cmd/tidb-server'], {
      cwd: module,
      env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
      timeout: buildLimitMs,
    });
    renameSync(output, target);
  } catch (error) {
    const told = (error as { stderr?: string }).stderr?.trim() || String(error);
    say(notTested(told.split('\n').slice(-5).join('\n')));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const notTested = (reason: string): string => `!!! TiDB cannot be built and is NOT TESTED: ${reason}`;

/** Which servers the tests of SQL run against, in one line. */
export function databaseServers(): string {
  const tidb = tidbServer();
  return `Database servers: MariaDB and ${tidb === undefined ? 'no TiDB: IT IS NOT TESTED' : `TiDB (${tidb})`}`;
}
