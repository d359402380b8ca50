import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile, chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  EDITOR_RECIPES,
  UNNEEDED_EXTENSIONS,
  UNNEEDED_PACKAGES,
  type EditorRecipe,
  type EditorVersion,
} from './versions';

/** An editor that is ready to start. */
export interface EditorInstall {
  readonly version: EditorVersion;
  readonly recipe: EditorRecipe;
  /** The Node that this editor's server runs with. */
  readonly node: string;
  /** The folder lib/vscode of the package. */
  readonly root: string;
}

/** Node with its headers, for building and for running. */
interface NodeHome {
  readonly executable: string;
  /** A folder that holds include/node. */
  readonly headers: string;
}

const run = promisify(execFile);
const CACHE = resolve(__dirname, '../../../.cache/editors');
const MARKER = 'installed.json';
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Makes an editor ready in `.cache/editors/<version>`, which is reused. A folder gets its final name only when it is
 * complete, so an interrupted install leaves nothing that looks finished, and several may run at once.
 * Needs npm, tar, a C++ compiler, make, python3 and ripgrep on PATH.
 */
export async function installEditor(
  version: EditorVersion,
  log: (line: string) => void = () => undefined,
): Promise<EditorInstall> {
  const recipe = EDITOR_RECIPES[version];
  const node = await nodeHome(recipe.node, log);
  const fingerprint = createHash('sha256')
    .update(
      JSON.stringify([
        recipe.node,
        recipe.compile,
        recipe.ripgrep,
        UNNEEDED_PACKAGES,
        UNNEEDED_EXTENSIONS,
        process.arch,
      ]),
    )
    .digest('hex');
  const home = join(CACHE, version);
  await buildOnce(home, fingerprint, async (folder) => {
    log(`Installing code-server ${version} (VS Code ${recipe.vscode}), the editor under test`);
    await unpackPackage(`code-server@${version}`, folder, ['package/lib/vscode'], ['*.map']);
    const root = join(folder, 'lib/vscode');
    for (const name of UNNEEDED_EXTENSIONS) {
      await rm(join(root, 'extensions', name), { recursive: true, force: true });
    }
    await installPackages(root);
    for (const name of recipe.compile) {
      log(`Compiling ${name} for Node ${String(recipe.node)}`);
      await compile(join(root, 'node_modules', name), node);
    }
    await linkRipgrep(join(root, recipe.ripgrep));
    await dropUnused(root, recipe);
  });
  return { version, recipe, node: node.executable, root: join(home, 'lib/vscode') };
}

/** Runs `build` in a temporary folder beside `home` and renames it, unless `home` already holds this fingerprint. */
async function buildOnce(
  home: string,
  fingerprint: string,
  build: (folder: string) => Promise<void>,
): Promise<void> {
  if (await isComplete(home, fingerprint)) {
    return;
  }
  await mkdir(CACHE, { recursive: true });
  await dropAbandoned();
  const folder = join(CACHE, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(folder);
  try {
    await build(folder);
    await writeFile(join(folder, MARKER), JSON.stringify({ fingerprint }));
    if (!(await isComplete(home, fingerprint))) {
      await rm(home, { recursive: true, force: true });
      await rename(folder, home);
    }
  } catch (error) {
    // Another install may have put the same thing there in the meantime.
    if (!(await isComplete(home, fingerprint))) {
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isComplete(home: string, fingerprint: string): Promise<boolean> {
  try {
    const marker = JSON.parse(await readFile(join(home, MARKER), 'utf8')) as { fingerprint?: unknown };
    return marker.fingerprint === fingerprint;
  } catch {
    return false;
  }
}

async function dropAbandoned(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    if (name.startsWith('.new-') && Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** The running Node where it fits and has its headers beside it, else the one from the npm package node-linux-<arch>. */
async function nodeHome(major: number, log: (line: string) => void): Promise<NodeHome> {
  const own = dirname(dirname(realpathSync(process.execPath)));
  if (Number(process.versions.node.split('.')[0]) === major && existsSync(join(own, 'include/node/node.h'))) {
    return { executable: process.execPath, headers: own };
  }
  const spec = `node-linux-${process.arch}@${String(major)}`;
  const home = join(CACHE, `node-${String(major)}`);
  await buildOnce(home, spec, async (folder) => {
    log(`Installing Node ${String(major)} with its headers, which the editor under test is built for`);
    await unpackPackage(spec, folder, ['package/bin', 'package/include'], []);
    await chmod(join(folder, 'bin/node'), 0o755);
  });
  return { executable: join(home, 'bin/node'), headers: home };
}

async function unpackPackage(
  spec: string,
  folder: string,
  members: string[],
  exclude: string[],
): Promise<void> {
  await run('npm', ['pack', spec, '--pack-destination', folder, '--loglevel', 'error'], { cwd: folder });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) {
    throw new Error(`npm pack ${spec} left no archive in ${folder}`);
  }
  const excludes = exclude.map((pattern) => `--exclude=${pattern}`);
  await run('tar', ['-xzf', archive, '--strip-components=1', ...excludes, ...members], { cwd: folder });
  await rm(join(folder, archive));
}

/** Installs what lib/vscode depends on, as its own lock file says, less what no test needs. Runs no package's script. */
async function installPackages(root: string): Promise<void> {
  const path = join(root, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { dependencies: Record<string, string> };
  const needed = Object.entries(manifest.dependencies).filter(([name]) => !UNNEEDED_PACKAGES.includes(name));
  const dependencies = Object.fromEntries(needed);
  // The file watcher's native part comes ready-made in an optional package, the only optional one that is wanted.
  const watcher = dependencies['@parcel/watcher'] ?? '';
  dependencies[`@parcel/watcher-linux-${process.arch}-glibc`] = watcher.replace(/^\^/, '');
  await writeFile(path, JSON.stringify({ ...manifest, dependencies }, undefined, 2));
  // Peers are left out: the lock file does not know them.
  const options = [
    '--ignore-scripts',
    '--omit=optional',
    '--omit=dev',
    '--legacy-peer-deps',
    '--engine-strict=false',
  ];
  await run('npm', ['install', ...options, '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: root });
}

/** Builds a package's native part with the node-gyp that npm brings, against local headers. */
async function compile(folder: string, node: NodeHome): Promise<void> {
  const nodeGyp = createRequire(npmProgram()).resolve('node-gyp/bin/node-gyp.js');
  // Under npm, its settings are in variables, and node-gyp would take a nodedir from there over the one it is given.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const path = `${dirname(node.executable)}${delimiter}${process.env['PATH'] ?? ''}`;
  // Optimising is most of the time it takes, and nothing here is measured in these modules.
  const env = { ...Object.fromEntries(own), PATH: path, CXXFLAGS: '-O0' };
  await run(node.executable, [nodeGyp, 'rebuild', '--jobs=max', `--nodedir=${node.headers}`], {
    cwd: folder,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const build = join(folder, 'build');
  for (const name of await readdir(build)) {
    if (name !== 'Release') {
      await rm(join(build, name), { recursive: true });
    }
  }
  const release = join(build, 'Release');
  for (const name of await readdir(release)) {
    if (!name.endsWith('.node')) {
      await rm(join(release, name), { recursive: true });
    }
  }
}

function npmProgram(): string {
  return realpathSync(onPath('npm'));
}

function onPath(program: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`${program} is not on PATH; run \`node scripts/setup.mjs\``);
  }
  return found;
}

async function linkRipgrep(path: string): Promise<void> {
  await rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true });
  await symlink(onPath('rg'), path);
}

/** Removes the programs for other systems, which are more than half of some packages. */
async function dropUnused(root: string, recipe: EditorRecipe): Promise<void> {
  const own = `linux-${process.arch}`;
  const modules = join(root, 'node_modules');
  for (const folder of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds', 'node-pty/third_party']) {
    const path = join(modules, folder);
    for (const name of existsSync(path) ? await readdir(path) : []) {
      if (name !== own) {
        await rm(join(path, name), { recursive: true });
      }
    }
  }
  for (const name of recipe.compile) {
    await rm(join(modules, name, 'deps'), { recursive: true, force: true });
  }
}
