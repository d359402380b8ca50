import { unlessAborted } from '../../core/abort';
import { AppError, isCancellation } from '../../core/errors';
import type { PrivateEndpoint } from '../../core/health';
import type { Log, SqlConnector, SqlSession } from '../../core/ports';
import type { Authorities } from './authorities';
import type { LastDatabases } from './lastDatabases';
import type { AskCredentials, Credentials, Passwords } from './passwords';
import type { Routes } from './routes';

export interface OpenerParts {
  readonly passwords: Passwords;
  readonly authorities: Authorities;
  readonly routes: Routes;
  readonly databases: LastDatabases;
  readonly connector: () => Promise<SqlConnector>;
  readonly learnSecret: (secret: string) => void;
  readonly log: Log;
}

export interface Opening {
  readonly endpoint: PrivateEndpoint;
  /** Absent: nobody is asked. */
  readonly ask?: AskCredentials;
  /** To be in use; one that does not exist is an error. */
  readonly database?: string;
  /** To be in use where it still can be. */
  readonly formerDatabase?: string;
  readonly signal: AbortSignal;
}

export interface Opened {
  readonly session: SqlSession;
  /** The one that was asked for when it was opened. */
  readonly database?: string;
}

/** Refusals of the login that another password would not change. */
const notThePassword = new Set([
  'ER_DBACCESS_DENIED_ERROR',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_MUST_CHANGE_PASSWORD_LOGIN',
  'ER_ACCOUNT_HAS_BEEN_LOCKED',
  '1862',
  '3118',
  '4151',
]);

/** Opens new sessions: the password, the authority, the route and the database that each of them takes. */
export class Opener {
  constructor(private readonly parts: OpenerParts) {}

  /** Asks again while the server refuses the password; undefined when nobody gives one. */
  async open(opening: Opening): Promise<Opened | undefined> {
    const { endpoint, ask, signal } = opening;
    const { passwords, learnSecret, log } = this.parts;
    const { instanceId } = endpoint;
    for (;;) {
      let credentials = await passwords.known(instanceId);
      if (credentials === undefined && ask !== undefined) {
        credentials = await unlessAborted(passwords.ask(instanceId, ask), signal);
      }
      if (credentials === undefined) {
        return undefined;
      }
      learnSecret(credentials.password);
      try {
        const opened = await this.dial(opening, credentials);
        await passwords.accept(instanceId, credentials);
        return opened;
      } catch (error) {
        if (ask === undefined && isCancellation(error) && !signal.aborted) {
          return undefined;
        }
        if (!isWrongPassword(error)) {
          passwords.drop(instanceId, credentials);
          throw error;
        }
        log.warn(`The password for ${credentials.user} was refused`);
        await passwords.refuse(instanceId, credentials);
      }
    }
  }

  private async dial(opening: Opening, credentials: Credentials): Promise<Opened> {
    const { endpoint, ask, database, signal } = opening;
    const { authorities, routes, databases } = this.parts;
    const { host, port } = addressOf(endpoint);
    const connector = await this.parts.connector();
    const route = await routes.to(endpoint);
    const unattended = ask === undefined && { unattended: true as const };
    const common = {
      ...{ host, port, ...credentials },
      ...(route.kind === 'bastion' && { route: { ...route, ...unattended } }),
    };
    const openIn = async (name?: string): Promise<Opened> => {
      const inUse = name === undefined ? {} : { database: name };
      const session = await authorities.using(
        endpoint.instanceId,
        (caCertificatePem) => connector.open({ ...common, caCertificatePem, ...inUse }, signal),
        signal,
      );
      return { session, ...inUse };
    };
    if (database !== undefined) {
      return openIn(database);
    }
    const usual = opening.formerDatabase ?? (ask === undefined ? undefined : databases.get(endpoint));
    if (usual === undefined) {
      return openIn();
    }
    // Nobody asked for this one now: one that is gone, or closed to this user, is left out.
    return openIn(usual).catch((error: unknown) => {
      if (!isAboutDatabase(error)) {
        throw error;
      }
      return openIn();
    });
  }
}

const isWrongPassword = (error: unknown): boolean =>
  AppError.is(error) &&
  error.code === 'sqlAccessDenied' &&
  !notThePassword.has(error.details.serviceCode ?? '');

const isAboutDatabase = (error: unknown): boolean =>
  AppError.is(error) &&
  (error.code === 'sqlUnknownDatabase' || error.details.serviceCode === 'ER_DBACCESS_DENIED_ERROR');

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
