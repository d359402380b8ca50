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
  private readonly running = new Set<AbortController>();
  private readonly changed: Emitter<string>;
  private readonly runningChanged: Emitter<boolean>;

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
   * that the server refuses is forgotten and asked for again, until the person cancels.
   *
   * @returns undefined when the person cancelled
   */
  async open(
    endpoint: PrivateEndpoint,
    ask: AskCredentials,
    signal?: AbortSignal,
  ): Promise<SqlSession | undefined> {
    const key = endpointKey(endpoint);
    const before = this.sessions.get(key);
    if (before?.open === true) {
      return before;
    }
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
        await this.remember(endpoint.instanceId, credentials);
        this.sessions.set(key, session);
        this.changed.fire(key);
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
    this.runningChanged.fire(true);
    try {
      return await session.run(statement, { ...limits, signal: abort.signal });
    } finally {
      this.running.delete(abort);
      this.runningChanged.fire(this.running.size > 0);
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
    const open = [...this.sessions.values()];
    this.sessions.clear();
    await Promise.allSettled(open.map((session) => session.close()));
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
    const api = await this.options.accounts.tidbCloud();
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

  private async remember(instanceId: string, { user, password }: Credentials): Promise<void> {
    await this.options.state.set(this.options.keys.user(instanceId), user);
    await this.options.secrets.set(this.options.keys.password(instanceId, user), password);
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
