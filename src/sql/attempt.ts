import { AppError } from '../core/errors';

/** An attempt to get something from the server in bounded time. */
export interface Attempt {
  /** Aborted by the caller's signal or when the time is up; its reason is then what the attempt throws. */
  readonly signal: AbortSignal;
  /** Begins the next stage: `silence` says what was missing, should the time run out in it. */
  enter(silence: string | (() => string)): void;
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
  let silence: string | (() => string) = 'no answer';
  const onAbort = (): void => controller.abort(outer?.reason);
  const onTimeout = (): void => {
    const reason = `${typeof silence === 'string' ? silence : silence()} within ${String(timeoutMs / 1000)} s`;
    controller.abort(
      new AppError('sqlUnreachable', { source: 'SQL', subject: host, serviceCode: 'ETIMEDOUT', reason }),
    );
  };
  outer?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(onTimeout, timeoutMs);
  try {
    return await work({ signal: controller.signal, enter: (next) => (silence = next) });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onAbort);
  }
}
