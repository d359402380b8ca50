import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { atOwnEnd } from './ownEnd';

/** A program in a process group of its own, so that it can be ended with everything it started. */
export interface OwnedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when the program itself has ended, with its exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Ends the program and all its descendants: SIGTERM, then SIGKILL after `graceMs`. Resolves when all are gone. */
  stop(graceMs?: number): Promise<void>;
}

export interface OwnedProcessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with each line the program writes on stdout or stderr. */
  readonly onLine?: (line: string) => void;
}

const SETPRIV = '/usr/bin/setpriv';

/**
 * Starts a program that cannot outlive this process: when this process ends its group is killed, and where
 * the system has `setpriv` the kernel kills it even when this process dies without a chance to act.
 */
export function startOwned(
  command: string,
  args: readonly string[],
  options: OwnedProcessOptions,
): OwnedProcess {
  const guard = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];
  const [program = command, ...rest] = [...guard, command, ...args];
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  ended.catch(() => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    forEachLine(stream, options.onLine ?? (() => undefined));
  }
  const pid = child.pid ?? 0;
  const takeBack = atOwnEnd(() => {
    if (pid > 0) {
      signalAll(pid, [...membersOf(pid, new Map()).keys()], 'SIGKILL');
    }
  });
  return {
    pid,
    child,
    ended,
    stop: async (graceMs = 1500) => {
      if (pid > 0) {
        await endTree(pid, graceMs);
      }
      takeBack();
    },
  };
}

function forEachLine(stream: NodeJS.ReadableStream, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach((line) => {
      use(line.trimEnd());
    });
  });
  stream.on('end', () => {
    if (rest !== '') {
      use(rest);
    }
  });
}

async function endTree(root: number, graceMs: number): Promise<void> {
  // A terminal's shell leads a session of its own, so the group alone does not reach it.
  const known = new Map<number, string>();
  const note = (): void => {
    for (const [pid, entry] of membersOf(root, known)) {
      known.set(pid, entry);
    }
  };
  const living = (): number[] =>
    [...known].filter(([pid, start]) => startTime(pid) === start).map(([pid]) => pid);
  note();
  signalAll(root, living(), 'SIGTERM');
  const killAt = Date.now() + graceMs;
  while (living().length > 0) {
    note();
    if (Date.now() > killAt) {
      signalAll(root, living(), 'SIGKILL');
    }
    await delay(20);
  }
}

function signalAll(group: number, pids: readonly number[], signal: NodeJS.Signals): void {
  for (const target of [-group, ...pids]) {
    try {
      process.kill(target, signal);
    } catch {
      // Already gone, which is what is wanted.
    }
  }
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly start: string;
}

/** The processes in the group of `root`, the descendants of it, and those of the already known ones. */
function membersOf(root: number, known: ReadonlyMap<number, string>): Map<number, string> {
  const all = processTable();
  const members = new Map<number, string>();
  let grew = true;
  while (grew) {
    grew = false;
    for (const entry of all) {
      const belongs =
        entry.pid === root || entry.group === root || members.has(entry.parent) || known.has(entry.parent);
      if (belongs && !members.has(entry.pid)) {
        members.set(entry.pid, entry.start);
        grew = true;
      }
    }
  }
  return members;
}

function processTable(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const entry = readEntry(Number(name));
      return entry === undefined ? [] : [entry];
    });
}

function startTime(pid: number): string | undefined {
  return readEntry(pid)?.start;
}

/** A process as /proc tells it, or undefined when it is gone or waits only for its parent to notice its end. */
function readEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The program's name is in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  if (state === 'Z' || state === 'X') {
    return undefined;
  }
  return { pid, parent: Number(parent), group: Number(group), start: fields[19] ?? '' };
}
