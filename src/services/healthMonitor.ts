import { Emitter, type Disposable } from '../core/emitter';
import { isTransient } from '../core/errors';
import { healthLevels, verdictOf, type PrivateEndpoint, type Verdict } from '../core/health';
import { reachabilityOf } from '../core/jointHealth';
import type { Instance } from '../core/model';
import type { Clock, Log, StateStore } from '../core/ports';
import type { Reach } from '../core/reach';
import { settleMs } from '../core/settling';
import { endpointKey, type EndpointRef } from './connections';
import type { HealthBook } from './health/book';
import type { DomainProbes } from './health/probes';
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
}

export interface HealthMonitorOptions {
  readonly inventory: Inventory;
  readonly book: HealthBook;
  readonly probes: Pick<DomainProbes, 'of' | 'forget'>;
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
/** A look whose service is known to be ACTIVE lists the connections; else it reads the service too. */
const callsOfLook = (isKnown: boolean): number => (isKnown ? 1 : 2);

/**
 * Keeps the states of the endpoints a person has seen before up to date, in this window and the next ones. Each look
 * costs so much at most, however many there are: those on the screen come first, the others in turn.
 */
export class HealthMonitor implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private readonly following: Set<string>;
  /** The one whose turn came last. */
  private lastInTurn: string | undefined;
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
    return this.options.inventory
      .endpoints()
      .map(({ instance, endpoint }) => this.healthOf(instance, endpoint))
      .sort((a, b) => healthLevels.indexOf(b.verdict.level) - healthLevels.indexOf(a.verdict.level));
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
    const chosen = this.choose();
    await Promise.all(chosen.map((id) => inventory.refreshDetails(id, { light: true })));
    const seen = chosen.flatMap((id) => inventory.details(id).value?.endpoints ?? []);
    await Promise.all(seen.map((endpoint) => this.tryDomain(endpoint)));
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
    const usual = this.options.intervalMs();
    return usual !== undefined && this.options.book.isUnsettled ? Math.min(usual, settleMs) : usual;
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
    const { inventory, book, clock } = this.options;
    const { value, loading } = inventory.details(instanceId);
    const endpoints = inventory.instance(instanceId)?.endpoints ?? [];
    if (value !== undefined && !loading) {
      for (const endpoint of value.endpoints) {
        book.note({ endpoint, reachability: reachabilityOf(endpoints, endpoint) }, clock.now());
      }
    }
    this.changed.fire();
  }

  /** Whatever goes wrong here says nothing about the endpoint. */
  private async tryDomain(endpoint: PrivateEndpoint): Promise<void> {
    const { inventory, book, probes, clock, log } = this.options;
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
        const endpoints = inventory.instance(endpoint.instanceId)?.endpoints ?? [];
        const reachability = reachabilityOf(endpoints, endpoint);
        book.note({ endpoint, reachability, reach }, clock.now());
        this.changed.fire();
      }
    } catch (error) {
      log.error(`Try the private domain of ${endpoint.endpointId}: failed`, error);
    }
  }

  /** Within what a look may cost: those on the screen, then the others from where the last look stopped. */
  private choose(): readonly string[] {
    const { inventory, intervalMs, inView } = this.options;
    const isListed = (id: string): boolean => inventory.instance(id) !== undefined;
    const seen = inView().filter(isListed);
    const others = [...this.following].filter((id) => isListed(id) && !seen.includes(id));
    const after = this.lastInTurn === undefined ? 0 : others.indexOf(this.lastInTurn) + 1;
    const inTurn = [...others.slice(after), ...others.slice(0, after)];
    let left = Math.max(2, Math.floor((callsPerMinute * (intervalMs() ?? 60_000)) / 60_000));
    const take = (id: string): boolean => {
      left -= callsOfLook(inventory.details(id).value?.service.state === 'ACTIVE');
      return left >= 0;
    };
    const first = seen.filter(take);
    const rest = inTurn.filter(take);
    this.lastInTurn = rest.at(-1) ?? this.lastInTurn;
    return [...first, ...rest];
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
