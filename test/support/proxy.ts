import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertificateAuthority } from './certificates';

export interface ProxyOptions {
  readonly authority: CertificateAuthority;
  /** Host name of a cloud → origin of the server on this machine that answers in its place. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** An HTTP proxy on loopback, as companies have: the only way to the hosts it knows, whose TLS it ends itself. */
export interface Proxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `host:port` of every CONNECT so far. */
  readonly connects: readonly string[];
  stop(): Promise<void>;
}

export async function startProxy({ authority, hosts }: ProxyOptions): Promise<Proxy> {
  const { certificatePem: cert, privateKeyPem: key } = authority.issue({ names: Object.keys(hosts) });
  const connects: string[] = [];
  const open = new Set<Socket>();
  const behind = createServer((incoming, outgoing) => {
    pass(hosts[incoming.headers.host ?? ''], incoming, outgoing);
  });
  const proxy = createServer((_, answer) => answer.writeHead(405).end());
  proxy.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  proxy.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    const target = incoming.url ?? '';
    connects.push(target);
    if (hosts[target.replace(/:443$/, '')] === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    const secured = new TLSSocket(socket, { isServer: true, cert, key });
    secured.on('error', () => secured.destroy());
    behind.emit('connection', secured);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connects,
    stop: async () => {
      open.forEach((socket) => socket.destroy());
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}

/** The request as it came, its host header included: signatures cover it. */
function pass(origin: string | undefined, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (origin === undefined) {
    outgoing.writeHead(404).end();
    return;
  }
  const { hostname, port } = new URL(origin);
  const { method, url: path, headers } = incoming;
  const onward = forward({ hostname, port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
