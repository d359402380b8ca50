/** Builds and packs the extension: `tidb-private-endpoint-<version>.vsix` in the top folder. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, `${name}-${version}.vsix`);
/** Everything a person downloads; a bundle that grew by accident must not slip through. */
const limitBytes = 1_500_000;

const node = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
node('scripts/build.mjs');
rmSync(file, { force: true });
node(
  'node_modules/@vscode/vsce/vsce',
  'package',
  '--no-dependencies',
  '--no-rewrite-relative-links',
  '--out',
  file,
);
const { size } = statSync(file);
console.log(`${path.basename(file)}  ${(size / 1024).toFixed(0)} KiB`);
if (size > limitBytes) {
  console.error(`The package is larger than ${limitBytes / 1000} kB.`);
  process.exit(1);
}
