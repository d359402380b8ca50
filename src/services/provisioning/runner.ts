import type { Creation, Removal } from '../../core/creation';
import { isRegistered, removalOf } from '../../core/removal';
import { Emitter, type Disposable } from '../../core/emitter';
import { AppError } from '../../core/errors';
import type { JournalRecord, Lease } from '../../core/ports';
import type { CreationProgress } from './progress';
import { Run, type RunOptions } from './run';

export type { CreationProgress } from './progress';

/** Two windows that begin at the same moment: one waits until the other has written what it begins. */
const beginsWithinMs = 15_000;
const beginAgainAfterMs = 100;
/** For so long what is over stays in the journal. */
const keptMs = 30 * 24 * 60 * 60_000;

/**
 * All creations and removals that this window knows of: begins them, carries them on, tells what becomes of them. A
 * reload, a lost answer, a second window or a step done by hand in a console are all the same to it.
 */
export class CreationRunner implements Disposable {
  private readonly runs = new Map<string, Run>();
  private readonly changed: Emitter<CreationProgress>;
  private readonly completed: Emitter<CreationProgress>;
  private readonly removed: Emitter<CreationProgress>;
  private readonly subscriptions: Disposable[];
  /** What the person asks for is done one after the other. */
  private last: Promise<unknown> = Promise.resolve();
  private listening = false;
  private disposed = false;

  constructor(private readonly options: RunOptions) {
    const onListenerError = (error: unknown): void =>
      options.log.error('A listener of the creation failed', error);
    this.changed = new Emitter(onListenerError);
    this.completed = new Emitter(onListenerError);
    this.removed = new Emitter(onListenerError);
    this.subscriptions = [
      options.accounts.onDidChange(() => {
        for (const run of this.runs.values()) {
          if (run.progress.error === undefined) {
            run.wake();
          } else {
            run.retry();
          }
        }
      }),
    ];
  }

  get onDidChange(): Emitter<CreationProgress>['event'] {
    return this.changed.event;
  }

  /** Fires once when a connection becomes Active, in the window that works on it. */
  get onDidComplete(): Emitter<CreationProgress>['event'] {
    return this.completed.event;
  }

  /** Fires once when all that was to go is gone, in the window that works on it. */
  get onDidRemove(): Emitter<CreationProgress>['event'] {
    return this.removed.event;
  }

  /** The latest creation or removal for an instance that this window knows of. */
  progressOf(instanceId: string): CreationProgress | undefined {
    return this.latest(({ creation }) => creation.instanceId === instanceId);
  }

  /** The latest one that is about this endpoint. */
  progressOfEndpoint(endpointId: string): CreationProgress | undefined {
    return this.latest(({ creation }) => creation.endpointId === endpointId);
  }

  /** Those that go on or wait for the person, the oldest first; also where the instance is gone. */
  unfinished(): readonly CreationProgress[] {
    return this.all()
      .filter(({ creation }) => creation.finished === undefined)
      .sort((a, b) => a.creation.startedAtMs - b.creation.startedAtMs);
  }

  /**
   * Writes the wish to the journal, then begins. Resolves with what is followed: where another window has begun the same,
   * or the endpoint is being worked on already, that.
   *
   * @throws AppError conflict when the endpoint is being worked on in another window
   */
  start(creation: Creation): Promise<Creation> {
    return this.inTurn(async () => {
      this.listen();
      const gate = await this.enter(creation);
      try {
        return await this.begin(await this.withAccount(creation));
      } finally {
        await gate.release();
      }
    });
  }

  /** Takes up every creation that is not finished, and forgets those that have been finished for long. */
  async resumeAll(): Promise<void> {
    this.listen();
    const records = await this.options.journal.list();
    for (const record of records) {
      if (record.creation.finished === undefined && !this.runs.has(record.creation.id)) {
        this.options.log.info(`Taking up the creation for ${record.creation.instanceName} again`);
        this.carryOn(record.creation);
      }
    }
    for (const { creation } of records) {
      if (this.isOutdated(creation)) {
        await this.forget(creation.id);
      }
    }
  }

  /** Looks again now, after the person has changed something. */
  retry(creationId: string): void {
    this.runs.get(creationId)?.retry();
  }

  /**
   * Stops creating, and takes away what `removal` names. What is to go already goes all the same, and so does what the
   * creation makes until it has stopped.
   *
   * @throws AppError conflict when another window works on it
   */
  remove(creationId: string, removal: Removal): Promise<void> {
    const before = this.runs.get(creationId)?.progress.creation;
    return this.inTurn(() =>
      this.change(creationId, (now) => withRemoval(withRemoval(now, removal), madeSince(before, now))),
    );
  }

  /**
   * Deletes the connection that is Failed, and makes a new one.
   *
   * @throws AppError conflict when none is Failed, or another window works on it
   */
  recreate(creationId: string): Promise<void> {
    return this.inTurn(async () => {
      const connection = this.runs.get(creationId)?.progress.seen?.connection ?? 'unknown';
      if (!isRegistered(connection) || connection.state !== 'FAILED') {
        throw conflict('There is no connection that is Failed');
      }
      await this.change(creationId, (creation) => ({ ...creation, recreate: connection.id }));
    });
  }

  /**
   * Stops following a creation. What exists in the clouds stays as it is.
   *
   * @throws AppError conflict when another window works on it
   */
  abandon(creationId: string): Promise<void> {
    const finished = { atMs: this.options.clock.now(), outcome: 'abandoned' } as const;
    return this.inTurn(() => this.change(creationId, (creation) => ({ ...creation, finished })));
  }

  dispose(): void {
    this.disposed = true;
    this.subscriptions.forEach((subscription) => subscription.dispose());
    for (const run of this.runs.values()) {
      run.dispose();
    }
    this.runs.clear();
  }

  /** Notes the key that lists the instance now, so that a later window goes on with the same one. */
  private async withAccount(creation: Creation): Promise<Creation> {
    try {
      const { id } = await this.options.accounts.tidbCloudAccountFor(creation.instanceId);
      return { tidbCloudAccount: id, ...creation };
    } catch (error) {
      this.options.log.warn(
        `The TiDB Cloud account of ${creation.instanceName} cannot be told: ${String(error)}`,
      );
      return creation;
    }
  }

  private async begin(creation: Creation): Promise<Creation> {
    const records = await this.options.journal.list();
    const same =
      records.find((record) => record.creation.id === creation.id) ??
      records.find((record) => isSameWish(record.creation, creation));
    if (same === undefined) {
      const lease = await this.options.journal.lease(creation.id);
      try {
        await this.options.journal.write({ creation });
      } catch (error) {
        await lease?.release();
        throw error;
      }
      this.carryOn(creation, lease);
      return creation;
    }
    const { id } = same.creation;
    this.carryOn(same.creation);
    if (creation.removal !== undefined) {
      const { removal } = creation;
      const ofAccount = creation.accountId === undefined ? {} : { accountId: creation.accountId };
      await this.change(id, (now) => withRemoval({ ...ofAccount, ...now }, removal));
    }
    return this.runs.get(id)?.progress.creation ?? same.creation;
  }

  /** Only one window at a time begins something for an instance. */
  private async enter({ instanceId }: Creation): Promise<Lease> {
    const { journal, clock } = this.options;
    const givesUpAtMs = clock.now() + beginsWithinMs;
    for (;;) {
      const gate = await journal.lease(`begin-${instanceId}`);
      if (gate !== undefined) {
        return gate;
      }
      if (clock.now() >= givesUpAtMs) {
        throw conflict('Another window is beginning something for the same instance');
      }
      await clock.sleep(beginAgainAfterMs);
    }
  }

  /** Writes what the person has decided about a creation, and goes on with that. */
  private async change(creationId: string, decided: (creation: Creation) => Creation): Promise<void> {
    const run = this.runs.get(creationId);
    if (run === undefined) {
      return;
    }
    const { journal } = this.options;
    const before = run.progress;
    if (before.readOnly) {
      throw conflict('Another window works on it');
    }
    await run.stop();
    this.runs.delete(creationId);
    let lease: Lease | undefined;
    try {
      lease = await journal.lease(creationId);
      if (lease === undefined) {
        throw conflict('Another window works on it');
      }
      const creation = decided((await this.recordOf(creationId))?.creation ?? run.progress.creation);
      await journal.write({ creation });
      this.carryOn(creation, lease);
    } catch (error) {
      this.carryOn(run.progress.creation, lease);
      throw error;
    }
  }

  private carryOn(creation: Creation, lease?: Lease): void {
    if (this.disposed || this.runs.has(creation.id)) {
      lease?.release().catch((error: unknown) => {
        this.options.log.error('Release the creation for other windows: failed', error);
      });
      return;
    }
    const run = new Run({ creation, readOnly: false }, lease, this.options, {
      onChange: (progress) => this.tell(run, progress),
      onFinish: (progress) =>
        (progress.creation.removal === undefined ? this.completed : this.removed).fire(progress),
    });
    this.runs.set(creation.id, run);
    this.tell(run, run.progress);
  }

  private tell(run: Run, progress: CreationProgress): void {
    const { id, finished } = progress.creation;
    if (this.runs.get(id) !== run) {
      return;
    }
    if (finished?.outcome === 'abandoned') {
      this.runs.delete(id);
    }
    this.changed.fire(progress);
  }

  /** Other windows begin creations, and work on those that this one shows. */
  private listen(): void {
    if (this.listening || this.disposed) {
      return;
    }
    this.listening = true;
    this.subscriptions.push(
      this.options.journal.onDidChange((id) => {
        this.noticed(id).catch((error: unknown) =>
          this.options.log.error('Read what another window does: failed', error),
        );
      }),
    );
  }

  private async noticed(creationId: string): Promise<void> {
    const run = this.runs.get(creationId);
    if (run !== undefined) {
      if (run.progress.readOnly) {
        run.wake();
      }
      return;
    }
    const creation = (await this.recordOf(creationId))?.creation;
    if (creation?.finished === undefined && creation !== undefined) {
      this.carryOn(creation);
    }
  }

  private isOutdated({ finished }: Creation): boolean {
    return finished !== undefined && this.options.clock.now() - finished.atMs > keptMs;
  }

  /** Not while any window has it: that may be about to remove what it made. */
  private async forget(creationId: string): Promise<void> {
    const { journal } = this.options;
    const lease = await journal.lease(creationId);
    if (lease === undefined) {
      return;
    }
    try {
      const record = await this.recordOf(creationId);
      if (record !== undefined && this.isOutdated(record.creation)) {
        await journal.forget(creationId);
      }
    } finally {
      await lease.release();
    }
  }

  private async recordOf(creationId: string): Promise<JournalRecord | undefined> {
    return (await this.options.journal.list()).find(({ creation }) => creation.id === creationId);
  }

  private all(): CreationProgress[] {
    return [...this.runs.values()].map(({ progress }) => progress);
  }

  private latest(wanted: (progress: CreationProgress) => boolean): CreationProgress | undefined {
    return this.all()
      .filter(wanted)
      .sort((a, b) => b.creation.startedAtMs - a.creation.startedAtMs)[0];
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task, task);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const conflict = (reason: string): AppError => new AppError('conflict', { source: 'Extension', reason });

/** What was on its way when the person decided. */
function madeSince(before: Creation | undefined, now: Creation): Removal {
  const known = removalOf(before ?? now);
  const made = removalOf(now);
  return {
    connection: made.connection && !known.connection,
    endpoint: made.endpoint && !known.endpoint,
  };
}

/** What is to go once goes: a second wish does not take back the first. */
function withRemoval(creation: Creation, removal: Removal): Creation {
  const { connection = false, endpoint = false } = creation.removal ?? {};
  const next = {
    ...creation,
    removal: { connection: connection || removal.connection, endpoint: endpoint || removal.endpoint },
  };
  Reflect.deleteProperty(next, 'recreate');
  Reflect.deleteProperty(next, 'finished');
  return next;
}

/** Working on both would make two of what the person wants once, or make what is being taken away. */
function isSameWish(known: Creation, wanted: Creation): boolean {
  if (known.finished !== undefined || known.instanceId !== wanted.instanceId) {
    return false;
  }
  return wanted.endpointId !== undefined
    ? known.endpointId === wanted.endpointId
    : known.removal === undefined &&
        known.spec !== undefined &&
        known.spec.vpcId === wanted.spec?.vpcId &&
        known.spec.serviceName === wanted.spec.serviceName;
}
