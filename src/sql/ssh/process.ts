import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long `ssh` and what it has started may take to end by themselves. */
const graceMs = 500;
/** What is said on stderr may come a little later than the end. */
const lastWordsMs = 300;
const keptWords = 16_384;
const isWindows = process.platform === 'win32';

/** Groups of this process's own; what a jump host needs is in them too. */
const living = new Set<number>();
let watching = false;

/**
 * The person's own `ssh` program, without a terminal, in a process group of its own: ended as a whole, with all that it
 * has started for jump hosts, at the latest when this process ends.
 */
export class SshProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended and said its last words, with true when it ended well; rejects when it did not start. */
  readonly ended: Promise<boolean>;
  private readonly child: Child;
  private words = '';

  constructor(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    onWords: (all: string) => void,
  ) {
    this.child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
      // A session of its own: no terminal on which it could ask, and a group that can be ended whole.
      detached: !isWindows,
      windowsHide: true,
    });
    const { child } = this;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    if (child.pid !== undefined) {
      watchOwnEnd();
      living.add(child.pid);
    }
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      this.words = (this.words + text).slice(-keptWords);
      onWords(this.words);
    });
    const said = new Promise<void>((resolve) => child.stderr.once('close', resolve));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        this.stop();
        const late = new Promise<void>((then) => setTimeout(then, lastWordsMs));
        void Promise.race([said, late]).then(() => resolve(code === 0));
      });
    });
    this.ended.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** What it has said on stderr so far. */
  get said(): string {
    return this.words;
  }

  /** Ends it and all that it has started. Nothing happens the second time. */
  stop(): void {
    const { pid } = this.child;
    if (pid === undefined || !living.delete(pid)) {
      return;
    }
    if (isWindows) {
      endTree(pid);
      return;
    }
    if (signalGroup(pid, 'SIGTERM')) {
      setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs).unref();
    }
  }
}

/** False when nobody of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function endTree(pid: number): void {
  spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
    'error',
    () => undefined,
  );
}

function watchOwnEnd(): void {
  if (!watching) {
    watching = true;
    process.once('exit', () => {
      for (const pid of living) {
        if (isWindows) {
          endTree(pid);
        } else {
          signalGroup(pid, 'SIGKILL');
        }
      }
    });
  }
}
