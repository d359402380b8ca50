import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { causeOf } from './cause';
import type { Answer, IncomingCall } from './exchange';

const HOST = '127.0.0.1';
const LARGEST_BODY_BYTES = 1024 * 1024;
const INTERNAL_ERROR: Answer = {
  status: 500,
  headers: { 'content-type': 'text/plain' },
  body: 'The sandbox failed to answer.',
};

export type Handler = (call: IncomingCall) => Promise<Answer>;

/** An HTTP server that only this machine can reach and that stops at once, open connections included. */
export class LoopbackServer {
  private constructor(private readonly server: Server) {}

  /** @throws the listen error, for example EADDRINUSE when `port` is taken; port 0 takes a free one. */
  static async start(port: number, handler: Handler, log: (line: string) => void): Promise<LoopbackServer> {
    const server = createServer((request, response) => {
      void serve(handler, request, response, log);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new LoopbackServer(server);
  }

  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  get origin(): string {
    return `http://${HOST}:${this.port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

async function serve(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> {
  let body: Buffer | undefined;
  try {
    body = await readBody(request);
  } catch {
    // The client went away while it was sending.
    request.socket.destroy();
    return;
  }
  if (body === undefined) {
    send(response, { status: 413, headers: { connection: 'close' }, body: '' });
    return;
  }
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const call: IncomingCall = {
    method: request.method ?? 'GET',
    target,
    path: mark < 0 ? target : target.slice(0, mark),
    queryText: mark < 0 ? '' : target.slice(mark + 1),
    headers: request.headers,
    body,
  };
  try {
    send(response, await handler(call));
  } catch (error) {
    log(causeOf(`sandbox ${call.method} ${call.path} failed`, error));
    send(response, INTERNAL_ERROR);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: Answer): void {
  const socket = response.socket;
  if (answer.cut === 'reset') {
    socket?.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': bytes.length });
  if (answer.cut === 'truncate') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => socket?.destroy());
    return;
  }
  response.end(bytes);
}
