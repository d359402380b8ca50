import { AppError } from '../core/errors';

/** What was missing should the time run out; a function is called then, with the time in words. */
export type Silence = string | ((within: string) => string | AppError);

/** An attempt to get something from the server in bounded time. */
export interface Attempt {
  /** Aborted by the caller's signal or when the time is up; its reason is then what the attempt throws. */
  readonly signal: AbortSignal;
  /** Begins the next stage: `silence` says what was missing, should the time run out in it. */
  enter(silence: Silence): void;
  /** Waits for a person: that time does not count. */
  pausing<T>(work: Promise<T>): Promise<T>;
}

/** Runs `work` for at most `timeoutMs`. Work has to end, one way or another, when the attempt's signal is aborted. */
export async function attempt<T>(
  host: string,
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  let silence: Silence = 'no answer';
  const onAbort = (): void => controller.abort(outer?.reason);
  const onTimeout = (): void => {
    const within = `${String(timeoutMs / 1000)} s`;
    const missing = typeof silence === 'string' ? silence : silence(within);
    controller.abort(
      AppError.is(missing)
        ? missing
        : new AppError('sqlUnreachable', {
            source: 'SQL',
            subject: host,
            serviceCode: 'ETIMEDOUT',
            reason: `${missing} within ${within}`,
          }),
    );
  };
  outer?.addEventListener('abort', onAbort, { once: true });
  const limit = new Limit(timeoutMs, onTimeout);
  try {
    return await work({
      signal: controller.signal,
      enter: (next) => (silence = next),
      pausing: async (waited) => {
        limit.pause();
        try {
          return await waited;
        } finally {
          limit.go();
        }
      },
    });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    limit.end();
    outer?.removeEventListener('abort', onAbort);
  }
}

/** A time limit that can be held, by several at once. */
class Limit {
  private holders = 0;
  private startedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private leftMs: number,
    private readonly onTimeout: () => void,
  ) {
    this.start();
  }

  pause(): void {
    if (this.holders++ === 0) {
      clearTimeout(this.timer);
      this.leftMs -= performance.now() - this.startedAt;
    }
  }

  go(): void {
    if (--this.holders === 0) {
      this.start();
    }
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private start(): void {
    if (!this.ended) {
      this.startedAt = performance.now();
      this.timer = setTimeout(this.onTimeout, this.leftMs);
    }
  }
}
