import { Emitter, type Disposable } from '../core/emitter';
import { AppError, isTransient } from '../core/errors';
import {
  healthLevels,
  verdictOf,
  type HealthLevel,
  type PrivateEndpoint,
  type Verdict,
} from '../core/health';
import { reachabilityOf, type HealthFacts } from '../core/jointHealth';
import type { EndpointZone, Instance } from '../core/model';
import type { AlibabaCloudApi, Clock, Log, StateStore } from '../core/ports';
import type { Reach } from '../core/reach';
import { settleMs } from '../core/settling';
import { endpointKey, type EndpointRef } from './connections';
import type { HealthBook } from './health/book';
import type { DomainProbes } from './health/probes';
import { readZones } from './health/zones';
import type { Inventory } from './inventory';
import type { Scheduler } from './scheduler';

export interface EndpointHealth {
  readonly instance: Instance;
  readonly endpoint: PrivateEndpoint;
  readonly verdict: Verdict;
  /** Undefined before the first look at it. */
  readonly sinceMs?: number;
  /** What this machine has found, where it has tried. */
  readonly reach?: Reach;
  /** When both clouds were last read. */
  readonly readMs?: number;
  /** They could not be read since. */
  readonly isStale?: boolean;
}

export interface HealthMonitorOptions {
  readonly inventory: Inventory;
  readonly book: HealthBook;
  readonly probes: Pick<DomainProbes, 'of' | 'forget'>;
  /** Tells the networks of this machine apart. */
  readonly network: () => string;
  /** Of the account that owns the endpoint. */
  readonly alibabaCloudOf: (ref: EndpointRef) => Promise<AlibabaCloudApi>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly state: StateStore;
  readonly followedKey: string;
  readonly log: Log;
  /** Undefined while nobody looks. */
  readonly intervalMs: () => number | undefined;
  /** Ids of the instances whose details are on the screen. */
  readonly inView: () => readonly string[];
}

/** TiDB Cloud allows 100 calls a minute and key: less than half of it is spent on looking when nothing is asked for. */
const callsPerMinute = 40;
/** A domain that this machine does not reach is tried again this much later. */
const farAwayMs = 5 * 60_000;
/** A pause between looks that long is a machine that slept, and perhaps woke up in another network. */
const sleptMs = 3 * 60_000;
/** A look reads the instance and lists the connections; where the service is not known to be ACTIVE it reads it too. */
const callsOfLook = (isKnown: boolean): number => (isKnown ? 2 : 3);
const mostCallsForOne = callsOfLook(false);

const isGone = (error: unknown): boolean => AppError.is(error) && error.code === 'notFound';
const isSignedOut = (error: unknown): boolean => AppError.is(error) && error.code === 'notSignedIn';

/** From the one after `last` on, and around. */
function rotated(ids: readonly string[], last: string | undefined): readonly string[] {
  const from = last === undefined ? 0 : ids.indexOf(last) + 1;
  return [...ids.slice(from), ...ids.slice(0, from)];
}

/**
 * Keeps the states of the endpoints a person has seen before up to date, in this window and the next ones. Each look
 * costs so much at most, however many there are: those on the screen come first, the others in turn.
 */
export class HealthMonitor implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private readonly following: Set<string>;
  /** Whose turn came last, of those in view and of the others. */
  private lastInView: string | undefined;
  private lastInTurn: string | undefined;
  /** When the last look at everything in turn began. */
  private lastTurnMs: number | undefined;
  /** Calls to TiDB Cloud for looks in between, since then. */
  private callsBetween = 0;
  private readonly changed: Emitter<void>;
  /** When a domain that this machine does not reach is to be tried again. */
  private readonly triedAgainMs = new Map<string, number>();
  private lastLookMs: number | undefined;
  private lastNetwork: string | undefined;
  /** When the details of an instance were last read. */
  private readonly readMs = new Map<string, number>();
  /** One look after the other. */
  private looking: Promise<void> = Promise.resolve();
  private disposed = false;
  /** Set while what is followed waits to be written. */
  private writing: Promise<void> | undefined;

  constructor(private readonly options: HealthMonitorOptions) {
    const kept = options.state.get(options.followedKey);
    this.following = new Set(
      Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : [],
    );
    this.changed = new Emitter((error) => options.log.error('A listener of the health failed', error));
    this.subscriptions = [
      options.inventory.onDidChange((change) => {
        if (change.kind === 'details') {
          this.follow(change.instanceId);
          this.note(change.instanceId);
        } else {
          this.noteList();
        }
      }),
      options.scheduler.repeat({
        name: 'Endpoint health',
        intervalMs: () =>
          this.following.size === 0 && options.inView().length === 0 ? undefined : this.nextLookMs(),
        run: () => this.look(),
      }),
    ];
  }

  /** From worst to best. */
  get health(): readonly EndpointHealth[] {
    const byLevel = new Map<HealthLevel, EndpointHealth[]>(healthLevels.map((level) => [level, []]));
    for (const { instance, endpoint } of this.options.inventory.endpoints()) {
      const health = this.healthOf(instance, endpoint);
      byLevel.get(health.verdict.level)?.push(health);
    }
    return [...byLevel.values()].reverse().flat();
  }

  get worst(): EndpointHealth | undefined {
    return this.health[0];
  }

  /** Fires when something of the health may be another. */
  get onDidChange(): Emitter<void>['event'] {
    return this.changed.event;
  }

  /** Looks at once, where anybody looks at all; a failure is in the log and in what the views show. */
  lookNow(): void {
    if (this.options.intervalMs() === undefined) {
      return;
    }
    this.lastTurnMs = undefined;
    this.look().catch((error: unknown) =>
      this.options.log.error('Look at the followed endpoints: failed', error),
    );
  }

  /** Reads the instances on the screen and those with endpoints that were known in an earlier window, as many as may be. */
  look(): Promise<void> {
    const look = this.looking.then(() => this.lookOnce());
    this.looking = look.catch(() => undefined);
    return look;
  }

  private async lookOnce(): Promise<void> {
    const { inventory } = this.options;
    if (this.disposed || (this.following.size === 0 && this.options.inView().length === 0)) {
      return;
    }
    // Whoever looks at the view has it listed. What is followed is read without the list: it may be long.
    if (inventory.snapshot.instances.error !== undefined) {
      await inventory.refreshInstances();
    }
    this.noticeNewPlace();
    const chosen = this.isInBetween ? this.chooseDoubtful() : this.chooseInTurn();
    await Promise.all(chosen.map((id) => inventory.refreshDetails(id, { light: true, withInstance: true })));
    const read = chosen.map((id) => ({ id, ...inventory.details(id) }));
    read.filter(({ error }) => isGone(error)).forEach(({ id }) => this.unfollow(id));
    const seen = read.flatMap(({ value, error }) => (error === undefined ? (value?.endpoints ?? []) : []));
    await Promise.all(seen.map((endpoint) => this.lookInto(endpoint)));
    // The views show these from the snapshot; whoever repeats the look needs to know, to back off.
    const failures = read
      .map(({ error }) => error)
      .filter((reason) => reason instanceof Error)
      .filter((reason) => !isGone(reason));
    const listing = inventory.snapshot.instances.error;
    // One instance that cannot be read must not slow down the others.
    const failure =
      listing instanceof Error
        ? listing
        : (failures.find(isTransient) ?? (failures.length === chosen.length ? failures[0] : undefined));
    if (failure !== undefined && !isSignedOut(failure)) {
      throw failure;
    }
  }

  /** Tries one endpoint's private domain now. */
  async probe({ instanceId, endpointId }: EndpointRef): Promise<void> {
    const endpoint = this.options.inventory.endpoint(instanceId, endpointId);
    if (endpoint !== undefined) {
      this.triedAgainMs.delete(endpointKey(endpoint));
      await this.tryDomain(endpoint);
    }
  }

  /** Takes in zones that somebody else has read. */
  noteZones({ instanceId, endpointId }: EndpointRef, zones: readonly EndpointZone[]): void {
    this.noteLater({ instanceId, endpointId }, { zones });
  }

  dispose(): void {
    this.disposed = true;
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private healthOf(instance: Instance, endpoint: PrivateEndpoint): EndpointHealth {
    const record = this.options.book.of(endpoint);
    const readMs = this.readMs.get(instance.id);
    const read = {
      ...(readMs !== undefined && { readMs }),
      ...(this.options.inventory.details(instance.id).error !== undefined && { isStale: true }),
    };
    return record === undefined
      ? { instance, endpoint, verdict: verdictOf(endpoint), ...read }
      : {
          ...{ instance, endpoint, verdict: record.verdict, sinceMs: record.sinceMs, ...read },
          ...(record.reach !== undefined && { reach: record.reach }),
        };
  }

  /** Sooner where something was seen that is told only if it lasts. */
  private nextLookMs(): number | undefined {
    const { intervalMs, book } = this.options;
    const usual = intervalMs();
    if (usual === undefined) {
      return undefined;
    }
    const left = this.untilTurnMs(usual);
    return book.isUnsettled ? Math.min(left, settleMs) : left;
  }

  private untilTurnMs(intervalMs: number): number {
    return this.lastTurnMs === undefined
      ? intervalMs
      : Math.max(0, intervalMs - (this.options.clock.now() - this.lastTurnMs));
  }

  /** After a sleep, or in another network, what was measured says nothing any more. */
  private noticeNewPlace(): void {
    const { clock, intervalMs, book, probes } = this.options;
    const now = clock.now();
    const network = this.options.network();
    const hasSlept = this.lastLookMs !== undefined && now - this.lastLookMs > sleptMs + (intervalMs() ?? 0);
    if (hasSlept || (this.lastNetwork !== undefined && this.lastNetwork !== network)) {
      book.forgetReach();
      probes.forget();
      this.triedAgainMs.clear();
    }
    this.lastLookMs = now;
    this.lastNetwork = network;
  }

  private noteList(): void {
    const { inventory, book } = this.options;
    if (!inventory.snapshot.instances.loading) {
      book.keepInstances((id) => inventory.instance(id) !== undefined);
    }
    this.changed.fire();
  }

  private note(instanceId: string): void {
    const { inventory, book, clock } = this.options;
    const { value, loading, error } = inventory.details(instanceId);
    if (value !== undefined && !loading && error === undefined) {
      this.readMs.set(instanceId, clock.now());
      if (value.alibabaCloudError === undefined) {
        book.keepOnly(instanceId, value.endpoints, clock.now());
      }
      value.endpoints.forEach((endpoint) => this.noteFacts(endpoint, {}));
    }
    this.changed.fire();
  }

  private noteFacts(endpoint: PrivateEndpoint, seen: Pick<HealthFacts, 'zones' | 'reach'>): void {
    const { inventory, book, clock } = this.options;
    const endpoints = inventory.instance(endpoint.instanceId)?.endpoints ?? [];
    book.note({ endpoint, reachability: reachabilityOf(endpoints, endpoint), ...seen }, clock.now());
  }

  /** What the lists do not tell: its zones, and whether its domain answers here. */
  private async lookInto(endpoint: PrivateEndpoint): Promise<void> {
    const { alibabaCloudOf, log } = this.options;
    const [zones] = await Promise.all([readZones(endpoint, alibabaCloudOf, log), this.tryDomain(endpoint)]);
    this.noteLater(endpoint, { zones });
  }

  /** Whatever goes wrong here says nothing about the endpoint. */
  private async tryDomain(endpoint: PrivateEndpoint): Promise<void> {
    const { probes, clock, log } = this.options;
    const key = endpointKey(endpoint);
    if (clock.now() < (this.triedAgainMs.get(key) ?? 0)) {
      return;
    }
    try {
      const reach = await probes.of(endpoint, () => this.nowOf(endpoint) !== undefined);
      if (reach?.kind === 'notFromHere') {
        this.triedAgainMs.set(key, clock.now() + farAwayMs);
      }
      this.noteLater(endpoint, { reach });
    } catch (error) {
      log.error(`Try the private domain of ${endpoint.endpointId}: failed`, error);
    }
  }

  /** The endpoint as it is now; undefined when it is gone, or nobody is there any more who wants to know. */
  private nowOf({ instanceId, endpointId }: EndpointRef): PrivateEndpoint | undefined {
    return this.disposed ? undefined : this.options.inventory.endpoint(instanceId, endpointId);
  }

  /** Takes in what has taken a while to find out. */
  private noteLater(ref: EndpointRef, found: Pick<HealthFacts, 'zones' | 'reach'>): void {
    const endpoint = this.nowOf(ref);
    const record = this.options.book.of(ref);
    const tells = (fact: unknown, before: unknown): boolean =>
      fact !== undefined && (fact !== null || before !== undefined);
    if (endpoint !== undefined && (tells(found.reach, record?.reach) || tells(found.zones, record?.zones))) {
      this.noteFacts(endpoint, found);
      this.changed.fire();
    }
  }

  /** The turn of everything has not come yet: somebody wants to know whether something lasts. */
  private get isInBetween(): boolean {
    const usual = this.options.intervalMs();
    return (
      this.options.book.isUnsettled &&
      this.lastTurnMs !== undefined &&
      usual !== undefined &&
      this.untilTurnMs(usual) > 0
    );
  }

  private chooseDoubtful(): readonly string[] {
    const takes = this.within(this.callsLeft());
    const chosen = [...this.options.book.unsettledInstances()].filter((id) => this.isListed(id) && takes(id));
    this.callsBetween += chosen.reduce((sum, id) => sum + this.callsFor(id), 0);
    return chosen;
  }

  /** Within what a look may cost: those on the screen, then the others, each from where the last look stopped. */
  private chooseInTurn(): readonly string[] {
    const takes = this.within(Math.max(mostCallsForOne, this.callsLeft()));
    this.lastTurnMs = this.options.clock.now();
    this.callsBetween = 0;
    const inView = this.options.inView().filter((id) => this.isListed(id));
    const shown = new Set(inView);
    const others = [...this.following].filter((id) => this.isListed(id) && !shown.has(id));
    const first = rotated(inView, this.lastInView).filter(takes);
    const rest = rotated(others, this.lastInTurn).filter(takes);
    this.lastInView = first.at(-1) ?? this.lastInView;
    this.lastInTurn = rest.at(-1) ?? this.lastInTurn;
    return [...first, ...rest];
  }

  /** While the list is not there, what was followed in an earlier window counts. */
  private isListed(instanceId: string): boolean {
    const { inventory } = this.options;
    return inventory.instance(instanceId) !== undefined || !inventory.snapshot.isWhole;
  }

  /** To TiDB Cloud, until the next turn. */
  private callsLeft(): number {
    const intervalMs = this.options.intervalMs() ?? 60_000;
    return Math.floor((callsPerMinute * intervalMs) / 60_000) - this.callsBetween;
  }

  private callsFor(instanceId: string): number {
    return callsOfLook(this.options.inventory.details(instanceId).value?.service.state === 'ACTIVE');
  }

  /** Takes one after the other while it fits; after the first that does not, none. */
  private within(calls: number): (instanceId: string) => boolean {
    let left = calls;
    return (id) => {
      left -= this.callsFor(id);
      return left >= 0;
    };
  }

  /** Remembers whether an instance has endpoints; only ids are kept. */
  private follow(instanceId: string): void {
    const { inventory, scheduler } = this.options;
    const { value, loading, error } = inventory.details(instanceId);
    if (value === undefined || loading || error !== undefined) {
      return;
    }
    const has = value.endpoints.length > 0;
    if (!has && value.alibabaCloudError !== undefined) {
      return;
    }
    if (has === this.following.has(instanceId)) {
      return;
    }
    if (has) {
      this.following.add(instanceId);
    } else {
      this.following.delete(instanceId);
    }
    this.keep();
    scheduler.wake();
  }

  private unfollow(instanceId: string): void {
    if (this.following.delete(instanceId)) {
      this.keep();
    }
  }

  /** Once for all that change at the same time. */
  private keep(): void {
    const { state, followedKey, log } = this.options;
    this.writing ??= Promise.resolve()
      .then(() => {
        this.writing = undefined;
        return state.set(followedKey, [...this.following].sort());
      })
      .catch((error: unknown) => log.error('Remember the endpoints: failed', error));
  }
}
