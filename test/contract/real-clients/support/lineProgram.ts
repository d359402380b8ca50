import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Present } from './prepared';

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

const LAST_WORDS = 4000;
const STOP_TIMEOUT_MS = 5000;

/** A program that reads one JSON object per line and answers each with one, in order. */
export class LineProgram {
  private readonly waiting: Waiting[] = [];
  private readonly ended: Promise<void>;
  private lastWords = '';
  private isRunning = true;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    createInterface({ input: child.stdout }).on('line', (line) => this.take(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    // What it was told after it ended shows as its end.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.isRunning = false;
        this.waiting.splice(0).forEach(({ reject }) => reject(this.gone(reason)));
        resolve();
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(`it ended with ${code ?? signal ?? 'nothing'}`));
    });
  }

  static start(program: Present, args: readonly string[]): LineProgram {
    // No configuration of whoever runs the tests: neither their keys nor their proxies.
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };
    return new LineProgram(spawn(program.command, [...program.args, ...args], { env }));
  }

  ask(question: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.isRunning) {
        reject(this.gone('it is not running'));
        return;
      }
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Ends it by closing its input, and where that does not help, by force. */
  async stop(): Promise<void> {
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    this.child.stdin.end();
    await this.ended;
    clearTimeout(force);
  }

  private take(line: string): void {
    const next = this.waiting.shift();
    try {
      next?.resolve(JSON.parse(line));
    } catch (error) {
      next?.reject(new Error(`${this.child.spawnfile} wrote no JSON: ${line}`, { cause: error }));
    }
  }

  private gone(reason: string): Error {
    return new Error(`${this.child.spawnfile}: ${reason}\n${this.lastWords}`);
  }
}
