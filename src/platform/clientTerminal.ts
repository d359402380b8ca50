import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { window, type Terminal } from 'vscode';
import type { ClientKind, ClientLaunch } from '../core/connectWith';
import type { Log } from '../core/ports';
import { clientScript } from './clientScript';

export interface SqlClient {
  readonly kind: ClientKind;
  readonly program: string;
}

const versionLimitMs = 10_000;
/** Where no shell can remove the file as it is read: by then every client has. */
const readLimitMs = 15_000;

/** The MySQL-compatible client of this machine, in the order of how much they are liked; undefined where there is none. */
export async function findSqlClient(): Promise<SqlClient | undefined> {
  for (const name of ['mysql', 'mariadb', 'mycli'] as const) {
    const program = await onPath(name);
    const version = program === undefined ? undefined : await versionOf(program);
    if (program !== undefined && version !== undefined) {
      return { kind: name === 'mysql' && /mariadb/i.test(version) ? 'mariadb' : name, program };
    }
  }
  return undefined;
}

async function onPath(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of folders) {
    const program = path.join(folder, file);
    const isProgram = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) {
      return program;
    }
  }
  return undefined;
}

const versionOf = (program: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(program, ['--version'], { timeout: versionLimitMs }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });

/** Opens a terminal in which the client runs by itself: no shell sees what it is started with. */
export async function openClientTerminal(
  name: string,
  { program }: SqlClient,
  { args, optionFile, env }: ClientLaunch,
  log: Log,
): Promise<Terminal> {
  const file = optionFile === undefined ? '' : await writeSecret(optionFile);
  const isWindows = process.platform === 'win32';
  const [shellPath, shellArgs] = isWindows
    ? [program, [...(file === '' ? [] : [`--defaults-file=${file}`]), ...args]]
    : ['/bin/sh', ['-c', clientScript, 'sh', file, program, ...args]];
  const remove = (): void => {
    if (file !== '') {
      rm(path.dirname(file), { recursive: true, force: true }).catch((error: unknown) =>
        log.error('Remove the option file of a terminal: failed', error),
      );
    }
  };
  // It is not offered again in a later window, and what it was started with is not kept for one.
  const terminal = window.createTerminal({ name, shellPath, shellArgs, env, isTransient: true });
  const closed = window.onDidCloseTerminal((other) => {
    if (other === terminal) {
      end();
    }
  });
  const timer = setTimeout(() => end(), readLimitMs);
  const end = (): void => {
    clearTimeout(timer);
    closed.dispose();
    remove();
  };
  terminal.show();
  return terminal;
}

async function writeSecret(text: string): Promise<string> {
  // mkdtemp makes a folder that nobody else can enter.
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'tidb-private-endpoint-')), 'options.cnf');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
