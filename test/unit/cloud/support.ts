import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../src/core/errors';
import type { Clock, Log } from '../../../src/core/ports';

/** Time that passes only in sleeps, and at once. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  private time: number;

  constructor(start = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  pass(ms: number): void {
    this.time += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.time += ms;
    await Promise.resolve();
    signal?.throwIfAborted();
  }
}

/** Keeps every line, so that a test can look for what must not be there. */
export class RecordingLog implements Log {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(message);
  }
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string, error?: unknown): void {
    this.lines.push(message, String(error));
  }
}

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Respond = (request: Received, response: ServerResponse) => void;

export interface TestServer {
  readonly origin: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as it is told. */
export async function serve(respond: Respond): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
      const whole = {
        method: request.method ?? '',
        url,
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      received.push(whole);
      respond(whole, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The AppError that the work fails with; anything else fails the test. */
export async function appErrorOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) {
      return error;
    }
    throw error;
  }
  throw new Error('it did not fail');
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

/** Everything an error says anywhere: its own text and fields, and those of its causes. */
export function wholeText(error: unknown): string {
  const parts: string[] = [];
  for (let link = error; link instanceof Error; link = link.cause) {
    parts.push(link.message, link.stack ?? '', JSON.stringify(link, Object.getOwnPropertyNames(link)));
    parts.push(AppError.is(link) ? JSON.stringify({ ...link.details, cause: undefined }) : '');
  }
  return parts.join('\n');
}
