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
  /** Ends the current wait. */
  wake: () => void;
}

/**
 * Carries creations through: observe both clouds, ask `reconcile` what is next, do that one thing, observe again. A
 * reload, a lost answer or a step done by hand in a console are all the same to it.
 */
export class CreationRunner implements Disposable {
  private readonly runs = new Map<string, Run>();
  private readonly changed: Emitter<CreationProgress>;
  private readonly completed: Emitter<CreationProgress>;

  constructor(private readonly options: RunnerOptions) {
    const onListenerError = (error: unknown): void =>
      options.log.error('A listener of the creation failed', error);
    this.changed = new Emitter(onListenerError);
    this.completed = new Emitter(onListenerError);
    options.accounts.onDidChange(() => {
      for (const { progress } of this.runs.values()) {
        if (progress.error !== undefined) {
          this.retry(progress.creation.id);
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
      run.wake();
    }
  }

  /** Stops following a creation. What exists in the clouds stays as it is. */
  async abandon(creationId: string): Promise<void> {
    const run = this.runs.get(creationId);
    if (run === undefined) {
      return;
    }
    run.abort.abort();
    this.runs.delete(creationId);
    const creation: Creation = {
      ...run.progress.creation,
      finished: { atMs: this.options.clock.now(), outcome: 'abandoned' },
    };
    await this.options.journal.write(creation);
    this.changed.fire({ creation });
  }

  dispose(): void {
    for (const run of this.runs.values()) {
      run.abort.abort();
    }
    this.runs.clear();
  }

  private carryOn(creation: Creation): void {
    const run: Run = { progress: { creation }, abort: new AbortController(), wake: () => undefined };
    this.runs.set(creation.id, run);
    this.changed.fire(run.progress);
    void this.follow(run);
  }

  private async follow(run: Run): Promise<void> {
    let failures = 0;
    while (!run.abort.signal.aborted && run.progress.creation.finished === undefined) {
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
        const waitMs = isTransient(error) ? backoffMs(2_000, failures, this.options.random()) : undefined;
        await this.pause(run, waitMs);
      }
    }
  }

  private async step(run: Run): Promise<void> {
    const { creation } = run.progress;
    const { signal } = run.abort;
    const seen = await this.observe(creation, signal);
    const known = await this.remember(run, seen);
    const decision = reconcile(known, seen);
    this.note(run, { creation: known, seen, decision });
    switch (decision.kind) {
      case 'createEndpoint': {
        const api = await this.options.accounts.alibabaCloud();
        const endpoint = await api.createEndpoint(decision.spec, known.clientToken, signal);
        this.options.inventory.noteObserved(known.instanceId, { endpoint });
        await this.record(run, { ...known, endpointId: endpoint.id, endpointDomain: endpoint.domain });
        return;
      }
      case 'createConnection':
        await this.createConnection(run, decision);
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

  private async createConnection(
    run: Run,
    { endpointId, privateDomainName }: Extract<Decision, { kind: 'createConnection' }>,
  ): Promise<void> {
    const { creation } = run.progress;
    const { instanceId, regionId } = creation;
    try {
      const api = await this.options.accounts.tidbCloud();
      await api.createConnection({ instanceId, regionId, endpointId, privateDomainName }, run.abort.signal);
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
    this.completed.fire(run.progress);
  }

  /** Writes what the look brought that must survive: the endpoint's id and domain, and when it was registered. */
  private async remember(run: Run, { endpoint, connection }: Observed): Promise<Creation> {
    const { creation } = run.progress;
    let next = creation;
    if (typeof endpoint === 'object' && next.endpointId === undefined) {
      next = { ...next, endpointId: endpoint.id, endpointDomain: endpoint.domain };
    }
    const registered = typeof connection === 'object' && connection.state !== 'DISCOVERED';
    if (registered && next.registeredAtMs === undefined) {
      next = { ...next, registeredAtMs: this.options.clock.now() };
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
    const active = typeof endpoint === 'object' && endpoint.status === 'Active';
    // Until the endpoint can be registered, TiDB Cloud has nothing to tell about it.
    const connections =
      endpoint === 'unknown' || active ? await collect(api.listConnections(creation.instanceId, signal)) : [];
    const endpointId = typeof endpoint === 'object' ? endpoint.id : creation.endpointId;
    const needsService = endpoint === 'absent' && creation.endpointId === undefined;
    const service = needsService ? await api.getPrivateLinkService(creation.instanceId, signal) : 'unknown';
    this.options.inventory.noteObserved(creation.instanceId, {
      ...(typeof endpoint === 'object' && { endpoint }),
      ...((endpoint === 'unknown' || active) && { connections }),
    });
    return {
      service,
      endpoint,
      connection: connections.find((c) => c.endpointId === endpointId) ?? 'absent',
    };
  }

  private async observeEndpoint(creation: Creation, signal: AbortSignal): Promise<Observed['endpoint']> {
    const { accounts } = this.options;
    const regionId = alibabaRegionOf(creation.regionId);
    if (
      regionId === undefined ||
      (creation.spec === undefined && !(await accounts.isSignedIn('Alibaba Cloud')))
    ) {
      return 'unknown';
    }
    const api = await accounts.alibabaCloud();
    if (creation.endpointId !== undefined) {
      const found = await api.getEndpoint(regionId, creation.endpointId, signal);
      // An endpoint typed by hand may belong to an account that is not signed in here.
      return found ?? (creation.spec === undefined ? 'unknown' : 'absent');
    }
    return creation.spec === undefined ? 'unknown' : ((await this.findOwn(creation, signal)) ?? 'absent');
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
    const woken = new AbortController();
    run.wake = () => woken.abort();
    try {
      await this.options.clock.sleep(ms ?? 2 ** 31 - 1, AbortSignal.any([run.abort.signal, woken.signal]));
    } catch {
      // Woken or disposed: the loop looks again or ends.
    }
  }
}
