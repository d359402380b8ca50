import type { Decision, Observed } from '../../core/creation';
import { reconcile, remembering } from '../../core/creation';
import { passesByItself } from '../../core/creationVerdict';
import { AppError, cancellation, isCancellation } from '../../core/errors';
import type { CreationJournal, JournalRecord, Lease } from '../../core/ports';
import { backoffMs } from '../../core/schedule';
import { Acts, needsConsole, type Act } from './acts';
import { Looks, type LooksOptions } from './looks';
import { Pace, type PaceOptions } from './pace';
import { isSameRecord, progressFrom, recordOf, type CreationProgress } from './progress';

/** How long to leave a cloud alone after it has answered a call that takes something away. */
const settlesWithinMs = 2_000;
/** How often a window that only shows a creation tries whether it may work on it. */
const leaseAgainAfterMs = 2_000;
const forever = 2 ** 31 - 1;

export interface RunOptions extends LooksOptions, PaceOptions {
  readonly journal: CreationJournal;
  readonly random: () => number;
}

export interface RunEvents {
  readonly onChange: (progress: CreationProgress) => void;
  /** It became Active, or all that was to go is gone, by the work of this window. */
  readonly onFinish: (progress: CreationProgress) => void;
}

/**
 * One creation in this window. With its lease it works: observe, ask `reconcile` what is next, do that one thing, observe
 * again. Without, it shows what the window that has the lease writes.
 */
export class Run {
  private readonly stopping = new AbortController();
  private readonly looks: Looks;
  private readonly acts: Acts;
  /** What the journal has of it. */
  private written: JournalRecord | undefined;
  /** Why TiDB Cloud's API did not take what the person now does in the console. */
  private refusal: AppError | undefined;
  private readonly pace: Pace;
  private failures = 0;
  /** Ends the current wait. */
  private endWait: () => void = () => undefined;
  /** Something may have changed since it began to look: there is nothing to wait for. */
  private lookAgain = false;
  private isSilent = false;
  /** Resolves when it has come to its end. */
  readonly ended: Promise<void>;

  /** @param lease of the record, when this window has it already */
  constructor(
    private now: CreationProgress,
    private lease: Lease | undefined,
    private readonly options: RunOptions,
    private readonly events: RunEvents,
  ) {
    this.looks = new Looks(options);
    this.acts = new Acts(options.accounts);
    this.pace = new Pace(options);
    this.ended = this.live();
  }

  get progress(): CreationProgress {
    return this.now;
  }

  /** Looks again now. */
  wake(): void {
    this.lookAgain = true;
    this.endWait();
  }

  /** Forgets why it stands still, and looks again now. */
  retry(): void {
    if (!this.now.readOnly && !this.isOver) {
      this.note({ creation: this.now.creation, readOnly: false });
    }
    this.wake();
  }

  /** Lets a call that changes something come to its answer, for that may bring the id of what it made. */
  async stop(): Promise<void> {
    this.stopping.abort(cancellation());
    await this.ended;
  }

  /** As at the end of the window. What is on its way then is found again by the next one. */
  dispose(): void {
    this.isSilent = true;
    this.stopping.abort(cancellation());
    void this.release();
  }

  private get isOver(): boolean {
    return this.stopping.signal.aborted || this.now.creation.finished !== undefined;
  }

  private async live(): Promise<void> {
    // The caller of the constructor has this run before anything happens to it.
    await Promise.resolve();
    while (!this.isOver) {
      try {
        this.lease ??= await this.options.journal.lease(this.now.creation.id);
        await (this.lease === undefined ? this.watch() : this.work(this.lease));
      } catch (error) {
        if (!isCancellation(error)) {
          await this.failed(error);
        }
      }
      await this.release();
    }
    await this.release();
  }

  private async watch(): Promise<void> {
    this.lookAgain = false;
    const record = await this.read();
    if (!this.stopping.signal.aborted) {
      if (!this.now.readOnly || (record !== undefined && !isSameRecord(this.written, record))) {
        this.written = record;
        this.note(
          record === undefined ? { creation: this.now.creation, readOnly: true } : progressFrom(record),
        );
      }
      await this.pause(leaseAgainAfterMs);
    }
  }

  private async work(lease: Lease): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    this.pace.due = 'both';
    this.written = await this.read();
    const { creation, shown }: JournalRecord = this.written ?? { creation: this.now.creation };
    this.refusal =
      creation.acceptance === 'console' && shown?.error?.code === 'notAllowed'
        ? new AppError('notAllowed', shown.error.details)
        : undefined;
    signal.throwIfAborted();
    this.note(
      this.written !== undefined && creation.finished !== undefined
        ? progressFrom(this.written)
        : { creation, readOnly: false },
    );
    while (!this.isOver && !lease.lost.aborted) {
      this.lookAgain = false;
      try {
        await this.step(signal);
        this.failures = 0;
      } catch (error) {
        if (!signal.aborted) {
          await this.failed(error);
        }
      }
    }
    if (lease.lost.aborted) {
      this.options.log.warn(`Creation for ${creation.instanceName}: another window may have taken it over`);
    }
  }

  private async step(signal: AbortSignal): Promise<void> {
    const before = this.now.seen;
    const seen = await this.look(signal);
    this.pace.due = 'both';
    const decision = await this.decide(seen);
    this.pace.learn(this.now.creation, before, seen);
    switch (decision.kind) {
      case 'wait':
      case 'ask':
        await this.pauseFor(decision, seen);
        return;
      case 'blocked':
        await this.pause(forever);
        return;
      case 'done':
        await this.finish('active');
        return;
      case 'removed':
        await this.finish('removed');
        return;
      default:
        await this.act(decision, seen, signal);
    }
  }

  /** Nothing is done, and nothing said to be over or to stand still, on what a cloud said a while ago. */
  private async look(signal: AbortSignal): Promise<Observed> {
    const { pace } = this;
    const { creation, seen: before } = this.now;
    const seen = await this.looks.look(creation, pace.due, before, signal);
    pace.looked(pace.due);
    const after = remembering(creation, seen);
    const { kind } = reconcile(after, seen);
    const { old } = pace;
    if (kind === 'wait' || kind === 'ask' || old === undefined) {
      return seen;
    }
    const again = await this.looks.look(after, old, seen, signal);
    pace.looked(old);
    return again;
  }

  private async decide(seen: Observed): Promise<Decision> {
    const creation = remembering(this.now.creation, seen);
    const decision = reconcile(creation, seen);
    this.pace.decided(decision);
    const handedOver = decision.kind === 'ask' && needsConsole(decision);
    await this.show({
      creation,
      seen,
      decision,
      readOnly: false,
      ...(handedOver && this.refusal !== undefined && { error: this.refusal }),
    });
    return decision;
  }

  /**
   * The journal is written before the call leaves, with the time where something is made. That write fails when the lease
   * was lost.
   */
  private async act(decision: Act, seen: Observed, signal: AbortSignal): Promise<void> {
    const act = await this.acts.prepare(decision, this.now.creation);
    const before = this.now.creation;
    const sent = act.mark === undefined ? before : { ...before, [act.mark]: this.options.clock.now() };
    await this.write({ ...this.now, creation: sent });
    signal.throwIfAborted();
    try {
      const made = await act.send();
      this.options.log.info(`Creation for ${before.instanceName}: ${decision.kind} was answered`);
      const progress = { ...this.now, creation: act.answered(this.now.creation) };
      if (made === undefined) {
        await this.write(progress);
        await this.pause(settlesWithinMs);
      } else {
        this.now = progress;
        // Taken for what is there: the cloud's lists may show it a moment later.
        const now = { ...seen, ...made };
        this.looks.noteMade(before, made);
        const next = await this.decide(now);
        if (next.kind === 'wait' || next.kind === 'ask') {
          await this.pauseFor(next, now);
        }
      }
    } catch (error) {
      const refused = act.refused(this.now.creation, before, error);
      if (refused !== this.now.creation) {
        await this.write({ ...this.now, creation: refused });
      }
      if (refused.acceptance === before.acceptance) {
        throw error;
      }
      this.options.log.info(`Creation for ${before.instanceName}: goes on in the console, ${String(error)}`);
      this.refusal = AppError.is(error) && error.code === 'notAllowed' ? error : undefined;
    }
  }

  private async pauseFor(
    decision: Extract<Decision, { kind: 'wait' | 'ask' }>,
    seen: Observed,
  ): Promise<void> {
    const { afterMs, look } = this.pace.next(this.now.creation, seen, decision);
    await this.pause(afterMs);
    // Woken before its time: something may have changed on either side.
    this.pace.due = this.lookAgain ? 'both' : look;
  }

  private async finish(outcome: 'active' | 'removed'): Promise<void> {
    const { creation } = this.now;
    await this.show({
      ...this.now,
      creation: { ...creation, finished: { atMs: this.options.clock.now(), outcome } },
    });
    const { inventory } = this.options;
    if (outcome === 'removed' || inventory.details(creation.instanceId).value === undefined) {
      // What the looks have seen is in the inventory already, but not what they did not find.
      await inventory.refreshDetails(creation.instanceId);
    }
    this.options.log.info(`The private endpoint for ${creation.instanceName} is ${outcome}`);
    if (!this.isSilent) {
      this.events.onFinish(this.now);
    }
  }

  /** An error that does not pass by itself waits for the person: `retry`. */
  private async failed(error: unknown): Promise<void> {
    const { log, random } = this.options;
    this.failures++;
    this.pace.due = 'both';
    log.error(`Creation for ${this.now.creation.instanceName}: failed`, error);
    this.note({ ...this.now, error });
    if (this.lease !== undefined) {
      try {
        await this.write(this.now);
      } catch (again) {
        log.error('Write the creation to the journal: failed', again);
      }
    }
    const askedMs = AppError.is(error) ? (error.details.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(askedMs, backoffMs(2_000, this.failures, random()));
    // A window that could not even read or take the record has nothing that the person could put right in it.
    const passes = this.lease === undefined || passesByItself(this.now.decision, error);
    await this.pause(passes ? waitMs : forever);
  }

  private async show(progress: CreationProgress): Promise<void> {
    if (!isSameRecord(this.written, recordOf(progress))) {
      await this.write(progress);
    }
    this.note(progress);
  }

  private async write(progress: CreationProgress): Promise<void> {
    if (this.lease === undefined || this.lease.lost.aborted) {
      throw cancellation();
    }
    const record = recordOf(progress);
    await this.options.journal.write(record);
    this.written = record;
    this.now = progress;
  }

  private async read(): Promise<JournalRecord | undefined> {
    const records = await this.options.journal.list();
    return records.find(({ creation }) => creation.id === this.now.creation.id);
  }

  private note(progress: CreationProgress): void {
    this.now = progress;
    if (!this.isSilent) {
      this.events.onChange(progress);
    }
  }

  private async release(): Promise<void> {
    const { lease } = this;
    this.lease = undefined;
    try {
      await lease?.release();
    } catch (error) {
      this.options.log.error('Release the creation for other windows: failed', error);
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.lookAgain) {
      return;
    }
    const woken = new AbortController();
    this.endWait = () => woken.abort();
    const ends = [this.stopping.signal, woken.signal, ...(this.lease === undefined ? [] : [this.lease.lost])];
    try {
      await this.options.clock.sleep(ms, AbortSignal.any(ends));
    } catch {
      // Woken or stopped: the loop looks again or ends.
    }
  }
}
