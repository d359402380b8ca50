import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { runHostSuite } from './editor/hostRunner';
import { EDITOR_VERSIONS, NEWEST_EDITOR } from './editor/versions';
import type { HostSuiteOptions } from './editor/hostRunner';
import { DATABASE_VARIABLE } from './editor/suiteProtocol';
import { startMariadb } from './mariadb';

/**
 * Runs test/host inside every editor: the oldest and the newest one, trusted and restricted, or a desktop build with
 * `--desktop`; with `--grep PATTERN` the tests that match, in the newest one alone. Closes with `N passed, N failed`.
 */
const root = path.join(__dirname, '..', '..');
const desktop = process.argv.includes('--desktop');
const grepAt = process.argv.indexOf('--grep');
const grep = grepAt < 0 ? undefined : process.argv[grepAt + 1];

async function main(): Promise<void> {
  const out = path.join(root, 'out', 'host');
  rmSync(out, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/*.ts'],
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  // Out here: a server that runs as a user of its own cannot get at the folders of the editor.
  const database = await startMariadb();
  const { port, user, password, caCertificatePem } = database;
  const env = { [DATABASE_VARIABLE]: JSON.stringify({ port, user, password, caCertificatePem }) };
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const runs: readonly Pick<HostSuiteOptions, 'version' | 'trust'>[] =
    desktop || grep !== undefined
      ? [{ version: NEWEST_EDITOR, trust: 'trusted' }]
      : EDITOR_VERSIONS.flatMap((version) => [
          { version, trust: 'trusted' as const },
          { version, trust: 'restricted' as const },
        ]);
  for (const run of runs) {
    console.log(`\n${desktop ? 'Desktop editor' : `Editor ${run.version}`}, ${run.trust} workspace`);
    const result = await runHostSuite({
      ...run,
      ...(grep !== undefined && { grep }),
      env,
      backEnd: desktop ? 'desktop' : 'workbench',
      extensionPath: root,
      testsPath: path.join(out, 'index.js'),
    });
    if (result.problem !== undefined) {
      console.log(`  ${result.problem}`);
    }
    sum.passed += result.passed;
    sum.failed += result.failed;
    sum.skipped += result.skipped;
  }
  await database.stop();
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
