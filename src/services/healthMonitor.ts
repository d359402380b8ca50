import type { Disposable } from '../core/emitter';
import { isTransient } from '../core/errors';
import { healthLevels, verdictOf, type PrivateEndpoint, type Verdict } from '../core/health';
import type { Instance } from '../core/model';
import type { Log, StateStore } from '../core/ports';
import type { Inventory } from './inventory';
import type { Scheduler } from './scheduler';

export interface EndpointHealth {
  readonly instance: Instance;
  readonly endpoint: PrivateEndpoint;
  readonly verdict: Verdict;
}

export interface HealthMonitorOptions {
  readonly inventory: Inventory;
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
  /** Set while what is followed waits to be written. */
  private writing: Promise<void> | undefined;

  constructor(private readonly options: HealthMonitorOptions) {
    const kept = options.state.get(options.followedKey);
    this.following = new Set(
      Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : [],
    );
    this.subscriptions = [
      options.inventory.onDidChange((change) => {
        if (change.kind === 'details') {
          this.follow(change.instanceId);
        }
      }),
      options.scheduler.repeat({
        name: 'Endpoint health',
        intervalMs: () =>
          this.following.size === 0 && options.inView().length === 0 ? undefined : options.intervalMs(),
        run: () => this.look(),
      }),
    ];
  }

  /** From worst to best. */
  get health(): readonly EndpointHealth[] {
    return this.options.inventory
      .endpoints()
      .map(({ instance, endpoint }) => ({ instance, endpoint, verdict: verdictOf(endpoint) }))
      .sort((a, b) => healthLevels.indexOf(b.verdict.level) - healthLevels.indexOf(a.verdict.level));
  }

  get worst(): EndpointHealth | undefined {
    return this.health[0];
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
    const chosen = this.choose();
    await Promise.all(chosen.map((id) => inventory.refreshDetails(id, { light: true })));
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

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
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
