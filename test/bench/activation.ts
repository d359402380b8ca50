import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openWorkbench } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer } from '../support/editor/server';
import { EDITOR_VERSIONS, type EditorVersion } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';
import { median, type Row } from './row';

const root = path.join(__dirname, '..', '..');
const times = 5;

/**
 * What a fresh window waits for because of us: evaluating the bundle, and the call of activate(). The editor's own number
 * ("Running Extensions") also holds the time in which it makes the extension's storage ready in between.
 */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'activation-'));
  try {
    const extension = instrumentedCopy(folder);
    const rows: Row[] = [];
    for (const version of EDITOR_VERSIONS) {
      const runs: { evaluateMs: number; activateMs: number }[] = [];
      for (let i = 0; i < times; i++) {
        runs.push(await once(version, extension, path.join(folder, 'times.json')));
      }
      const row = (what: string, values: readonly number[]): Row => ({
        what: `${what}, editor ${version}, median of ${times}`,
        ours: Math.round(median(values) * 10) / 10,
        limit: 50,
        unit: 'ms',
      });
      rows.push(
        row(
          'evaluating extension.js',
          runs.map(({ evaluateMs }) => evaluateMs),
        ),
        row(
          'activate()',
          runs.map(({ activateMs }) => activateMs),
        ),
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The built extension with a clock around its bundle and around activate(). */
function instrumentedCopy(folder: string): string {
  const copy = path.join(folder, 'extension');
  for (const part of ['package.json', 'dist', 'media']) {
    cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  const bundle = path.join(copy, 'dist', 'extension.js');
  writeFileSync(
    bundle,
    `const beforeBundle = performance.now();
${readFileSync(bundle, 'utf8')}
const evaluateMs = performance.now() - beforeBundle;
const { activate, ...others } = module.exports;
module.exports = { ...others, activate(context) {
  const beforeCall = performance.now();
  activate(context);
  const times = { evaluateMs, activateMs: performance.now() - beforeCall };
  require('node:fs').writeFileSync(process.env.ACTIVATION_TIMES, JSON.stringify(times));
} };
`,
  );
  return copy;
}

async function once(
  version: EditorVersion,
  extension: string,
  timesFile: string,
): Promise<{ evaluateMs: number; activateMs: number }> {
  rmSync(timesFile, { force: true });
  const server = await startEditorServer(await installEditor(version), {
    unpacked: [extension],
    env: { ACTIVATION_TIMES: timesFile },
  });
  try {
    const window = await openWorkbench(server);
    try {
      await new Workbench(window.page).openViewContainer('TiDB Private Endpoint');
      // Shows only once the extension has been activated.
      await window.page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
      return JSON.parse(readFileSync(timesFile, 'utf8')) as { evaluateMs: number; activateMs: number };
    } finally {
      await window.close();
    }
  } finally {
    await server.stop();
  }
}
