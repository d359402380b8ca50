import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import type { BackEndRun } from './hostRunner';
import { startOwned } from './processes';
import { EDITOR_RECIPES } from './versions';

/** Names of the launcher that desktop builds put on PATH. */
const LAUNCHERS = ['code', 'code-insiders', 'codium', 'code-oss'];

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

/** The launcher on PATH is a script that returns at once; the program it starts is two folders up, by the same name. */
function programBehind(launcher: string): string {
  const real = realpathSync(launcher);
  const program = join(dirname(dirname(real)), basename(real));
  return basename(dirname(real)) === 'bin' && existsSync(program) ? program : real;
}

/** Runs a suite in a desktop build, with a new profile; its log is what the program writes on its standard output. */
export async function runOnDesktop({ options, env, signal, onHostLine }: BackEndRun): Promise<void> {
  const executable = await desktopExecutable(EDITOR_RECIPES[options.version].vscode);
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'desktop-'));
  const profile = join(folder, 'data');
  const workspace = join(folder, 'workspace');
  try {
    await mkdir(workspace, { recursive: true });
    await mkdir(join(profile, 'User'), { recursive: true });
    const settings = {
      'security.workspace.trust.startupPrompt': 'never',
      'telemetry.telemetryLevel': 'off',
      'update.mode': 'none',
      ...options.userSettings,
      ...options.settings,
    };
    await writeFile(join(profile, 'User/settings.json'), JSON.stringify(settings));
    const program = startOwned(
      executable,
      [
        workspace,
        '--no-sandbox',
        '--disable-gpu-sandbox',
        '--disable-updates',
        '--skip-welcome',
        '--skip-release-notes',
        ...(options.trust === 'trusted' ? ['--disable-workspace-trust'] : []),
        `--user-data-dir=${profile}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
        `--extensionDevelopmentPath=${options.extensionPath}`,
        `--extensionTestsPath=${options.testsPath}`,
      ],
      { env: { ...process.env, ...env }, onLine: onHostLine },
    );
    const onAbort = (): void => void program.stop();
    signal.addEventListener('abort', onAbort);
    const end = await program.ended;
    await program.stop();
    if (signal.aborted) {
      throw new Error('the time for the suite was up');
    }
    // 1 says that tests failed, which the result file tells in full.
    if (end !== 0 && end !== 1) {
      throw new Error(`the desktop editor ended with ${String(end)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
