import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Attempt } from './attempt';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens the byte stream on which MySQL is spoken: a direct TCP connection, or one through a bastion. The stream's errors
 * after that are the reader's. Rejects with the network's own error or an AppError; when aborted, with the signal's reason
 * and nothing left open. `waiting` learns what is waited for.
 */
export type Dial = (
  address: Address,
  signal: AbortSignal,
  waiting?: Pick<Attempt, 'enter' | 'pausing'>,
) => Promise<Duplex>;

const keepAliveAfterMs = 30_000;

/** Names under `.localhost` are this machine's (RFC 6761, 6.3); not every system's resolver knows them. */
export const reachedAt = (host: string): string => (/(^|\.)localhost\.?$/i.test(host) ? '127.0.0.1' : host);

export const dialTcp: Dial = (address, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({ host: reachedAt(address.host), port: address.port });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveAfterMs);
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    const onAbort = (): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
