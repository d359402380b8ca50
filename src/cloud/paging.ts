import type { ErrorSource } from '../core/errors';
import { AppError } from '../core/errors';

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty or absent at the end. */
  readonly next?: string | null | undefined;
}

/**
 * Reads a list to its end. A token that comes back a second time would go round for ever: it is refused.
 * @throws AppError `badAnswer` on a repeated token; an abort throws the signal's reason
 */
export function pageThrough<T>(
  source: ErrorSource,
  operation: string,
  fetchPage: (token: string | undefined) => Promise<Page<T>>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  return itemsOf(pagesOf(source, operation, fetchPage, signal));
}

export async function* itemsOf<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T, void, undefined> {
  for await (const page of pages) {
    yield* page;
  }
}

/** The same as `pageThrough`, a page at a time. */
export async function* pagesOf<T>(
  source: ErrorSource,
  operation: string,
  fetchPage: (token: string | undefined) => Promise<Page<T>>,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[], void, undefined> {
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await fetchPage(token);
    yield page.items;
    token = page.next ?? '';
    if (token === '') {
      return;
    }
    if (seen.has(token)) {
      throw new AppError('badAnswer', {
        source,
        subject: operation,
        reason: `the list of ${operation} repeats a page`,
      });
    }
    seen.add(token);
  }
}
