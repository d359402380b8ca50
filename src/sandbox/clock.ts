/** The longest delay a Node timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the sandbox knows about time. Timestamps are the wall clock's; only durations are scaled. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of the clouds' time since the world began; stands still while the clock is held. */
  elapsed(): number;
  /** The wall time at which that much of the clouds' time will have passed, if nobody holds the clock. */
  wallTimeOf(elapsedMs: number): number;
  /** Runs `action` once `durationMs` of the clouds' time has passed; returns how to cancel it. */
  after(durationMs: number, action: () => void): () => void;
}

interface Due {
  readonly action: () => void;
  /** Real milliseconds that were left when the timer was last started or paused. */
  left: number;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** A clock on which the clouds' durations pass `scale` times faster than in reality, and which can be held. */
export class ScaledClock implements Clock {
  private readonly due = new Set<Due>();
  private running = true;
  private stopped = false;
  /** The clouds' time when the clock last began to run, and when that was. */
  private base: number;
  private ranSince = performance.now();

  /**
   * @param elapsedMs where the clouds' time goes on, after an earlier run
   * @throws RangeError when `scale` is not a positive number.
   */
  constructor(
    private readonly scale: number,
    elapsedMs = 0,
  ) {
    if (!(scale > 0) || !Number.isFinite(scale)) {
      throw new RangeError(`timeScale must be a positive number, not ${scale}`);
    }
    this.base = elapsedMs;
  }

  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return this.running ? this.base + (performance.now() - this.ranSince) * this.scale : this.base;
  }

  wallTimeOf(elapsedMs: number): number {
    return this.now() + (elapsedMs - this.elapsed()) / this.scale;
  }

  after(durationMs: number, action: () => void): () => void {
    const left = Math.min(durationMs / this.scale, LONGEST_TIMER_MS);
    const entry: Due = { action, left, startedAt: 0, timer: undefined };
    if (!this.stopped) {
      this.due.add(entry);
      if (this.running) {
        this.start(entry);
      }
    }
    return () => {
      clearTimeout(entry.timer);
      this.due.delete(entry);
    };
  }

  /** Nothing becomes due until `resume`. */
  pause(): void {
    if (!this.running) {
      return;
    }
    this.base = this.elapsed();
    this.running = false;
    for (const entry of this.due) {
      clearTimeout(entry.timer);
      entry.left = Math.max(0, entry.left - (performance.now() - entry.startedAt));
    }
  }

  resume(): void {
    if (this.running || this.stopped) {
      return;
    }
    this.running = true;
    this.ranSince = performance.now();
    for (const entry of this.due) {
      this.start(entry);
    }
  }

  /** Cancels everything that is due; nothing becomes due afterwards. */
  stop(): void {
    this.stopped = true;
    for (const entry of this.due) {
      clearTimeout(entry.timer);
    }
    this.due.clear();
  }

  private start(entry: Due): void {
    entry.startedAt = performance.now();
    entry.timer = setTimeout(() => {
      this.due.delete(entry);
      entry.action();
    }, entry.left);
  }
}
