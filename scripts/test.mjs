/**
 * `npm test`: sets up what is missing, builds, checks, runs every suite, and closes with the sum: `N passed, N failed`.
 * Needs Node and npm; on Debian it installs the rest and says what and why.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp, tidbServers } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const suites = ['unit', 'webview', 'contract', 'chaos', 'sql', 'host', 'e2e', 'package'];
const closingLine = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m;

await setUp();

/** Runs a step, shows its output as it comes, and returns it. */
function run(title, command, args) {
  console.log(`\n=== ${title} ===`);
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('close', (status) => {
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.log(`--- ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
      resolve({ ok: status === 0, output, seconds });
    });
  });
}

const bin = (name) => path.join('node_modules', '.bin', name);
const checks = [
  ['Build', process.execPath, ['scripts/build.mjs']],
  ['Types', bin('tsc'), ['-p', '.']],
  ['Types of the webviews', bin('tsc'), ['-p', 'src/webview']],
  ['Lint', bin('eslint'), ['.']],
  ['Formatting', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
];
const sum = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const [title, command, args] of checks) {
  const { ok, seconds } = await run(title, command, args);
  sum[ok ? 'passed' : 'failed'] += 1;
  summary.push([title, ok ? 'ok' : 'FAILED', seconds]);
}
for (const suite of suites) {
  const { ok, output, seconds } = await run(`Suite ${suite}`, process.execPath, ['scripts/suite.mjs', suite]);
  const counts = closingLine.exec(output.split('\n').reverse().slice(0, 20).join('\n'));
  const passed = Number(counts?.[1] ?? 0);
  const failed = Number(counts?.[2] ?? 0);
  sum.passed += passed;
  sum.skipped += Number(counts?.[3] ?? 0);
  // A suite that ends badly without saying so has failed as a whole.
  sum.failed += failed > 0 ? failed : ok && passed > 0 ? 0 : 1;
  summary.push([`Suite ${suite}`, counts?.[0] ?? 'no result', seconds]);
}

console.log('');
for (const [title, result, seconds] of summary) {
  console.log(`${title.padEnd(24)} ${result} (${seconds} s)`);
}
console.log(`\n${(await tidbServers()).databaseServers()}\n`);
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exit(sum.failed === 0 ? 0 : 1);
