import type { Clock, Log } from '../core/ports';

export interface RateBudgetOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Requests in any `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
}

/** From here on the rest of the budget is spread over the time it has to last. */
const scarce = 20;

/**
 * Keeps one key under its request rate: by counting what was sent here, and by what the server says of others' use in
 * `X-Ratelimit-Remaining-Minute` and `X-Ratelimit-Reset` (seconds).
 */
export class RateBudget {
  private readonly sent: number[] = [];
  private spacingMs = 0;
  private reportedUntil = 0;
  private pausedUntil = 0;

  constructor(private readonly options: RateBudgetOptions) {}

  /** Resolves when a request may be sent, and counts it. */
  async acquire(signal?: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    for (;;) {
      signal?.throwIfAborted();
      const wait = this.waitMs(clock.now());
      if (wait <= 0) {
        this.sent.push(clock.now());
        return;
      }
      log.debug(`Request rate: waiting ${Math.ceil(wait)} ms`);
      await clock.sleep(wait, signal);
    }
  }

  /** Nobody sends before this time has passed: for when the server refused and said how long. At most one window. */
  pause(ms: number): void {
    const { clock, windowMs } = this.options;
    this.pausedUntil = Math.max(this.pausedUntil, clock.now() + Math.min(ms, windowMs));
  }

  observe(headers: Headers): void {
    const remaining = numberIn(headers, 'x-ratelimit-remaining-minute');
    const reset = numberIn(headers, 'x-ratelimit-reset');
    if (remaining === undefined || reset === undefined) {
      return;
    }
    const resetMs = Math.min(reset * 1000, this.options.windowMs);
    this.reportedUntil = this.options.clock.now() + resetMs;
    this.spacingMs = remaining < scarce ? resetMs / Math.max(remaining, 1) : 0;
  }

  private waitMs(now: number): number {
    const { limit, windowMs } = this.options;
    while (this.sent[0] !== undefined && this.sent[0] <= now - windowMs) {
      this.sent.shift();
    }
    const leaves = this.sent.length < limit ? undefined : this.sent[this.sent.length - limit];
    const byCount = leaves === undefined ? 0 : leaves + windowMs - now;
    const last = this.sent.at(-1) ?? Number.NEGATIVE_INFINITY;
    const byReport = now < this.reportedUntil ? Math.min(last + this.spacingMs, this.reportedUntil) - now : 0;
    return Math.max(byCount, byReport, this.pausedUntil - now);
  }
}

const shared = new WeakMap<Clock, Map<string, RateBudget>>();
/** Temporary credentials come with a new key every hour: the keys that were asked for longest ago go. */
const mostShared = 1000;

/**
 * The one budget of this key: clients that are built anew (a sign-in, a changed setting) go on where the last one stood.
 * Budgets belong to a clock, of which the extension has one; the options of the first call stay.
 * @param key what the cloud counts by; with public parts of keys only
 */
export function sharedBudget(key: string, options: RateBudgetOptions): RateBudget {
  const budgets = shared.get(options.clock) ?? new Map<string, RateBudget>();
  shared.set(options.clock, budgets);
  const budget = budgets.get(key) ?? new RateBudget(options);
  budgets.delete(key);
  budgets.set(key, budget);
  const [oldest] = budgets.keys();
  if (budgets.size > mostShared && oldest !== undefined) {
    budgets.delete(oldest);
  }
  return budget;
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
