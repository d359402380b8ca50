import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, createSecureContext, rootCertificates } from 'node:tls';
import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import type { ShownCertificate, TlsFacts } from '../core/probe';
import { connectError } from './errors';
import type { Peer } from './errors';

/** Asks for TLS and says nothing more: capabilities PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH; utf8mb4. */
function tlsRequest(): Buffer {
  const packet = Buffer.alloc(36);
  packet.writeUIntLE(32, 0, 3);
  packet[3] = 1;
  packet.writeUInt32LE(0x0008_8a00, 4);
  packet.writeUInt32LE(1 << 24, 8);
  packet[12] = 45;
  return packet;
}

let known: { readonly pem: string | undefined; readonly context: SecureContext } | undefined;

/** Reading all authorities takes about 50 ms; the one of last time is mostly the one of next time. */
function trusting(pem: string | undefined): SecureContext {
  if (known === undefined || known.pem !== pem) {
    const ca = [...rootCertificates, ...(pem === undefined ? [] : [pem])];
    known = { pem, context: createSecureContext({ ca, minVersion: 'TLSv1.2' }) };
  }
  return known.context;
}

/**
 * Sets up TLS after the greeting and looks at the certificate. One that is refused is still shown: nothing is sent on
 * this connection, which ends here, so what is not to be trusted gets nothing.
 */
export async function lookAtTls(
  stream: Duplex,
  peer: Peer,
  caCertificatePem: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly value: TlsFacts; readonly error?: unknown }> {
  const secureContext = trusting(caCertificatePem);
  stream.write(tlsRequest());
  const secure = connect({
    socket: stream,
    secureContext,
    rejectUnauthorized: false,
    ...(isIP(peer.host) === 0 && { servername: peer.host }),
  });
  await handshake(secure, stream, signal);
  const shown = secure.getPeerCertificate();
  const certificate = certificateOf(shown);
  const wrongHost = certificate === undefined ? undefined : checkServerIdentity(peer.host, shown);
  const value: TlsFacts = {
    protocol: secure.getProtocol() ?? '',
    ...(certificate && { certificate }),
    namesHost: certificate !== undefined && wrongHost === undefined,
  };
  secure.destroy();
  if (!secure.authorized) {
    const code = String(secure.authorizationError);
    return { value, error: connectError(new Error(code.replaceAll('_', ' ').toLowerCase()), peer, code) };
  }
  return wrongHost === undefined
    ? { value }
    : { value, error: connectError(wrongHost, peer, 'ERR_TLS_CERT_ALTNAME_INVALID') };
}

function handshake(secure: TLSSocket, stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
      secure.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    secure.once('secureConnect', () => {
      settle();
      resolve();
    });
    // Named as the driver does, so that the words are the same.
    secure.on('error', (error: Error) => fail(Object.assign(error, { code: 'HANDSHAKE_SSL_ERROR' })));
    stream.once('close', () =>
      fail(
        Object.assign(new Error('disconnected before secure TLS connection'), {
          code: 'HANDSHAKE_SSL_ERROR',
        }),
      ),
    );
  });
}

function certificateOf(shown: PeerCertificate): ShownCertificate | undefined {
  if (Object.keys(shown).length === 0) {
    return undefined;
  }
  return {
    subject: nameOf(shown.subject),
    issuer: nameOf(shown.issuer),
    names: (shown.subjectaltname ?? '')
      .split(/,\s*/)
      .map((name) => name.replace(/^(DNS|IP Address):/, ''))
      .filter((name) => name !== ''),
    validFrom: shown.valid_from,
    validTo: shown.valid_to,
  };
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ');
}
