/**
 * `npm start`: the whole product on this machine, with clouds and a database that only play their parts. Installs what is
 * missing, builds, and prints one address to open. Ctrl+C ends it all.
 *
 *   npm start                 in the browser
 *   npm start -- --desktop    in a desktop VS Code, where there is one
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

await setUp('start');
console.log('Building the extension');
const build = spawnSync(process.execPath, ['scripts/build.mjs'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (build.status !== 0) {
  process.exit(1);
}
// The same process goes on, so that a signal has one place to arrive at.
const { require: load } = await import('tsx/cjs/api');
const { start } = load('../test/support/start.ts', import.meta.url);
await start({ desktop: process.argv.includes('--desktop') });
