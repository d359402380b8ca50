import type { Duplex } from 'node:stream';
import { AppError } from '../core/errors';
import { refusal } from './errors';
import type { Peer } from './errors';

const headerLength = 4;
/** A real greeting is about 100 bytes; anything far longer is another protocol read as a length. */
const longestGreeting = 4096;
const protocolVersion = 10;
const errorPacket = 0xff;
const clientSsl = 0x0800;

/**
 * Waits for the server's first packet, checks that it is MySQL's and that TLS is offered, and puts it back for the
 * driver. Done here because the driver would wait for megabytes when another protocol answers, and because it must
 * see this packet alone: bytes that arrive with it came unencrypted, so nothing may be read from them.
 */
export async function checkGreeting(stream: Duplex, peer: Peer, signal: AbortSignal): Promise<void> {
  stream.unshift((await readGreeting(stream, peer, signal)).packet);
}

/** The same without putting it back. */
export async function readGreeting(
  stream: Duplex,
  peer: Peer,
  signal: AbortSignal,
): Promise<{ readonly packet: Buffer; readonly serverVersion: string }> {
  const packet = await readPacket(stream, peer, signal);
  const payload = packet.subarray(headerLength);
  if (payload[0] === errorPacket) {
    throw refusal(payload, peer);
  }
  const capabilities = payload[0] === protocolVersion ? capabilitiesOf(payload) : undefined;
  if (capabilities === undefined) {
    throw notMysql(peer);
  }
  if ((capabilities & clientSsl) === 0) {
    throw new AppError('sqlTlsUnavailable', { source: 'SQL', subject: peer.host });
  }
  return { packet, serverVersion: payload.toString('latin1', 1, payload.indexOf(0, 1)) };
}

/** Lower half of the capability flags: after the version text, the connection id, 8 bytes of salt and a filler. */
function capabilitiesOf(payload: Buffer): number | undefined {
  const versionEnd = payload.indexOf(0, 1);
  const at = versionEnd + 1 + 4 + 8 + 1;
  return versionEnd < 0 || at + 2 > payload.length ? undefined : payload.readUInt16LE(at);
}

function readPacket(stream: Duplex, peer: Peer, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      stream.off('readable', onReadable);
      stream.off('end', onEnd);
      stream.off('close', onEnd);
      stream.off('error', fail);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason as Error);
    const onEnd = (): void =>
      fail(
        new AppError('sqlUnreachable', {
          source: 'SQL',
          subject: peer.host,
          reason: 'the connection was closed before the server’s greeting',
        }),
      );
    const onReadable = (): void => {
      for (
        let chunk = stream.read() as Buffer | null;
        chunk !== null;
        chunk = stream.read() as Buffer | null
      ) {
        received = Buffer.concat([received, chunk]);
      }
      if (received.length < headerLength) {
        return;
      }
      const length = received.readUIntLE(0, 3);
      if (
        length === 0 ||
        length > longestGreeting ||
        received[3] !== 0 ||
        received.length > headerLength + length
      ) {
        fail(notMysql(peer));
      } else if (received.length === headerLength + length) {
        settle();
        resolve(received);
      }
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('close', onEnd);
    stream.on('error', fail);
  });
}

const notMysql = (peer: Peer): AppError =>
  new AppError('sqlProtocol', {
    source: 'SQL',
    subject: peer.host,
    reason: 'its first bytes are not a MySQL greeting',
  });
