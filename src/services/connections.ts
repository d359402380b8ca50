import { Emitter } from '../core/emitter';
import { AppError, cancellation } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import type { Log, SecretStore, SqlConnector, SqlResult, SqlSession, StateStore } from '../core/ports';
import type { Accounts } from './accounts';

/** Names one private endpoint of one instance. */
export interface EndpointRef {
  readonly instanceId: string;
  readonly endpointId: string;
}

export const endpointKey = ({ instanceId, endpointId }: EndpointRef): string => `${instanceId}/${endpointId}`;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Asks the person; undefined when they cancel. `refused` is set when the last answer was not accepted. */
export type AskCredentials = (question: {
  readonly user: string;
  readonly refused: boolean;
}) => Promise<Credentials | undefined>;

export interface ConnectionsOptions {
  readonly accounts: Accounts;
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly keys: {
    readonly password: (instanceId: string, user: string) => string;
    readonly caCertificate: (instanceId: string) => string;
    readonly user: (instanceId: string) => string;
  };
  readonly connector: () => Promise<SqlConnector>;
  readonly learnSecret: (secret: string) => void;
  readonly log: Log;
}

const defaultUser = 'root';

/** SQL sessions, one for each private endpoint, opened through its private domain. */
export class Connections {
  private readonly sessions = new Map<string, SqlSession>();
  private readonly opening = new Map<string, Promise<SqlSession | undefined>>();
  private readonly running = new Set<AbortController>();
  private readonly changed: Emitter<string>;
  private readonly runningChanged: Emitter<boolean>;
  private disposed = false;

  constructor(private readonly options: ConnectionsOptions) {
    const onListenerError = (error: unknown): void =>
      options.log.error('A listener of the connections failed', error);
    this.changed = new Emitter(onListenerError);
    this.runningChanged = new Emitter(onListenerError);
  }

  /** Fires with the endpoint's key when its session opens or closes. */
  get onDidChange(): Emitter<string>['event'] {
    return this.changed.event;
  }

  /** Fires when the first statement starts and when the last one ends. */
  get onDidChangeRunning(): Emitter<boolean>['event'] {
    return this.runningChanged.event;
  }

  isOpen(ref: EndpointRef): boolean {
    return this.sessions.get(endpointKey(ref))?.open === true;
  }

  /**
   * The open session of an endpoint, or a new one. The password comes from the secret store, else from the person; one
   * that the server refuses is forgotten and asked for again, until the person cancels. Whoever asks while a session is
   * being opened gets that one.
   *
   * @returns undefined when the person cancelled
   */
  open(
    endpoint: PrivateEndpoint,
    ask: AskCredentials,
    signal?: AbortSignal,
  ): Promise<SqlSession | undefined> {
    const key = endpointKey(endpoint);
    const before = this.sessions.get(key);
    if (before?.open === true) {
      return Promise.resolve(before);
    }
    const already = this.opening.get(key);
    if (already !== undefined) {
      return already;
    }
    const opening = this.openNew(endpoint, ask, signal).finally(() => this.opening.delete(key));
    this.opening.set(key, opening);
    return opening;
  }

  /** Runs one statement on the endpoint's open session. */
  async run(
    ref: EndpointRef,
    statement: string,
    limits: { readonly maxRows: number; readonly timeoutMs: number },
  ): Promise<SqlResult> {
    const session = this.sessions.get(endpointKey(ref));
    if (session === undefined) {
      throw new AppError('sqlConnectionLost', { source: 'SQL' });
    }
    const abort = new AbortController();
    this.running.add(abort);
    if (this.running.size === 1) {
      this.runningChanged.fire(true);
    }
    try {
      return await session.run(statement, { ...limits, signal: abort.signal });
    } finally {
      this.running.delete(abort);
      if (this.running.size === 0) {
        this.runningChanged.fire(false);
      }
      if (!session.open) {
        this.forget(ref, session);
      }
    }
  }

  /** Stops the statements that are running; their sessions stay usable. */
  cancelRunning(): void {
    for (const abort of this.running) {
      abort.abort(cancellation());
    }
  }

  async disconnect(ref: EndpointRef): Promise<void> {
    const session = this.sessions.get(endpointKey(ref));
    if (session !== undefined) {
      this.forget(ref, session);
      await session.close();
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const open = [...this.sessions.values()];
    this.sessions.clear();
    await Promise.allSettled(open.map((session) => session.close()));
  }

  private async openNew(
    endpoint: PrivateEndpoint,
    ask: AskCredentials,
    signal: AbortSignal | undefined,
  ): Promise<SqlSession | undefined> {
    let known = await this.storedCredentials(endpoint.instanceId);
    let refused = false;
    for (;;) {
      const credentials = known.credentials ?? (await ask({ user: known.user, refused }));
      if (credentials === undefined) {
        return undefined;
      }
      this.options.learnSecret(credentials.password);
      try {
        const session = await this.dial(endpoint, credentials, signal);
        await this.adopt(endpoint, session);
        await this.remember(endpoint.instanceId, credentials);
        return session;
      } catch (error) {
        if (!AppError.is(error) || error.code !== 'sqlAccessDenied') {
          throw error;
        }
        this.options.log.warn(`The password for ${credentials.user} was refused`);
        await this.options.secrets.delete(this.options.keys.password(endpoint.instanceId, credentials.user));
        known = { user: credentials.user };
        refused = true;
      }
    }
  }

  private async dial(
    endpoint: PrivateEndpoint,
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): Promise<SqlSession> {
    const { host, port } = addressOf(endpoint);
    const connector = await this.options.connector();
    const open = async (caCertificatePem: string): Promise<SqlSession> =>
      connector.open({ host, port, ...credentials, caCertificatePem }, signal);
    const kept = this.options.state.get(this.options.keys.caCertificate(endpoint.instanceId));
    if (typeof kept !== 'string') {
      return open(await this.downloadCa(endpoint.instanceId, signal));
    }
    try {
      return await open(kept);
    } catch (error) {
      if (!AppError.is(error) || error.code !== 'sqlCertificateUntrusted') {
        throw error;
      }
      // The authority may have been renewed since it was downloaded.
      const fresh = await this.downloadCa(endpoint.instanceId, signal);
      if (fresh === kept) {
        throw error;
      }
      return open(fresh);
    }
  }

  private async downloadCa(instanceId: string, signal: AbortSignal | undefined): Promise<string> {
    const api = await this.options.accounts.tidbCloudFor(instanceId);
    const pem = await api.getCaCertificate(instanceId, signal);
    await this.options.state.set(this.options.keys.caCertificate(instanceId), pem);
    return pem;
  }

  private async storedCredentials(instanceId: string): Promise<{ user: string; credentials?: Credentials }> {
    const kept = this.options.state.get(this.options.keys.user(instanceId));
    const user = typeof kept === 'string' ? kept : defaultUser;
    const password = await this.options.secrets.get(this.options.keys.password(instanceId, user));
    return password === undefined ? { user } : { user, credentials: { user, password } };
  }

  private async adopt(endpoint: PrivateEndpoint, session: SqlSession): Promise<void> {
    if (this.disposed) {
      await session.close();
      throw cancellation();
    }
    const key = endpointKey(endpoint);
    this.sessions.set(key, session);
    this.changed.fire(key);
  }

  /** What cannot be kept, for example in a locked keyring, is asked for again the next time. */
  private async remember(instanceId: string, { user, password }: Credentials): Promise<void> {
    try {
      await this.options.state.set(this.options.keys.user(instanceId), user);
      await this.options.secrets.set(this.options.keys.password(instanceId, user), password);
    } catch (error) {
      this.options.log.error('Keep the database password: failed', error);
    }
  }

  private forget(ref: EndpointRef, session: SqlSession): void {
    const key = endpointKey(ref);
    if (this.sessions.get(key) === session) {
      this.sessions.delete(key);
      this.changed.fire(key);
    }
  }
}

/** @throws AppError conflict while the endpoint has no private domain yet */
export function addressOf({ connection, endpointId }: PrivateEndpoint): {
  readonly host: string;
  readonly port: number;
} {
  if (connection?.state !== 'ACTIVE' || connection.host === undefined || connection.port === undefined) {
    throw new AppError('conflict', {
      source: 'TiDB Cloud',
      reason: `the connection of ${endpointId} is not Active yet`,
    });
  }
  return { host: connection.host, port: connection.port };
}
