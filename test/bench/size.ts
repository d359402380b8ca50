import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Row } from './row';

const root = path.join(__dirname, '..', '..');
const kibibytes = (file: string): number => Math.round(statSync(path.join(root, file)).size / 102.4) / 10;

/** What a person downloads, and what is read before the first thing needs it. */
export function measure(): Promise<readonly Row[]> {
  execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: root, stdio: 'pipe' });
  const [vsix] = readdirSync(root).filter((name) => name.endsWith('.vsix'));
  const bundles = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && name !== 'extension.js')
    .sort();
  return Promise.resolve([
    { what: 'package (VSIX)', ours: kibibytes(vsix ?? ''), limit: 1465, unit: 'KiB' },
    { what: 'read at activation (extension.js)', ours: kibibytes('dist/extension.js'), unit: 'KiB' },
    ...bundles.map((name) => ({
      what: `read when needed: ${name}`,
      ours: kibibytes(path.join('dist', name)),
      unit: 'KiB',
    })),
  ]);
}
