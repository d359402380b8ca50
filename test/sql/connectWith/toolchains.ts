import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findOnSystem } from '../../support/onPath';
import { testCache } from '../../support/tidbServer';

const run = promisify(execFile);
const sources = path.join(__dirname, 'clients');
const fetchLimitMs = 10 * 60_000;

/** Where a toolchain's packages are, or why there are none. */
export type Toolchain = { readonly folder: string } | { readonly missing: string };

interface Recipe {
  readonly programs: readonly string[];
  /** Fetches the packages into the folder, which has the manifests. */
  readonly make: (folder: string) => Promise<unknown>;
}

const quiet = async (
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<unknown> =>
  run(command, [...args], {
    cwd,
    env: { ...process.env, ...env },
    timeout: fetchLimitMs,
    maxBuffer: 64 * 2 ** 20,
  });

export const goEnvironment = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' } as const;

const recipes = {
  node: {
    programs: ['npm'],
    make: (folder) => quiet('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder),
  },
  python: {
    programs: ['python3'],
    make: async (folder) => {
      await quiet('python3', ['-m', 'venv', 'environment'], folder);
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt'];
      const python = path.join(folder, 'environment', 'bin', 'python');
      await quiet(python, pip, folder);
      // Compiled here: without the headers of Python and of a MySQL library it is left out.
      await quiet(python, [...pip.slice(0, -1), 'requirements-compiled.txt'], folder).catch(() => undefined);
    },
  },
  go: {
    programs: ['go'],
    make: (folder) => quiet('go', ['build', './...'], folder, goEnvironment),
  },
  java: {
    programs: ['mvn', 'java', 'keytool'],
    make: (folder) =>
      quiet('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libraries'], folder),
  },
  rust: {
    programs: ['cargo'],
    make: async (folder) => {
      await mkdir(path.join(folder, 'src'));
      await writeFile(path.join(folder, 'src', 'main.rs'), 'fn main() {}\n');
      await quiet('cargo', ['build', '--quiet', '--locked'], folder);
    },
  },
} satisfies Record<string, Recipe>;

export type ToolchainName = keyof typeof recipes;

/** Fetched once for every clone on this machine. A registry that cannot be reached is a reason, not a failure. */
export async function toolchain(name: ToolchainName): Promise<Toolchain> {
  const recipe: Recipe = recipes[name];
  const absent = recipe.programs.filter((program) => findOnSystem(program) === undefined);
  if (absent.length > 0) {
    return { missing: `${absent.join(', ')}: not on PATH` };
  }
  const source = path.join(sources, name);
  const hash = createHash('sha256');
  for (const file of (await readdir(source)).sort()) {
    hash.update(file).update(await readFile(path.join(source, file)));
  }
  const folder = testCache('connect-with', `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    await mkdir(path.dirname(folder), { recursive: true });
    const draft = await mkdtemp(path.join(path.dirname(folder), 'draft-'));
    try {
      await cp(source, draft, { recursive: true });
      await recipe.make(draft);
      await rename(draft, folder);
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      return { missing: `its packages cannot be had: ${(stderr ?? String(error)).trim().slice(-400)}` };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return { folder };
}
