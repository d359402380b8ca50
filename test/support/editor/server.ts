import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EditorInstall } from './install';
import { temporaryFolder } from './ownEnd';
import { startOwned } from './processes';

export interface EditorServerOptions {
  /** Variables for the extension host, on top of a base that holds none of this machine's credentials. */
  readonly env?: Readonly<Record<string, string>>;
  /** The machine settings (settings.json of the server's side). */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The person's settings. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Packaged extensions to install before the start. */
  readonly vsix?: readonly string[];
  /** Folders of unpacked extensions that are to count as installed. */
  readonly unpacked?: readonly string[];
  /**
   * Lets a workbench load an extension and a test module that its address names. Off unless told: a person's editor has
   * it off, and in VS Code 1.139 it keeps notifications from showing.
   */
  readonly testDriver?: boolean;
  /** Called with each line that the server writes. */
  readonly onLine?: (line: string) => void;
}

/** A running editor server on loopback, with all its data in a temporary folder. */
export interface EditorServer {
  readonly install: EditorInstall;
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** `127.0.0.1:<port>`, the authority of `vscode-remote:` URIs. */
  readonly authority: string;
  readonly pid: number;
  /** Resolves when the server has ended, by stop() or by itself, with its exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Holds the person's home (`home`), an empty workspace (`workspace`), extensions and data; gone after stop(). */
  readonly folder: string;
  readonly workspace: string;
  /** Whether it loads extensions and test modules that a workbench's address names. */
  readonly heedsPayload: boolean;
  /** What the server wrote so far; the last 500 lines. */
  output(): string;
  /** Replaces the machine settings; an open workbench follows by itself. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Installs a packaged extension; open workbenches have to be reloaded. */
  installVsix(path: string): Promise<void>;
  /** Ends the server with everything it started and removes its folder. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const START_LIMIT_MS = 60_000;
const KEPT_LINES = 500;

/** Quiet and repeatable: nothing asks, nothing calls home, nothing moves by itself. */
const BASE_USER_SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Without this the server asks a public extension gallery. */
const NO_GALLERY = '{}';

/** Variables that pass from this process to the editor; anything else, and so every credential, stays out. */
const PASSED_VARIABLES = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SHELL', 'USER', 'LOGNAME'];

/**
 * Starts the editor's own server on a free port of 127.0.0.1, without a connection token.
 * @throws when it is not listening within a minute; the error holds what it wrote.
 */
export async function startEditorServer(
  install: EditorInstall,
  options: EditorServerOptions = {},
): Promise<EditorServer> {
  const temporary = await temporaryFolder('editor');
  const folder = temporary.path;
  const paths = {
    home: join(folder, 'home'),
    workspace: join(folder, 'workspace'),
    data: join(folder, 'data'),
    server: join(folder, 'server'),
    extensions: join(folder, 'extensions'),
    temporary: join(folder, 'tmp'),
  };
  const machineFolder = join(paths.data, 'Machine');
  const userFolder = join(paths.data, 'User');
  for (const path of [
    ...Object.values(paths),
    machineFolder,
    join(userFolder, 'globalStorage'),
    join(userFolder, 'History'),
  ]) {
    await mkdir(path, { recursive: true });
  }
  const writeSettings = (settings: object): Promise<void> =>
    writeJson(join(machineFolder, 'settings.json'), settings);
  await writeSettings(options.settings ?? {});
  await writeJson(join(userFolder, 'settings.json'), { ...BASE_USER_SETTINGS, ...options.userSettings });

  const main = join(install.root, 'out/server-main.js');
  const folders = [
    ['--user-data-dir', paths.data],
    ['--server-data-dir', paths.server],
    ['--extensions-dir', paths.extensions],
  ].flat();
  const passed = PASSED_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = {
    ...Object.fromEntries(passed),
    HOME: paths.home,
    TMPDIR: paths.temporary,
    EXTENSIONS_GALLERY: NO_GALLERY,
    ...options.env,
  };
  const installVsix = async (path: string): Promise<void> => {
    await run(install.node, [main, ...folders, '--install-extension', path, '--force'], { env });
  };
  if (options.unpacked !== undefined) {
    await registerUnpacked(paths.extensions, options.unpacked);
  }
  for (const path of options.vsix ?? []) {
    await installVsix(path);
  }

  const lines: string[] = [];
  let listening: (port: number) => void = () => undefined;
  const port = new Promise<number>((resolve) => {
    listening = resolve;
  });
  const server = startOwned(
    install.node,
    [
      main,
      ...folders,
      ...[
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--without-connection-token',
        '--accept-server-license-terms',
      ],
      ...['--telemetry-level', 'off', ...(options.testDriver === true ? install.recipe.testDriver : [])],
    ],
    {
      env,
      onLine: (line) => {
        lines.push(line);
        lines.splice(0, lines.length - KEPT_LINES);
        options.onLine?.(line);
        const match = /Extension host agent listening on (\d+)/.exec(line);
        if (match?.[1] !== undefined) {
          listening(Number(match[1]));
        }
      },
    },
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    await temporary.remove();
  };
  try {
    const bound = await firstOf(port, server.ended);
    const authority = `127.0.0.1:${String(bound)}`;
    return {
      install,
      url: `http://${authority}/`,
      authority,
      pid: server.pid,
      ended: server.ended,
      folder,
      workspace: paths.workspace,
      heedsPayload: options.testDriver === true || install.recipe.testDriver.length === 0,
      output: () => lines.join('\n'),
      writeSettings,
      installVsix,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`The editor's server did not start: ${String(error)}\n${lines.join('\n')}`);
  }
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, JSON.stringify(value, undefined, 2));
}

/** Writes the list that the server keeps of its installed extensions, with each one left where it is. */
async function registerUnpacked(extensionsFolder: string, folders: readonly string[]): Promise<void> {
  const entries = await Promise.all(
    folders.map(async (path) => {
      const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      return {
        identifier: { id: `${manifest['publisher'] ?? ''}.${manifest['name'] ?? ''}` },
        version: manifest['version'],
        location: { $mid: 1, path, scheme: 'file' },
        metadata: { source: 'vsix' },
      };
    }),
  );
  await writeJson(join(extensionsFolder, 'extensions.json'), entries);
}

async function firstOf(port: Promise<number>, ended: Promise<number | string>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not listening after ${String(START_LIMIT_MS / 1000)} s`));
    }, START_LIMIT_MS);
  });
  const gone = ended.then((end) => {
    throw new Error(`ended with ${String(end)}`);
  });
  try {
    return await Promise.race([port, gone, late]);
  } finally {
    clearTimeout(timer);
  }
}
