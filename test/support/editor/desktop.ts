import { existsSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import type { BackEndRun } from './hostRunner';
import { temporaryFolder } from './ownEnd';
import { startOwned } from './processes';
import { EDITOR_RECIPES } from './versions';

/** Names of the launcher that desktop builds put on PATH. */
const LAUNCHERS = ['code', 'code-insiders', 'codium', 'code-oss'];

export interface DesktopOptions {
  readonly executable: string;
  readonly extensionPath: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** A running desktop editor with a profile of its own. */
export interface DesktopEditor {
  /** Resolves when it has ended, by stop() or because the person closed it, with its exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Ends it with everything it started and removes its profile. */
  stop(): Promise<void>;
}

/**
 * The program of a desktop VS Code: VSCODE_EXECUTABLE, the one that is on PATH, or a downloaded one of this version.
 * @throws an error that says what was tried when none can be had.
 */
export async function desktopExecutable(vscodeVersion: string): Promise<string> {
  const named = process.env['VSCODE_EXECUTABLE'];
  if (named !== undefined) {
    if (!existsSync(named)) {
      throw new Error(`VSCODE_EXECUTABLE names ${named}, which does not exist`);
    }
    return programBehind(named);
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => LAUNCHERS.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (onPath !== undefined) {
    return programBehind(onPath);
  }
  try {
    return await downloadAndUnzipVSCode(vscodeVersion);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Error(
      `There is no desktop VS Code here: none of ${LAUNCHERS.join(', ')} is on PATH, VSCODE_EXECUTABLE is not set, ` +
        `and VS Code ${vscodeVersion} could not be downloaded (${cause})`,
    );
  }
}

/** The launcher on PATH is a script that returns at once; the program it starts is one folder up, by the same name. */
function programBehind(launcher: string): string {
  const real = realpathSync(launcher);
  const program = join(dirname(dirname(real)), basename(real));
  return basename(dirname(real)) === 'bin' && existsSync(program) ? program : real;
}

/** Starts a desktop editor with a new profile, an empty workspace and the extension from its folder. */
export async function startDesktop(options: DesktopOptions): Promise<DesktopEditor> {
  const folder = await temporaryFolder('desktop');
  const profile = join(folder.path, 'data');
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace, { recursive: true });
  await mkdir(join(profile, 'User'), { recursive: true });
  const settings = { 'telemetry.telemetryLevel': 'off', 'update.mode': 'none', ...options.settings };
  await writeFile(join(profile, 'User/settings.json'), JSON.stringify(settings, undefined, 2));
  const program = startOwned(
    options.executable,
    [
      workspace,
      '--no-sandbox',
      '--disable-updates',
      '--skip-welcome',
      '--skip-release-notes',
      `--user-data-dir=${profile}`,
      `--extensions-dir=${join(folder.path, 'extensions')}`,
      `--extensionDevelopmentPath=${options.extensionPath}`,
      ...(options.arguments ?? []),
    ],
    {
      env: { ...process.env, ...options.env },
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    },
  );
  return {
    ended: program.ended,
    stop: async () => {
      await program.stop();
      await folder.remove();
    },
  };
}

/** Runs a suite in a desktop build; its log is what the program writes on its standard output. */
export async function runOnDesktop({ options, env, signal, onHostLine }: BackEndRun): Promise<void> {
  const executable = await desktopExecutable(EDITOR_RECIPES[options.version].vscode);
  signal.throwIfAborted();
  const editor = await startDesktop({
    executable,
    extensionPath: options.extensionPath,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      ...options.userSettings,
      ...options.settings,
    },
    env,
    arguments: [
      `--extensionTestsPath=${options.testsPath}`,
      ...(options.trust === 'trusted' ? ['--disable-workspace-trust'] : []),
    ],
    onLine: onHostLine,
  });
  const onAbort = (): void => void editor.stop();
  signal.addEventListener('abort', onAbort);
  try {
    const end = await editor.ended;
    if (signal.aborted) {
      throw new Error('the time for the suite was up');
    }
    // 1 says that tests failed, which the result file tells in full.
    if (end !== 0 && end !== 1) {
      throw new Error(`the desktop editor ended with ${String(end)}`);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await editor.stop();
  }
}
