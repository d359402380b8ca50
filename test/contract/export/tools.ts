import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';

const run = promisify(execFile);
const requirements = path.join(__dirname, 'requirements.txt');
const installTimeoutMs = 5 * 60_000;

/** In a `before`: skips, aloud, where a program is not on this machine. */
export async function needs(
  context: Context,
  program: string,
  ...versionArgs: readonly string[]
): Promise<void> {
  const isThere = await run(program, [...versionArgs]).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    console.log(`    NOT RUN: this machine lacks ${program}`);
    context.skip();
  }
}

/** Reads exported code with the tools' own parsers (check.py); undefined when these cannot be had here. */
export type Check = (what: 'terraform' | 'ros', text: string) => Promise<unknown>;

/** In a `before`: the parsers in an environment of their own, made once for this machine; skips aloud without. */
export async function parsers(context: Context): Promise<Check> {
  context.timeout(installTimeoutMs);
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const environment = path.join(os.tmpdir(), `tidb-private-endpoint-export-${digest}`);
  const missing = existsSync(environment) ? undefined : await install(environment);
  if (missing !== undefined) {
    console.log(`    NOT RUN: the parsers cannot be installed: ${missing}`);
    context.skip();
  }
  const python = path.join(environment, 'bin', 'python');
  return (what, text) =>
    inFolder(async (folder) => {
      const file = path.join(folder, what === 'terraform' ? 'main.tf' : 'template.yaml');
      await writeFile(file, text);
      const { stdout } = await run(
        python,
        ['-B', path.join(__dirname, 'check.py'), what, what === 'terraform' ? folder : file],
        { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, PYTHONIOENCODING: 'utf-8' } },
      );
      return JSON.parse(stdout) as unknown;
    });
}

/** @returns why not */
async function install(environment: string): Promise<string | undefined> {
  const draft = await mkdtemp(`${environment}-draft-`);
  try {
    await run('python3', ['-m', 'venv', draft]);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ];
    await run(path.join(draft, 'bin', 'python'), pip, { timeout: installTimeoutMs });
    // Another run may have been quicker.
    await rename(draft, environment).catch((error: unknown) => {
      if (!existsSync(environment)) {
        throw error;
      }
    });
    return undefined;
  } catch (error) {
    const told = String((error as { stderr?: unknown }).stderr || error).trim();
    return told.split('\n').at(-1) ?? '';
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tidb-private-endpoint-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export { run };
