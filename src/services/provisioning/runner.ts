import type { Creation, Decision, Observed } from '../../core/creation';
import { collect } from '../../core/collect';
import { reconcile } from '../../core/creation';
import { Emitter, type Disposable } from '../../core/emitter';
import { AppError, isCancellation, isTransient } from '../../core/errors';
import type { VpcEndpoint } from '../../core/model';
import { alibabaRegionOf } from '../../core/model';
import type { Clock, CreationJournal, Log } from '../../core/ports';
import { backoffMs, observeAgainAfterMs } from '../../core/schedule';
import type { Accounts } from '../accounts';
import type { Inventory } from '../inventory';
import { creationTag } from './tags';

/** How long to leave a cloud alone, at least, after it has answered a create call. */
const settlesWithinMs = 2_000;

/** A creation as the panel shows it. */
export interface CreationProgress {
  readonly creation: Creation;
  readonly seen?: Observed;
  readonly decision?: Decision;
  /** Why the last look or action failed. A transient failure is tried again by itself, any other waits for the person. */
  readonly error?: unknown;
}

export interface RunnerOptions {
  readonly journal: CreationJournal;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

interface Run {
  progress: CreationProgress;
  readonly abort: AbortController;
  /** Resolves when it has come to its end. */
  ended: Promise<void>;
  /** Ends the current wait. */
  wake: () => void;
  /** Something may have changed since it began to look: there is nothing to wait for. */
  lookAgain: boolean;
}

/**
 * Carries creations through: observe both clouds, ask `reconcile` what is next, do that one thing, observe again. A
 * reload, a lost answer or a step done by hand in a console are all the same to it.
 */
export class CreationRunner implements Disposable {
  private readonly runs = new Map<string, Run>();
  private readonly changed: Emitter<CreationProgress>;
  private readonly completed: Emitter<CreationProgress>;
  private readonly subscription: Disposable;
  private disposed = false;

  constructor(private readonly options: RunnerOptions) {
    const onListenerError = (error: unknown): void =>
      options.log.error('A listener of the creation failed', error);
    this.changed = new Emitter(onListenerError);
    this.completed = new Emitter(onListenerError);
    this.subscription = options.accounts.onDidChange(() => {
      for (const run of this.runs.values()) {
        if (run.progress.error === undefined) {
          wake(run);
        } else {
          this.retry(run.progress.creation.id);
        }
      }
    });
  }

  get onDidChange(): Emitter<CreationProgress>['event'] {
    return this.changed.event;
  }

  /** Fires once when a connection becomes Active. */
  get onDidComplete(): Emitter<CreationProgress>['event'] {
    return this.completed.event;
  }

  /** The latest creation for an instance that this window knows of. */
  progressOf(instanceId: string): CreationProgress | undefined {
    return [...this.runs.values()]
      .map(({ progress }) => progress)
      .filter(({ creation }) => creation.instanceId === instanceId)
      .sort((a, b) => b.creation.startedAtMs - a.creation.startedAtMs)[0];
  }

  /** Writes the wish to the journal, then begins. */
  async start(creation: Creation): Promise<void> {
    await this.options.journal.write(creation);
    this.carryOn(creation);
  }

  /** Takes up every creation that is not finished. */
  async resumeAll(): Promise<void> {
    for (const creation of await this.options.journal.list()) {
      if (creation.finished === undefined && !this.runs.has(creation.id)) {
        this.options.log.info(`Taking up the creation for ${creation.instanceName} again`);
        this.carryOn(creation);
      }
    }
  }

  /** Looks again now, after the person has changed something. */
  retry(creationId: string): void {
    const run = this.runs.get(creationId);
    if (run !== undefined) {
      const { creation } = run.progress;
      run.progress = { creation };
      this.changed.fire(run.progress);
      wake(run);
    }
  }

  /** Stops following a creation. What exists in the clouds stays as it is. */
  async abandon(creationId: string): Promise<void> {
    const run = this.runs.get(creationId);
    if (run === undefined) {
      return;
    }
    run.abort.abort();
    // What it was doing may still bring the id of something that it made.
    await run.ended;
    const creation: Creation = {
      ...run.progress.creation,
      finished: { atMs: this.options.clock.now(), outcome: 'abandoned' },
    };
    await this.options.journal.write(creation);
    this.runs.delete(creationId);
    this.changed.fire({ creation });
  }

  dispose(): void {
    this.disposed = true;
    this.subscription.dispose();
    for (const run of this.runs.values()) {
      run.abort.abort();
    }
    this.runs.clear();
  }

  private carryOn(creation: Creation): void {
    if (this.disposed || this.runs.has(creation.id)) {
      return;
    }
    const run: Run = {
      progress: { creation },
      abort: new AbortController(),
      ended: Promise.resolve(),
      wake: () => undefined,
      lookAgain: false,
    };
    this.runs.set(creation.id, run);
    this.changed.fire(run.progress);
    run.ended = this.follow(run);
  }

  private async follow(run: Run): Promise<void> {
    let failures = 0;
    while (!run.abort.signal.aborted && run.progress.creation.finished === undefined) {
      run.lookAgain = false;
      try {
        await this.step(run);
        failures = 0;
      } catch (error) {
        if (isCancellation(error)) {
          return;
        }
        failures++;
        this.options.log.error(`Creation for ${run.progress.creation.instanceName}: failed`, error);
        this.note(run, { ...run.progress, error });
        // Any other error needs the person: `retry` wakes it.
        await this.pause(run, isTransient(error) ? this.waitAfter(error, failures) : undefined);
      }
    }
  }

  private waitAfter(error: unknown, failures: number): number {
    const asked = AppError.is(error) ? (error.details.retryAfterMs ?? 0) : 0;
    return Math.max(asked, backoffMs(2_000, failures, this.options.random()));
  }

  private async step(run: Run): Promise<void> {
    const { creation } = run.progress;
    const { signal } = run.abort;
    const seen = await this.observe(creation, signal);
    const decision = await this.decide(run, seen);
    switch (decision.kind) {
      case 'createEndpoint': {
        const api = await this.options.accounts.alibabaCloud();
        const endpoint = await api.createEndpoint(decision.spec, creation.clientToken, signal);
        this.options.log.info(`Created the endpoint ${endpoint.id} for ${creation.instanceName}`);
        this.options.inventory.noteObserved(creation.instanceId, { endpoint });
        await this.letSettle(run, { ...seen, endpoint });
        return;
      }
      case 'createConnection':
        await this.createConnection(run, decision, seen);
        return;
      case 'done':
        await this.complete(run);
        return;
      case 'blocked':
        await this.pause(run, undefined);
        return;
      case 'wait':
      case 'ask':
        await this.pause(run, observeAgainAfterMs(decision));
    }
  }

  private async decide(run: Run, seen: Observed): Promise<Decision> {
    const creation = await this.remember(run, seen);
    const decision = reconcile(creation, seen);
    this.note(run, { creation, seen, decision });
    return decision;
  }

  /** Takes the answer of a create call for what is there: the cloud's lists may show it a moment later. */
  private async letSettle(run: Run, seen: Observed): Promise<void> {
    const decision = await this.decide(run, seen);
    await this.pause(run, Math.max(settlesWithinMs, observeAgainAfterMs(decision)));
  }

  private async createConnection(
    run: Run,
    { endpointId, privateDomainName }: Extract<Decision, { kind: 'createConnection' }>,
    seen: Observed,
  ): Promise<void> {
    const { creation } = run.progress;
    const { instanceId, regionId } = creation;
    try {
      const api = await this.options.accounts.tidbCloud();
      const request = { instanceId, regionId, endpointId, privateDomainName };
      const connection = await api.createConnection(request, run.abort.signal);
      await this.letSettle(run, { ...seen, connection });
    } catch (error) {
      if (AppError.is(error) && (error.code === 'unsupported' || error.code === 'notAllowed')) {
        this.options.log.info(`The connection is accepted in TiDB Cloud's console: ${error.message}`);
        await this.record(run, { ...creation, acceptance: 'console' });
        return;
      }
      throw error;
    }
  }

  private async complete(run: Run): Promise<void> {
    await this.record(run, {
      ...run.progress.creation,
      finished: { atMs: this.options.clock.now(), outcome: 'active' },
    });
    await this.options.inventory.refreshDetails(run.progress.creation.instanceId);
    this.options.log.info(`The private endpoint for ${run.progress.creation.instanceName} is Active`);
    this.completed.fire(run.progress);
  }

  /**
   * Writes what the look brought that must survive: the endpoint's id and domain, and since when it is registered, which
   * ends when the connection was removed to be made again.
   */
  private async remember(run: Run, { endpoint, connection }: Observed): Promise<Creation> {
    const { creation } = run.progress;
    let next = creation;
    if (typeof endpoint === 'object' && next.endpointId === undefined) {
      next = { ...next, endpointId: endpoint.id };
    }
    if (typeof endpoint === 'object' && endpoint.domain !== '' && endpoint.domain !== next.endpointDomain) {
      next = { ...next, endpointDomain: endpoint.domain };
    }
    const registered = typeof connection === 'object' && connection.state !== 'DISCOVERED';
    if (registered && next.registeredAtMs === undefined) {
      next = { ...next, registeredAtMs: this.options.clock.now() };
    } else if (!registered && next.registeredAtMs !== undefined && mayBeRegistered(endpoint)) {
      next = { ...next };
      Reflect.deleteProperty(next, 'registeredAtMs');
    }
    if (next !== creation) {
      await this.record(run, next);
    }
    return next;
  }

  private async record(run: Run, creation: Creation): Promise<void> {
    await this.options.journal.write(creation);
    this.note(run, { ...run.progress, creation });
  }

  private async observe(creation: Creation, signal: AbortSignal): Promise<Observed> {
    const api = await this.options.accounts.tidbCloud();
    const endpoint = await this.observeEndpoint(creation, signal);
    const asks = mayBeRegistered(endpoint);
    const connections = asks ? await collect(api.listConnections(creation.instanceId, signal)) : [];
    const endpointId = typeof endpoint === 'object' ? endpoint.id : creation.endpointId;
    const needsService = endpoint === 'absent' && creation.endpointId === undefined;
    const service = needsService ? await api.getPrivateLinkService(creation.instanceId, signal) : 'unknown';
    this.options.inventory.noteObserved(creation.instanceId, {
      ...(typeof endpoint === 'object' && { endpoint }),
      ...(asks && { connections }),
    });
    return {
      service,
      endpoint,
      connection: connections.find((c) => c.endpointId === endpointId) ?? 'absent',
    };
  }

  private async observeEndpoint(creation: Creation, signal: AbortSignal): Promise<Observed['endpoint']> {
    const { accounts } = this.options;
    const { spec, endpointId } = creation;
    if (spec === undefined) {
      return this.observeTyped(creation, signal);
    }
    const api = await accounts.alibabaCloud();
    const found =
      endpointId === undefined
        ? await this.findOwn(creation, signal)
        : await api.getEndpoint(spec.regionId, endpointId, signal);
    return found ?? 'absent';
  }

  /** An endpoint typed by hand: nothing depends on Alibaba Cloud, where it may belong to another account. */
  private async observeTyped(creation: Creation, signal: AbortSignal): Promise<Observed['endpoint']> {
    const { accounts, log } = this.options;
    const { endpointId } = creation;
    const regionId = alibabaRegionOf(creation.regionId);
    if (regionId === undefined || endpointId === undefined || !(await accounts.isSignedIn('Alibaba Cloud'))) {
      return 'unknown';
    }
    try {
      const api = await accounts.alibabaCloud();
      return (await api.getEndpoint(regionId, endpointId, signal)) ?? 'unknown';
    } catch (error) {
      if (isCancellation(error) || isTransient(error)) {
        throw error;
      }
      log.warn(`Alibaba Cloud does not show the endpoint ${endpointId}: ${String(error)}`);
      return 'unknown';
    }
  }

  /** The endpoint of this creation when the answer to the create call was lost: it carries the creation's tag. */
  private async findOwn(creation: Creation, signal: AbortSignal): Promise<VpcEndpoint | undefined> {
    const { spec } = creation;
    if (spec === undefined) {
      return undefined;
    }
    const api = await this.options.accounts.alibabaCloud();
    const filter = { serviceName: spec.serviceName, vpcId: spec.vpcId };
    for await (const endpoint of api.listEndpoints(spec.regionId, filter, signal)) {
      if (endpoint.tags[creationTag] === creation.id) {
        return endpoint;
      }
    }
    return undefined;
  }

  private note(run: Run, progress: CreationProgress): void {
    run.progress = progress;
    this.changed.fire(progress);
  }

  private async pause(run: Run, ms: number | undefined): Promise<void> {
    if (run.lookAgain) {
      return;
    }
    const woken = new AbortController();
    run.wake = () => woken.abort();
    try {
      await this.options.clock.sleep(ms ?? 2 ** 31 - 1, AbortSignal.any([run.abort.signal, woken.signal]));
    } catch {
      // Woken or disposed: the loop looks again or ends.
    }
  }
}

function wake(run: Run): void {
  run.lookAgain = true;
  run.wake();
}

/** Until the endpoint can be registered, TiDB Cloud has nothing to tell about it. */
const mayBeRegistered = (endpoint: Observed['endpoint']): boolean =>
  endpoint === 'unknown' || (typeof endpoint === 'object' && endpoint.status !== 'Creating');
