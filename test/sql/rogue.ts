import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import type { ServerCertificate } from '../support/certificates';

/** A server of the test's own making on loopback: it does whatever `behave` does with each connection. */
export interface Rogue {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export async function startRogue(
  behave: (socket: Socket, nth: number) => void | Promise<void>,
): Promise<Rogue> {
  const open = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    // A connection that ends in the middle of a behaviour is what most of these tests are about.
    Promise.resolve(behave(socket, (count += 1))).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    open,
    close: async () => {
      open.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

const ssl = 0x0800;
const quit = 1;
const capabilities = 0x0008_8200; // PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH

export function packet(sequence: number, ...parts: readonly (Buffer | string | number[])[]): Buffer {
  const payload = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );
  const header = Buffer.from([0, 0, 0, sequence]);
  header.writeUIntLE(payload.length, 0, 3);
  return Buffer.concat([header, payload]);
}

export function greeting(offersTls = true): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(capabilities | (offersTls ? ssl : 0));
  return packet(
    0,
    [10],
    '8.0.11-TiDB-rogue\0',
    [7, 0, 0, 0],
    'saltsalt\0',
    flags.subarray(0, 2),
    [45, 2, 0],
    flags.subarray(2),
    [21, ...Array<number>(10).fill(0)],
    'saltsaltsalt\0',
    'mysql_native_password\0',
  );
}

export const ok = (sequence: number): Buffer => packet(sequence, [0, 0, 0, 2, 0, 0, 0]);

export function error(sequence: number, errno: number, words: string): Buffer {
  return packet(sequence, [0xff, errno & 0xff, errno >> 8], '#HY000', words);
}

const eof = (sequence: number): Buffer => packet(sequence, [0xfe, 0, 0, 2, 0]);
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
export const row = (sequence: number, ...values: readonly string[]): Buffer =>
  packet(sequence, ...values.map(text));

/** The beginning of a result set with text columns; rows start at sequence `names.length + 3`. */
export function columns(...names: readonly string[]): Buffer {
  const definition = (name: string): Buffer =>
    Buffer.concat([
      ...['def', '', '', '', name, ''].map(text),
      Buffer.from([0x0c, 45, 0, 0, 4, 0, 0, 253, 0, 0, 0, 0, 0]),
    ]);
  return Buffer.concat([
    packet(1, [names.length]),
    ...names.map((name, at) => packet(at + 2, definition(name))),
    eof(names.length + 2),
  ]);
}

export const resultSet = (names: readonly string[], values: readonly string[]): Buffer =>
  Buffer.concat([columns(...names), row(names.length + 3, ...values), eof(names.length + 4)]);

/** Greets, waits for the request for TLS and answers it; the result is the encrypted side. */
export async function upgrade(
  socket: Socket,
  certificate: ServerCertificate,
  options: SecureContextOptions = {},
): Promise<TLSSocket> {
  socket.write(greeting());
  const [request] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  if (request.length > 36) {
    socket.unshift(request.subarray(36));
  }
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({
      cert: certificate.certificatePem,
      key: certificate.privateKeyPem,
      ...options,
    }),
  });
  secure.on('error', () => undefined);
  await once(secure, 'secure');
  return secure;
}

/** Lets anyone in and answers the client's question for the connection id; then each statement goes to `answer`. */
export async function admit(
  socket: Socket,
  certificate: ServerCertificate,
  answer: (statement: string, secure: TLSSocket) => void,
  connectionId = '7',
): Promise<void> {
  const secure = await upgrade(socket, certificate);
  await once(secure, 'data');
  secure.on('data', (data: Buffer) => {
    const statement = data.subarray(5).toString();
    if (data[4] === quit) {
      secure.end();
    } else if (statement.includes('CONNECTION_ID()')) {
      secure.write(resultSet(['id', 'version'], [connectionId, '8.0.11-TiDB-rogue']));
    } else {
      answer(statement, secure);
    }
  });
  secure.write(ok(3));
}
