import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = path.dirname(__dirname);
/** Beside what else is fetched for the tests; kept from one run to the next. */
const cache = path.join(path.resolve(here, '../../..'), '.cache', 'real-clients');

const OLDEST_PYTHON: Version = [3, 11];
const OLDEST_GO: Version = [1, 22];
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** How to start a client, or why that cannot be done on this machine. */
export type Program =
  { readonly command: string; readonly args: readonly string[] } | { readonly missing: string };

type Version = readonly [major: number, minor: number];

/**
 * A Python program of this folder, with the packages of requirements.txt in an environment of its own.
 * @throws when the packages are not those that their hashes promise.
 */
export async function pythonProgram(script: string): Promise<Program> {
  const version = await versionOf('python3', ['--version']);
  if (version === undefined || isOlder(version, OLDEST_PYTHON)) {
    return { missing: `Python ${OLDEST_PYTHON.join('.')} or later` };
  }
  if (!(await succeeds('python3', ['-c', 'import ensurepip, venv']))) {
    return { missing: "Python's venv module (Debian: python3-venv)" };
  }
  const requirements = path.join(here, 'python', 'requirements.txt');
  const environment = path.join(
    cache,
    `python-${version.join('.')}-${digestOf([await readFile(requirements)])}`,
  );
  const made = await once(environment, async (folder) => {
    await run('python3', ['-m', 'venv', folder]);
    const python = path.join(folder, 'bin', 'python');
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '-r', requirements];
    return attempt(python, install, { mustNotSay: 'DO NOT MATCH THE HASHES' });
  });
  return made === undefined
    ? {
        command: path.join(environment, 'bin', 'python'),
        args: ['-B', path.join(here, 'python', script)],
      }
    : { missing: `the Python packages: ${made}` };
}

/**
 * A Go program of this folder, built.
 * @throws when it does not compile.
 */
export async function goProgram(name: string): Promise<Program> {
  const version = await versionOf('go', ['env', 'GOVERSION']);
  if (version === undefined || isOlder(version, OLDEST_GO)) {
    return { missing: `Go ${OLDEST_GO.join('.')} or later` };
  }
  const source = path.join(here, 'go');
  const files = ['go.mod', 'go.sum', ...(await goFiles(source, name))];
  const contents = await Promise.all(files.map((file) => readFile(path.join(source, file))));
  const built = path.join(cache, `go-${name}-${version.join('.')}-${digestOf(contents)}`);
  const made = await once(built, async (folder) => {
    const trouble = await attempt('go', ['mod', 'download'], { cwd: source });
    if (trouble === undefined) {
      const build = ['build', '-trimpath', '-buildvcs=false', '-o', path.join(folder, name), `./${name}`];
      await run('go', build, { cwd: source, env: goEnvironment(), timeout: BUILD_TIMEOUT_MS });
    }
    return trouble;
  });
  return made === undefined
    ? { command: path.join(built, name), args: [] }
    : { missing: `the Go modules: ${made}` };
}

async function goFiles(source: string, name: string): Promise<string[]> {
  const files = await readdir(path.join(source, name));
  return files.filter((file) => file.endsWith('.go')).map((file) => path.join(name, file));
}

/** The compiler of this machine and no other; the versions of go.mod and no later ones. */
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
}

/** Makes a folder unless it is there: beside its place, and moved there when it is whole. */
async function once(
  folder: string,
  make: (folder: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (existsSync(folder)) {
    return undefined;
  }
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  try {
    const trouble = await make(draft);
    if (trouble === undefined) {
      await rename(draft, folder);
    }
    return trouble;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Runs what needs the network, and tells why it failed. */
async function attempt(
  command: string,
  args: readonly string[],
  options: { cwd?: string; mustNotSay?: string },
): Promise<string | undefined> {
  try {
    await run(command, [...args], { cwd: options.cwd, env: goEnvironment(), timeout: BUILD_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    const told = String((error as { stderr?: unknown }).stderr ?? error).trim();
    if (options.mustNotSay !== undefined && told.includes(options.mustNotSay)) {
      throw new Error(told, { cause: error });
    }
    return told.split('\n').at(-1) ?? '';
  }
}

async function versionOf(command: string, args: string[]): Promise<Version | undefined> {
  const told = await run(command, args).then(
    ({ stdout }) => /(\d+)\.(\d+)/.exec(stdout),
    () => null,
  );
  return told === null ? undefined : [Number(told[1]), Number(told[2])];
}

function isOlder([major, minor]: Version, [oldestMajor, oldestMinor]: Version): boolean {
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

function succeeds(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function digestOf(contents: readonly Buffer[]): string {
  const hash = createHash('sha256');
  contents.forEach((content) => hash.update(createHash('sha256').update(content).digest()));
  return hash.digest('hex').slice(0, 16);
}
