/**
 * Measures on this machine: `npm run -s bench -- NAME [--json]`. NAME: activation, clouds, creation, size, sql, tree.
 * Prints a table, or with --json one object on standard output.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [name = '', ...rest] = process.argv.slice(2);
if (!/^[a-z]+$/.test(name) || !existsSync(path.join(root, 'test', 'bench', `${name}.ts`))) {
  console.error('Which bench? One of: activation, clouds, creation, size, sql, tree');
  process.exit(2);
}
// What is measured is what is shipped.
const build = spawnSync(process.execPath, ['scripts/build.mjs'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const run = spawnSync(
  process.execPath,
  ['--expose-gc', '--import', 'tsx', 'test/bench/run.ts', name, ...rest],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(build.status === 0 ? (run.status ?? 1) : 1);
