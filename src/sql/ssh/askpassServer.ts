import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshQuestion } from '../../core/ports';
import type { SshConversation } from './answers';

export interface AskpassFiles {
  /** The askpass program's bundle. */
  readonly script: string;
  /** A folder of the extension's own, in which the launcher is kept. */
  readonly folder: string;
}

const isWindows = process.platform === 'win32';
const longestQuestion = 65_536;
/** The shortest limit for the path of a socket is macOS's: 104. */
const longestSocketPath = 100;

const launchers = {
  posix: {
    name: 'askpass.sh',
    text: [
      '#!/bin/sh',
      'unset NODE_OPTIONS',
      'ELECTRON_RUN_AS_NODE=1 exec "$TIDB_PRIVATE_ENDPOINT_ASKPASS_NODE" "$TIDB_PRIVATE_ENDPOINT_ASKPASS_MAIN" "$1"',
      '',
    ].join('\n'),
  },
  windows: {
    name: 'askpass.cmd',
    text: [
      '@echo off',
      'set NODE_OPTIONS=',
      'set ELECTRON_RUN_AS_NODE=1',
      '"%TIDB_PRIVATE_ENDPOINT_ASKPASS_NODE%" "%TIDB_PRIVATE_ENDPOINT_ASKPASS_MAIN%" %*',
      '',
    ].join('\r\n'),
  },
};

/** Answers the questions of one run of `ssh`, which come in through the askpass program. */
export interface AskpassServer {
  /** What `ssh` needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The person did not want to answer. */
  readonly cancelled: boolean;
  close(): Promise<void>;
}

/** @param onCancel called when a question was not answered */
export async function startAskpass(
  files: AskpassFiles,
  conversation: SshConversation,
  onCancel: () => void,
): Promise<AskpassServer> {
  const launcher = await placeLauncher(files.folder);
  const { path, remove } = await socketPlace();
  const token = randomBytes(32).toString('base64url');
  const closing = new AbortController();
  let cancelled = false;
  const server = createServer((socket) => {
    serve(socket, token, closing.signal, async (kind, text, signal) => {
      const answer = await conversation.answer(kind, text, signal);
      if (answer === undefined && !signal.aborted) {
        cancelled = true;
        onCancel();
      }
      return answer;
    });
  });
  await listen(server, path);
  return {
    env: {
      SSH_ASKPASS: launcher,
      SSH_ASKPASS_REQUIRE: 'force',
      // Before OpenSSH 8.4 an askpass program was used only where a display was named.
      DISPLAY: process.env.DISPLAY ?? ':0',
      TIDB_PRIVATE_ENDPOINT_ASKPASS_NODE: process.execPath,
      TIDB_PRIVATE_ENDPOINT_ASKPASS_MAIN: files.script,
      TIDB_PRIVATE_ENDPOINT_ASKPASS_SOCKET: path,
      TIDB_PRIVATE_ENDPOINT_ASKPASS_TOKEN: token,
    },
    get cancelled() {
      return cancelled;
    },
    close: async () => {
      closing.abort();
      server.close();
      await remove();
    },
  };
}

type Answer = (kind: SshQuestion['kind'], text: string, signal: AbortSignal) => Promise<string | undefined>;

function serve(socket: Socket, token: string, closing: AbortSignal, answer: Answer): void {
  const gone = new AbortController();
  const end = (): void => gone.abort();
  const onClosing = (): void => void socket.destroy();
  closing.addEventListener('abort', onClosing, { once: true });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closing.removeEventListener('abort', onClosing);
    end();
  });
  let text = '';
  socket.setEncoding('utf8');
  const onData = (chunk: string): void => {
    text += chunk;
    if (text.length > longestQuestion) {
      socket.destroy();
    } else if (text.endsWith('\n')) {
      socket.off('data', onData);
      socket.resume();
      const question = read(text);
      if (question === undefined || !same(question.token, token)) {
        socket.destroy();
        return;
      }
      answer(kindOf(question), question.text, gone.signal).then(
        (given) => socket.end(given === undefined ? '' : `${JSON.stringify({ answer: given })}\n`),
        () => socket.destroy(),
      );
    }
  };
  socket.on('data', onData);
}

interface Question {
  readonly token: string;
  readonly text: string;
  /** Of `ssh`: `confirm`, `none` for what wants no answer, or nothing. */
  readonly hint: string;
}

function read(line: string): Question | undefined {
  try {
    const { token, text, hint } = JSON.parse(line) as Partial<Record<keyof Question, unknown>>;
    return typeof token === 'string' && typeof text === 'string' && typeof hint === 'string'
      ? { token, text, hint }
      : undefined;
  } catch {
    return undefined;
  }
}

const kindOf = ({ hint, text }: Question): SshQuestion['kind'] =>
  hint === 'none' ? 'notice' : hint === 'confirm' || /\byes\b.*\bno\b/is.test(text) ? 'confirm' : 'secret';

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });

/** In a folder that nobody else may enter; on Windows a pipe with a name that nobody can guess. */
async function socketPlace(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  if (isWindows) {
    const path = `\\\\.\\pipe\\tidb-private-endpoint-${randomBytes(16).toString('hex')}`;
    return { path, remove: () => Promise.resolve() };
  }
  const temporary = join(tmpdir(), 'tidb-pe-XXXXXX', 's').length > longestSocketPath ? '/tmp' : tmpdir();
  const folder = await mkdtemp(join(temporary, 'tidb-pe-'));
  return { path: join(folder, 's'), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Written whole or not at all: another window may start it at the same time. */
async function placeLauncher(folder: string): Promise<string> {
  const { name, text } = isWindows ? launchers.windows : launchers.posix;
  const path = join(folder, name);
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(fresh, text, { mode: 0o700 });
    await rename(fresh, path);
  }
  await chmod(path, 0o700);
  return path;
}
