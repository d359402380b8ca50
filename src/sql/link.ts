import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { rootCertificates, TLSSocket } from 'node:tls';
import { createConnection } from 'mysql2';
import type { Connection, SslOptions } from 'mysql2';
import { AppError, isCancellation } from '../core/errors';
import type { SqlTarget } from '../core/ports';
import type { Attempt } from './attempt';
import type { Dial } from './dial';
import { connectError, lostError, statementError } from './errors';
import type { Peer } from './errors';
import { checkGreeting } from './greeting';
import { limitPackets } from './packetLimit';
import { execute } from './statement';
import type { AnswerSink } from './statement';

/** Where connections of one session lead. */
export interface Door {
  readonly target: SqlTarget;
  readonly tls: SslOptions;
  readonly dial: Dial;
}

/** To be reused for connections that trust the same: reading all authorities takes about 50 ms, once per object. */
export function tlsTrusting(caCertificatePem: string | undefined): SslOptions {
  return {
    ca: [...rootCertificates, ...(caCertificatePem === undefined ? [] : [caCertificatePem])],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    verifyIdentity: true,
  };
}

/** The driver's own fields that its types leave out: the stream is the TLS socket once TLS has begun. */
type DriverConnection = Connection & { readonly stream: Duplex };

const goodbyeMs = 1000;

/** One authenticated connection. Emits `lost` once, with the AppError, when it ends other than by `close`. */
export class Link extends EventEmitter<{ lost: [AppError] }> {
  readonly #connection: DriverConnection;
  readonly #stream: Duplex;
  readonly #peer: Peer;
  #open = true;

  constructor(connection: DriverConnection, stream: Duplex, peer: Peer) {
    super();
    this.#connection = connection;
    this.#stream = stream;
    this.#peer = peer;
    connection.on('error', (error: Error) => this.#lose(lostError(error, peer)));
    stream.on('error', (error: Error) => this.#lose(lostError(error, peer)));
    const gone = (): void => this.#lose(this.#closedError('the server closed the connection'));
    connection.stream.on('close', gone);
    stream.on('close', gone);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Streams one statement; see `AnswerSink`. Rejects with an AppError. One at a time. */
  execute(statement: string, sink: AnswerSink): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#open) {
        reject(this.#closedError('it is closed'));
        return;
      }
      this.once('lost', reject);
      execute(this.#connection, statement, sink)
        .finally(() => this.off('lost', reject))
        .then(resolve, (error: unknown) => {
          const failure = statementError(error, this.#peer);
          if (failure.code !== 'sqlStatement') {
            this.#lose(failure);
          }
          reject(failure);
        });
    });
  }

  /** Takes no more from the server until `resume`; what is on its way waits in the network. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    if (this.#open) {
      this.#connection.resume();
    }
  }

  /** Whether the server answers in time; if not, the link is lost. */
  ping(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.#open) {
        resolve(false);
        return;
      }
      const timer = setTimeout(() => this.destroy(`no answer within ${String(withinMs / 1000)} s`), withinMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.off('lost', settle);
        resolve(this.#open);
      };
      this.once('lost', settle);
      this.#connection.ping(settle);
    });
  }

  /** Says goodbye to the server, or stops waiting for it after a second. */
  async close(): Promise<void> {
    if (!this.#open) {
      return;
    }
    this.#open = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, goodbyeMs);
      this.#stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#connection.end();
    });
    this.#tearDown();
  }

  /** Ends it at once; a statement that runs is rejected with `sqlConnectionLost` and this reason. */
  destroy(reason: string): void {
    this.#lose(this.#closedError(reason));
  }

  #lose(error: AppError): void {
    if (this.#open) {
      this.#open = false;
      this.#tearDown();
      this.emit('lost', error);
    }
  }

  #closedError(reason: string): AppError {
    return new AppError('sqlConnectionLost', { source: 'SQL', subject: this.#peer.host, reason });
  }

  #tearDown(): void {
    tearDown(this.#connection, this.#stream);
  }
}

function tearDown(connection: DriverConnection, stream: Duplex): void {
  connection.destroy();
  connection.stream.destroy();
  stream.destroy();
}

/** Opens a connection with TLS verified. An abort of the attempt ends it at any stage with nothing left open. */
export async function openLink(door: Door, attempt: Attempt): Promise<Link> {
  const { target } = door;
  const peer: Peer = { host: target.host, user: target.user, password: target.password };
  if (isIP(target.host) !== 0) {
    throw new AppError('invalidInput', {
      source: 'SQL',
      reason: `${target.host} is an address; the server’s certificate can only be checked against a host name`,
    });
  }
  let stream: Duplex | undefined;
  try {
    stream = await door.dial({ host: target.host, port: target.port }, attempt.signal, attempt);
    stream.on('error', () => undefined);
    attempt.enter('no greeting from the server');
    await checkGreeting(stream, peer, attempt.signal);
    return await logIn(door, stream, peer, attempt);
  } catch (error) {
    stream?.destroy();
    if (isCancellation(error)) {
      throw error;
    }
    throw attempt.signal.aborted ? attempt.signal.reason : connectError(error, peer);
  }
}

function logIn(door: Door, stream: Duplex, peer: Peer, attempt: Attempt): Promise<Link> {
  const { target } = door;
  const connection = createConnection({
    stream,
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    ...(target.database === undefined || target.database === '' ? {} : { database: target.database }),
    ssl: door.tls,
    connectTimeout: 0,
    multipleStatements: false,
    // Like the mysql client: changed (not matched) rows are counted, function names are no reserved words, and the
    // server is told that it will not get local files.
    flags: ['-LOCAL_FILES', '-FOUND_ROWS', '-IGNORE_SPACE', '-ODBC'],
    infileStreamFactory: refuseLocalFile,
    queryFormat: (statement) => statement,
    disableEval: true,
    connectAttributes: { program_name: 'TiDB Private Endpoint' },
  }) as DriverConnection;
  limitPackets(connection);
  const secured = (): boolean => connection.stream instanceof TLSSocket && connection.stream.authorized;
  attempt.enter(() => (secured() ? 'no answer to the login' : 'no answer in the TLS handshake'));

  return new Promise((resolve, reject) => {
    const settle = (): void => {
      attempt.signal.removeEventListener('abort', onAbort);
      connection.off('connect', onConnect);
    };
    const fail = (error: Error): void => {
      settle();
      tearDown(connection, stream);
      reject(error);
    };
    const onAbort = (): void => fail(attempt.signal.reason as Error);
    const onConnect = (): void => {
      settle();
      connection.off('error', onError);
      resolve(new Link(connection, stream, peer));
    };
    const onError = (error: Error): void => fail(connectError(error, peer, certificateProblem(connection)));
    connection.on('error', onError);
    connection.on('connect', onConnect);
    attempt.signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Set by Node when it refuses a certificate, for example `CERT_HAS_EXPIRED`. */
function certificateProblem(connection: DriverConnection): string | undefined {
  const problem = connection.stream instanceof TLSSocket ? connection.stream.authorizationError : undefined;
  return (problem as Error | string | null | undefined)?.toString();
}

/** Only reached when a server asks although it was told that there are no local files: such a server is left. */
function refuseLocalFile(): never {
  throw new Error('the server asked for a file of this machine and was refused');
}
