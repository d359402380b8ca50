import { AppError, isCancellation } from '../core/errors';
import { backoffMs } from '../core/schedule';
import type { Disposable } from '../core/emitter';
import type { Clock, Log } from '../core/ports';

export interface Repeated {
  readonly name: string;
  /** Asked before each wait, so that a changed setting or a quiet period takes effect; undefined pauses. */
  intervalMs(): number | undefined;
  run(signal: AbortSignal): Promise<void>;
}

/** The time is looked at this often while waiting. */
const sliceMs = 30_000;
/** A wait that took so much longer than it should: the machine slept. */
const sleptMs = 20_000;
/** Between two tries after a failure. */
const leastBackoffMs = 5_000;
/** What a machine that has just woken needs to be in its network again. */
const settlesWithinMs = 3_000;

interface Entry {
  readonly task: Repeated;
  readonly abort: AbortController;
  wake: (() => void) | undefined;
}

/**
 * The one place that repeats anything. A task never overlaps itself; failures back off with jitter and honour what the
 * service asked for. After the machine has slept, each task runs once soon, whatever has fallen due meanwhile.
 */
export class Scheduler implements Disposable {
  private readonly entries = new Set<Entry>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly random: () => number,
  ) {}

  repeat(task: Repeated): Disposable {
    const entry: Entry = { task, abort: new AbortController(), wake: undefined };
    this.entries.add(entry);
    void this.loop(entry);
    return {
      dispose: () => {
        this.entries.delete(entry);
        entry.abort.abort();
      },
    };
  }

  /** Ends pauses and waits, so that changed intervals count from now. */
  wake(): void {
    for (const entry of this.entries) {
      entry.wake?.();
    }
  }

  dispose(): void {
    for (const entry of this.entries) {
      entry.abort.abort();
    }
    this.entries.clear();
  }

  private async loop(entry: Entry): Promise<void> {
    const { task, abort } = entry;
    let failures = 0;
    let atLeastMs = 0;
    // The task may ask its makers for the interval, who must be done first.
    await Promise.resolve();
    while (!abort.signal.aborted) {
      const intervalMs = this.intervalOf(task);
      const waitMs =
        intervalMs === undefined
          ? undefined
          : Math.max(
              atLeastMs,
              failures === 0
                ? intervalMs
                : backoffMs(Math.max(intervalMs, leastBackoffMs), failures, this.random()),
            );
      const due = await this.pause(entry, waitMs);
      if (!due) {
        continue;
      }
      try {
        await task.run(abort.signal);
        failures = 0;
        atLeastMs = 0;
      } catch (error) {
        if (isCancellation(error)) {
          continue;
        }
        failures++;
        atLeastMs = AppError.is(error) ? (error.details.retryAfterMs ?? 0) : 0;
        this.log.error(`${task.name}: failed ${failures} time(s) in a row`, error);
      }
    }
  }

  /** An interval that cannot be told, for example from a setting that is not valid, pauses the task. */
  private intervalOf(task: Repeated): number | undefined {
    try {
      return task.intervalMs();
    } catch (error) {
      this.log.error(`${task.name}: the interval cannot be told`, error);
      return undefined;
    }
  }

  /**
   * Timers stand still while a machine sleeps, or all end at once when it wakes. So the clock is looked at: when it has
   * jumped, the wait is over as soon as the network may be there.
   */
  private async wait(ms: number, signal: AbortSignal): Promise<void> {
    let left = ms;
    while (left > 0) {
      const slice = Math.min(left, sliceMs);
      const due = this.clock.now() + slice;
      await this.clock.sleep(slice, signal);
      left -= slice;
      if (this.clock.now() - due > sleptMs) {
        await this.clock.sleep(settlesWithinMs, signal);
        return;
      }
    }
  }

  /** True when the time has passed; false when woken before, to look at the interval again. */
  private async pause(entry: Entry, ms: number | undefined): Promise<boolean> {
    const woken = new AbortController();
    const signal = AbortSignal.any([entry.abort.signal, woken.signal]);
    entry.wake = () => woken.abort();
    try {
      if (ms === undefined) {
        await this.clock.sleep(2 ** 31 - 1, signal);
        return false;
      }
      await this.wait(ms, signal);
      return true;
    } catch {
      return false;
    } finally {
      entry.wake = undefined;
    }
  }
}
