import type { Disposable } from '../core/emitter';
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
}

/** Keeps the states of the endpoints a person has seen before up to date, in this window and the next ones. */
export class HealthMonitor implements Disposable {
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly options: HealthMonitorOptions) {
    this.subscriptions = [
      options.inventory.onDidChange(() => {
        this.follow().catch((error: unknown) => options.log.error('Remember the endpoints: failed', error));
      }),
      options.scheduler.repeat({
        name: 'Endpoint health',
        intervalMs: () => (this.followed.length === 0 ? undefined : options.intervalMs()),
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

  /** Reads the instances with endpoints that were known in an earlier window. */
  async look(): Promise<void> {
    const { inventory } = this.options;
    if (this.followed.length === 0) {
      return;
    }
    const { value, error } = inventory.snapshot.instances;
    if (value === undefined || error !== undefined) {
      await inventory.refreshInstances();
    }
    const followed = this.followed.filter((id) => inventory.instance(id) !== undefined);
    await Promise.all(followed.map((id) => inventory.refreshDetails(id)));
    // The views show these from the snapshot; whoever repeats the look needs to know, to back off.
    const failure = [inventory.snapshot.instances, ...followed.map((id) => inventory.details(id))]
      .map((read) => read.error)
      .find((reason) => reason instanceof Error);
    if (failure !== undefined) {
      throw failure;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private get followed(): readonly string[] {
    const kept = this.options.state.get(this.options.followedKey);
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : [];
  }

  /** Remembers which instances have endpoints; only ids are kept. */
  private async follow(): Promise<void> {
    const { details } = this.options.inventory.snapshot;
    const next = new Set(this.followed);
    for (const [instanceId, { value }] of details) {
      if (value === undefined) {
        continue;
      }
      if (value.endpoints.length > 0) {
        next.add(instanceId);
      } else {
        next.delete(instanceId);
      }
    }
    const ids = [...next].sort();
    if (ids.join() !== [...this.followed].sort().join()) {
      await this.options.state.set(this.options.followedKey, ids);
      this.options.scheduler.wake();
    }
  }
}
