import { createHash } from 'node:crypto';
import { ApiError } from './apiError';

export interface TokenPage<T> {
  readonly items: T[];
  /** Empty at the end of the list. */
  readonly nextToken: string;
}

/**
 * One page of a list that is paged by tokens. A token carries a digest of the filters, which must not change on the way.
 * @param badToken the code for a token that was not issued for these filters
 */
export function pageByToken<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
  filters: object,
  badToken: string,
): TokenPage<T> {
  const digest = createHash('sha256').update(JSON.stringify(filters)).digest('hex').slice(0, 16);
  const start = token === undefined ? 0 : offsetIn(token, digest);
  if (start === undefined || start > all.length) {
    throw new ApiError(400, badToken, 'The specified NextToken is not valid.');
  }
  const end = start + size;
  const nextToken = end < all.length ? Buffer.from(`${digest}:${end}`).toString('base64url') : '';
  return { items: all.slice(start, end), nextToken };
}

function offsetIn(token: string, digest: string): number | undefined {
  const match = /^([0-9a-f]{16}):(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString());
  return match?.[1] === digest ? Number(match[2]) : undefined;
}

/** One page of a list that is paged by numbers; past the end it is empty. */
export function pageByNumber<T>(all: readonly T[], pageNumber = 1, pageSize = 10): T[] {
  return all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
}
