import type { Page } from '../paging';
import { pageThrough } from '../paging';
import { source } from './errors';

/** Lists that hand out a token for the next page. */
export function byToken<T>(
  operation: { readonly name: string },
  signal: AbortSignal | undefined,
  fetchPage: (NextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  return pageThrough(source, operation.name, fetchPage, signal);
}

/** The largest page of a list by number. */
const PageSize = 50;

/** Lists that count their pages: the number takes the token's place. */
export function byNumber<T>(
  operation: { readonly name: string },
  signal: AbortSignal | undefined,
  fetchPage: (paging: {
    readonly PageNumber: number;
    readonly PageSize: number;
  }) => Promise<{ readonly items: readonly T[]; readonly total: number }>,
): AsyncGenerator<T, void, undefined> {
  return byToken(operation, signal, async (token) => {
    const PageNumber = Number(token ?? 1);
    const { items, total } = await fetchPage({ PageNumber, PageSize });
    const more = items.length > 0 && PageNumber * PageSize < total;
    return { items, next: more ? String(PageNumber + 1) : undefined };
  });
}
