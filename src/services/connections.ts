import { unlessAborted } from '../core/abort';
import { Emitter } from '../core/emitter';
import { AppError, cancellation } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import type {
  Clock,
  Log,
  MachineNetwork,
  SecretStore,
  SqlConnector,
  SqlRoute,
  SqlSession,
  StateStore,
} from '../core/ports';
import { wordsForState, type SessionState } from '../core/sessionState';
import type { Accounts } from './accounts';
import { Authorities } from './connecting/authorities';
import { KeptSession, type SessionPast } from './connecting/keptSession';
import { LastDatabases } from './connecting/lastDatabases';
import { addressOf, Opener, type Opening } from './connecting/opener';
import { Passwords, type AskCredentials, type Credentials } from './connecting/passwords';
import { Routes } from './connecting/routes';

export { addressOf } from './connecting/opener';
export type { AskCredentials, Credentials } from './connecting/passwords';

/** Names one private endpoint of one instance. */
export interface EndpointRef {
  readonly instanceId: string;
  readonly endpointId: string;
}

export const endpointKey = ({ instanceId, endpointId }: EndpointRef): string => `${instanceId}/${endpointId}`;

export interface ConnectionsOptions {
  readonly accounts: Accounts;
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly keys: {
    readonly password: (instanceId: string, user: string) => string;
    readonly caCertificate: (instanceId: string) => string;
    readonly user: (instanceId: string) => string;
    readonly database: (instanceId: string, endpointId: string) => string;
  };
  readonly bastions: () => Readonly<Record<string, string>>;
  readonly machine: MachineNetwork;
  readonly connector: () => Promise<SqlConnector>;
  readonly learnSecret: (secret: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenOptions {
  /** Who uses the session: a document's URI, or a name of a part of the extension. Each slot has its own. */
  readonly slot: string;
  readonly signal?: AbortSignal;
  /** To be in use afterwards. Left out: the one that this slot was in, else the endpoint's last one. */
  readonly database?: string;
}

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The one that was in use last. */
  readonly database?: string;
  readonly caCertificatePem: string;
}

/** A session was lost and another one has taken its place. */
export interface Restored extends EndpointRef {
  readonly slot: string;
  /** What was on the lost session and is gone, as far as its statements told. */
  readonly lost: readonly SessionState[];
}

/** One user's session with one endpoint. */
interface Slot {
  readonly ref: EndpointRef;
  readonly name: string;
  readonly closing: AbortController;
  session?: KeptSession;
  opening?: { readonly attended: boolean; readonly session: Promise<SqlSession | undefined> };
  /** What the last session held when it was lost. */
  past?: SessionPast;
}

/** A link that was silent for longer may have died unnoticed, for example while the machine slept. */
const trustedSilenceMs = 30_000;
const pingMs = 3_000;

/** SQL sessions to private endpoints, opened through their private domains: one for each endpoint and slot. */
export class Connections {
  private readonly slots = new Map<string, Slot>();
  readonly passwords: Passwords;
  readonly authorities: Authorities;
  private readonly routes: Routes;
  private readonly databases: LastDatabases;
  private readonly opener: Opener;
  private readonly changed: Emitter<string>;
  private readonly restored: Emitter<Restored>;
  private disposed = false;

  constructor(private readonly options: ConnectionsOptions) {
    const { accounts, secrets, state, keys, clock, log } = options;
    const onListenerError = (error: unknown): void =>
      log.error('A listener of the connections failed', error);
    this.changed = new Emitter(onListenerError);
    this.restored = new Emitter(onListenerError);
    this.routes = new Routes(options);
    this.databases = new LastDatabases(state, keys.database, log);
    this.passwords = new Passwords({ secrets, state, keys, log });
    this.authorities = new Authorities({
      ...{ state, clock, log },
      key: keys.caCertificate,
      download: async (instanceId, signal) =>
        (await accounts.tidbCloudFor(instanceId)).getCaCertificate(instanceId, signal),
    });
    this.opener = new Opener({
      ...{ routes: this.routes, databases: this.databases, log },
      ...{ passwords: this.passwords, authorities: this.authorities },
      connector: options.connector,
      learnSecret: options.learnSecret,
    });
  }

  /** Fires with the endpoint's key when one of its sessions opens or closes. */
  get onDidChange(): Emitter<string>['event'] {
    return this.changed.event;
  }

  /** Fires when a session that was lost has been replaced. */
  get onDidRestore(): Emitter<Restored>['event'] {
    return this.restored.event;
  }

  /** True while any slot has an open session with the endpoint. */
  isOpen(ref: EndpointRef): boolean {
    return this.openSlots(ref).length > 0;
  }

  openSlots(ref: EndpointRef): readonly string[] {
    return this.slotsOf(ref).flatMap(({ name, session }) => (session?.open === true ? [name] : []));
  }

  /** The session that is open right now. */
  session(ref: EndpointRef, slot: string): SqlSession | undefined {
    const session = this.slots.get(slotKey(ref, slot))?.session;
    return session?.open === true ? session : undefined;
  }

  /** The database that the slot's statements run in, as far as that can be told. */
  databaseOf(ref: EndpointRef, slot: string): string | undefined {
    const { session, past } = this.slots.get(slotKey(ref, slot)) ?? {};
    return session?.open === true ? session.database : (past?.database ?? this.databases.get(ref));
  }

  /** How endpoints of a VPC are reached, as the settings say. */
  routeOf(vpcId: string | undefined, endpointId?: string): SqlRoute {
    return this.routes.chosen(vpcId, endpointId);
  }

  /** How an endpoint is reached from this machine. */
  routeTo(endpoint: PrivateEndpoint): Promise<SqlRoute> {
    return this.routes.to(endpoint);
  }

  /** What another program needs to connect as this extension does, save the password. */
  async login(endpoint: PrivateEndpoint, signal?: AbortSignal): Promise<Login> {
    const database = this.databases.get(endpoint);
    return {
      ...addressOf(endpoint),
      user: this.passwords.userOf(endpoint.instanceId),
      ...(database !== undefined && { database }),
      caCertificatePem: await this.authorities.pem(endpoint.instanceId, signal),
    };
  }

  /** The user and the password that are known, else the person's answer, which no server has accepted yet. */
  async credentials({ instanceId }: EndpointRef, ask: AskCredentials): Promise<Credentials | undefined> {
    const credentials =
      (await this.passwords.known(instanceId)) ?? (await this.passwords.ask(instanceId, ask));
    if (credentials !== undefined) {
      this.options.learnSecret(credentials.password);
    }
    return credentials;
  }

  /**
   * The slot's open session, or a new one. The password comes from the secret store, else from the person; one that the
   * server refuses is forgotten and asked for again, until the person cancels. Whoever asks while the slot's session is
   * being opened gets that one. A session that was lost is replaced, with its database in use again.
   *
   * @returns undefined when the person cancelled
   * @throws AppError `sqlTransactionLost`, once, when the lost session was in a transaction: what belongs into it must not
   *   run without it. The slot is open then.
   */
  open(
    endpoint: PrivateEndpoint,
    ask: AskCredentials,
    options: OpenOptions,
  ): Promise<SqlSession | undefined> {
    return this.enter(endpoint, ask, options);
  }

  /** Like `open`, without asking anybody anything: undefined when that would be needed. */
  openKnown(endpoint: PrivateEndpoint, slot: string, signal?: AbortSignal): Promise<SqlSession | undefined> {
    return this.enter(endpoint, undefined, { slot, ...(signal && { signal }) });
  }

  /** Closes the slot's sessions, with whatever endpoint they are. */
  async release(slot: string): Promise<void> {
    await this.close([...this.slots.values()].filter(({ name }) => name === slot));
  }

  /** Closes all sessions with the endpoint. */
  async disconnect(ref: EndpointRef): Promise<void> {
    await this.close(this.slotsOf(ref));
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.allSettled([...this.slots.values()].map((slot) => this.close([slot])));
  }

  private async enter(
    endpoint: PrivateEndpoint,
    ask: AskCredentials | undefined,
    { slot: name, signal, database }: OpenOptions,
  ): Promise<SqlSession | undefined> {
    signal?.throwIfAborted();
    const slot = this.slotOf(endpoint, name);
    const before = slot.opening;
    if (before !== undefined) {
      const session = await unlessAborted(before.session, signal).catch((error: unknown) => {
        if (before.attended || ask === undefined || signal?.aborted === true) {
          throw error;
        }
        return undefined;
      });
      // Nobody was asked for that one.
      const again = session === undefined && !before.attended && ask !== undefined;
      return again
        ? this.enter(endpoint, ask, { slot: name, ...(signal && { signal }), ...(database && { database }) })
        : session;
    }
    const opening: Opening = {
      endpoint,
      ...(ask && { ask }),
      ...(database !== undefined && { database }),
      signal: AbortSignal.any([slot.closing.signal, ...(signal ? [signal] : [])]),
    };
    const session = this.usable(slot, opening).finally(() => {
      delete slot.opening;
      this.tidy(slot);
    });
    slot.opening = { attended: ask !== undefined, session };
    return session;
  }

  /** The session that the slot has, where it still answers; else a new one. */
  private async usable(slot: Slot, opening: Opening): Promise<SqlSession | undefined> {
    const { session } = slot;
    if (session !== undefined) {
      if (session.open && (session.silentMs <= trustedSilenceMs || (await session.alive(pingMs)))) {
        return opening.database === undefined
          ? session
          : inDatabase(session, opening.database, opening.signal);
      }
      this.lose(slot, session);
    }
    const former = slot.past?.database;
    const opened = await this.opener.open({
      ...opening,
      ...(former !== undefined && { formerDatabase: former }),
    });
    if (opened === undefined) {
      return undefined;
    }
    const { ref } = slot;
    const kept = new KeptSession(
      opened.session,
      this.options.clock,
      {
        onDatabase: (name) => this.databases.remember(ref, name),
        onLost: () => this.changed.fire(endpointKey(ref)),
      },
      opened.database,
    );
    await this.adopt(slot, kept);
    this.tellRestored(slot);
    return kept;
  }

  private lose(slot: Slot, session: KeptSession): void {
    slot.past = session.past;
    delete slot.session;
    this.options.log.info(`SQL: the connection to ${slot.ref.endpointId} was lost; opening another one`);
    this.changed.fire(endpointKey(slot.ref));
  }

  private tellRestored(slot: Slot): void {
    const { past, ref, name } = slot;
    if (past === undefined) {
      return;
    }
    delete slot.past;
    this.restored.fire({ ...ref, slot: name, lost: past.states });
    if (past.states.some((state) => state === 'transaction' || state === 'tableLocks')) {
      throw new AppError('sqlTransactionLost', { source: 'SQL', reason: wordsForState(past.states) });
    }
  }

  private async adopt(slot: Slot, session: KeptSession): Promise<void> {
    if (slot.closing.signal.aborted) {
      await session.close();
      throw cancellation();
    }
    slot.session = session;
    if (session.database !== undefined) {
      this.databases.remember(slot.ref, session.database);
    }
    this.changed.fire(endpointKey(slot.ref));
  }

  private async close(slots: readonly Slot[]): Promise<void> {
    await Promise.all(
      slots.map(async (slot) => {
        slot.closing.abort(cancellation());
        this.slots.delete(slotKey(slot.ref, slot.name));
        if (slot.session !== undefined) {
          this.changed.fire(endpointKey(slot.ref));
          await slot.session.close();
        }
      }),
    );
  }

  private slotsOf(ref: EndpointRef): readonly Slot[] {
    return [...this.slots.values()].filter((slot) => endpointKey(slot.ref) === endpointKey(ref));
  }

  private slotOf({ instanceId, endpointId }: EndpointRef, name: string): Slot {
    const ref = { instanceId, endpointId };
    const key = slotKey(ref, name);
    const slot = this.slots.get(key) ?? { ref, name, closing: new AbortController() };
    if (this.disposed) {
      slot.closing.abort(cancellation());
    }
    this.slots.set(key, slot);
    return slot;
  }

  /** A slot that holds nothing is forgotten. */
  private tidy(slot: Slot): void {
    const key = slotKey(slot.ref, slot.name);
    if (slot.session === undefined && slot.past === undefined && this.slots.get(key) === slot) {
      this.slots.delete(key);
    }
  }
}

const slotKey = (ref: EndpointRef, slot: string): string => `${endpointKey(ref)} ${slot}`;

async function inDatabase(session: KeptSession, database: string, signal: AbortSignal): Promise<KeptSession> {
  if (session.database !== database) {
    const name = database.replaceAll('`', '``');
    await session.run(`USE \`${name}\``, { maxRows: 0, timeoutMs: 0, signal });
  }
  return session;
}
