import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** When a call is stopped at: before it arrives, when it has taken effect unanswered, or when it was answered. */
export type Phase = 'before' | 'sent' | 'answered';

/**
 * Stands between a window and one cloud, and sees each call pass. `passing` may end the window; a call that it stops goes
 * no further.
 */
export class Toll {
  readonly url: string;
  private constructor(
    private readonly server: http.Server,
    private readonly upstream: URL,
    private readonly passing: (call: string, phase: Phase) => boolean | Promise<boolean>,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.forward(request, response).catch(() => response.destroy());
    });
  }

  /** @param passing resolves with false when the call is to go no further */
  static async open(
    upstream: string,
    passing: (call: string, phase: Phase) => boolean | Promise<boolean>,
  ): Promise<Toll> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Toll(server, new URL(upstream), passing);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async forward(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await read(request);
    const call = nameOf(request);
    if (!(await this.passing(call, 'before'))) {
      response.destroy();
      return;
    }
    const answer = await this.send(request, body);
    if (!(await this.passing(call, 'sent'))) {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    await new Promise<void>((resolve) => response.end(answer.body, resolve));
    await this.passing(call, 'answered');
  }

  /** With the headers as they are: the host is part of what is signed. */
  private send(
    request: http.IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.upstream;
      const onward = http.request(
        { hostname, port, method: request.method, path: request.url, headers: request.headers, agent: false },
        (answer) => {
          read(answer).then(
            (text) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
            reject,
          );
        },
      );
      onward.on('error', reject);
      onward.end(body);
    });
  }
}

async function read(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** The operation's name; the ids of what it is about are left out. */
function nameOf({ method = '', url = '', headers }: http.IncomingMessage): string {
  const action = headers['x-acs-action'];
  const [pathname = ''] = url.split('?');
  const [kind = ''] = pathname.split('/').slice(4);
  return typeof action === 'string' ? action : `${method} ${kind}`;
}
