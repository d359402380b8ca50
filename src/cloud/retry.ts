import { AppError } from '../core/errors';
import type { Clock } from '../core/ports';
import { networkCode } from './http';

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Codes of one cloud that pass by themselves. */
  readonly alsoRetry?: (error: AppError) => boolean;
  /** 0 to 1; for tests. */
  readonly random?: () => number;
}

const maxAttempts = 4;
const firstDelayMs = 500;
const maxDelayMs = 8_000;
const totalMs = 60_000;

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
 * The one retry policy, for calls that may be repeated without harm: reads, and creates with a client token. At most four
 * attempts within a minute, half of each pause drawn at random; a pause that the cloud asks for is kept, and where it would
 * not fit into the minute the error comes at once and carries it.
 */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, random = Math.random } = options;
  const end = clock.now() + totalMs;
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (made >= maxAttempts || !mayPass(error, options)) {
        throw error;
      }
      const backoff = Math.min(maxDelayMs, firstDelayMs * 2 ** (made - 1)) * (0.5 + random() / 2);
      const delay = Math.max(backoff, error.details.retryAfterMs ?? 0);
      if (clock.now() + delay > end) {
        throw error;
      }
      await clock.sleep(delay, signal);
    }
  }
}

function mayPass(error: unknown, options: RetryOptions): error is AppError {
  if (!AppError.is(error)) {
    return false;
  }
  switch (error.code) {
    case 'throttled':
    case 'cloudFault':
    case 'timeout':
      return true;
    case 'unreachable':
      return passing.has(networkCode(error) ?? '');
    default:
      return options.alsoRetry?.(error) ?? false;
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
