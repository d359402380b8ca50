/**
 * Runs one test suite and closes with `N passed, N failed`.
 *
 *   node scripts/suite.mjs unit|webview|contract|chaos|sql|host|e2e|package [further arguments for its runner]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tidbServers } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** How long one test may take before it counts as hanging, and what it needs: the built extension, real databases. */
const suites = {
  unit: { timeoutMs: 10_000 },
  webview: { timeoutMs: 60_000, needsBuild: true },
  contract: { timeoutMs: 60_000 },
  chaos: { timeoutMs: 600_000 },
  sql: { timeoutMs: 60_000, needsDatabase: true },
  host: { runner: 'test/support/runHost.ts', needsBuild: true },
  e2e: { timeoutMs: 300_000, needsBuild: true },
  package: { timeoutMs: 300_000, needsBuild: true },
};

const [name, ...rest] = process.argv.slice(2);
const suite = suites[name];
if (suite === undefined) {
  console.error(`Which suite? One of: ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}

const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

if (suite.needsBuild && !existsSync(path.join(root, 'dist', 'extension.js'))) {
  const status = node('scripts/build.mjs');
  if (status !== 0) {
    process.exit(status);
  }
}
if (suite.needsDatabase) {
  console.log((await tidbServers()).databaseServers());
}
const runner =
  suite.runner !== undefined
    ? [suite.runner, ...rest]
    : [
        'node_modules/mocha/bin/mocha.js',
        '--reporter',
        'test/support/reporter.cjs',
        '--timeout',
        String(suite.timeoutMs),
        ...rest,
        `test/${name}/**/*.test.ts`,
      ];
process.exit(node('--import', 'tsx', ...runner));
