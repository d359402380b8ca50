import { AppError } from '../core/errors';
import type { Clock } from '../core/ports';
import { networkCode } from './http';

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Codes of one cloud that pass by themselves, and at what pace to ask again. */
  readonly alsoRetry?: (error: AppError) => Pace | undefined;
  /** 0 to 1; for tests. */
  readonly random?: () => number;
}

export interface Pace {
  readonly maxAttempts: number;
  /** Doubled with each attempt, up to `maxDelayMs`. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** From the first attempt to the last pause's end. */
  readonly totalMs: number;
}

/** For what passes in a moment. */
export const quick: Pace = { maxAttempts: 4, firstDelayMs: 500, maxDelayMs: 8_000, totalMs: 60_000 };
/** For a thing that another change keeps busy. */
export const patient: Pace = { maxAttempts: 10, firstDelayMs: 3_000, maxDelayMs: 20_000, totalMs: 120_000 };

/** Network failures after which the same request may well succeed. A refused connection or an unknown host is not one. */
const passing = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/**
 * The one retry policy, for calls that may be repeated without harm: reads, and creates with a client token. The number of
 * attempts and the time for them are bounded, half of each pause is drawn at random; a pause that the cloud asks for is
 * kept, and where it would not fit into the time the error comes at once and carries it.
 */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, random = Math.random } = options;
  const start = clock.now();
  const failures = new Map<Pace, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const pace = AppError.is(error) ? paceAfter(error, options) : undefined;
      if (!AppError.is(error) || pace === undefined) {
        throw error;
      }
      const failed = (failures.get(pace) ?? 0) + 1;
      failures.set(pace, failed);
      if (failed >= pace.maxAttempts) {
        throw error;
      }
      const backoff = Math.min(pace.maxDelayMs, pace.firstDelayMs * 2 ** (failed - 1)) * (0.5 + random() / 2);
      const delay = Math.max(backoff, error.details.retryAfterMs ?? 0);
      if (clock.now() + delay > start + pace.totalMs) {
        throw error;
      }
      await clock.sleep(delay, signal);
    }
  }
}

/** Undefined for what would fail again. */
function paceAfter(error: AppError, options: RetryOptions): Pace | undefined {
  switch (error.code) {
    case 'throttled':
    case 'cloudFault':
    case 'timeout':
      return quick;
    case 'unreachable':
      return passing.has(networkCode(error) ?? '') ? quick : undefined;
    default:
      return options.alsoRetry?.(error);
  }
}

/** `Retry-After`: seconds, or a date. Undefined where it is absent or unreadable. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') {
    return undefined;
  }
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
