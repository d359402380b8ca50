import { Emitter, type Disposable } from '../core/emitter';
import { isTransient } from '../core/errors';
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
  /** When its details were last read. */
  readonly readMs?: number;
  /** They were not read for longer than they should have been. */
  readonly isStale?: boolean;
}

export interface HealthMonitorOptions {
  readonly inventory: Inventory;
  readonly book: HealthBook;
  readonly probes: Pick<DomainProbes, 'of' | 'forget'>;
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
          this.changed.fire();
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

  /** Looks at once; a failure is in the log and in what the views show. */
  lookNow(): void {
    this.lastTurnMs = undefined;
    this.look().catch((error: unknown) =>
      this.options.log.error('Look at the followed endpoints: failed', error),
    );
  }

  /** Reads the instances on the screen and those with endpoints that were known in an earlier window, as many as may be. */
  async look(): Promise<void> {
    const { inventory } = this.options;
    if (this.following.size === 0 && this.options.inView().length === 0) {
      return;
    }
    const { value, error } = inventory.snapshot.instances;
    if (value === undefined || error !== undefined) {
      await inventory.refreshInstances();
    }
    this.noticeSleep();
    const chosen = this.isInBetween ? this.chooseDoubtful() : this.chooseInTurn();
    await Promise.all(chosen.map((id) => inventory.refreshDetails(id, { light: true, withInstance: true })));
    const seen = chosen.flatMap((id) => inventory.details(id).value?.endpoints ?? []);
    await Promise.all(seen.map((endpoint) => this.lookInto(endpoint)));
    // The views show these from the snapshot; whoever repeats the look needs to know, to back off.
    const failures = chosen
      .map((id) => inventory.details(id).error)
      .filter((reason) => reason instanceof Error);
    const listing = inventory.snapshot.instances.error;
    // One instance that cannot be read must not slow down the others.
    const failure =
      listing instanceof Error
        ? listing
        : (failures.find(isTransient) ?? (failures.length === chosen.length ? failures[0] : undefined));
    if (failure !== undefined) {
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
    const endpoint = this.options.inventory.endpoint(instanceId, endpointId);
    if (endpoint !== undefined) {
      this.noteFacts(endpoint, { zones });
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private healthOf(instance: Instance, endpoint: PrivateEndpoint): EndpointHealth {
    const record = this.options.book.of(endpoint);
    return record === undefined
      ? { instance, endpoint, verdict: verdictOf(endpoint) }
      : {
          ...{ instance, endpoint, verdict: record.verdict, sinceMs: record.sinceMs },
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

  private noticeSleep(): void {
    const { clock, intervalMs, book, probes } = this.options;
    const now = clock.now();
    if (this.lastLookMs !== undefined && now - this.lastLookMs > sleptMs + (intervalMs() ?? 0)) {
      book.forgetReach();
      probes.forget();
      this.triedAgainMs.clear();
    }
    this.lastLookMs = now;
  }

  private note(instanceId: string): void {
    const { inventory, book } = this.options;
    const { value, loading } = inventory.details(instanceId);
    if (value !== undefined && !loading) {
      book.keepOnly(instanceId, value.endpoints);
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
    if (zones !== undefined) {
      this.noteFacts(endpoint, { zones });
      this.changed.fire();
    }
  }

  /** Whatever goes wrong here says nothing about the endpoint. */
  private async tryDomain(endpoint: PrivateEndpoint): Promise<void> {
    const { probes, clock, log } = this.options;
    const key = endpointKey(endpoint);
    if (clock.now() < (this.triedAgainMs.get(key) ?? 0)) {
      return;
    }
    try {
      const reach = await probes.of(endpoint);
      if (reach !== undefined) {
        if (reach.kind === 'notFromHere') {
          this.triedAgainMs.set(key, clock.now() + farAwayMs);
        }
        this.noteFacts(endpoint, { reach });
        this.changed.fire();
      }
    } catch (error) {
      log.error(`Try the private domain of ${endpoint.endpointId}: failed`, error);
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

  private isListed(instanceId: string): boolean {
    return this.options.inventory.instance(instanceId) !== undefined;
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
    const { value, loading } = inventory.details(instanceId);
    if (value === undefined || loading) {
      return;
    }
    const has = value.endpoints.length > 0;
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
