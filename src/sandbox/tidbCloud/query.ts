import { createHash } from 'node:crypto';
import { decodePairs } from '../http/exchange';
import { RpcError } from './rpcStatus';

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 100;
const PAGING = ['pageSize', 'pageToken', 'skip'];

/** The query of a call, checked: only known names, and only those that may repeat are repeated. */
export class Query {
  private readonly values = new Map<string, string[]>();

  constructor(text: string, single: readonly string[], repeated: readonly string[] = []) {
    for (const [name, value] of decodePairs(text)) {
      if (!single.includes(name) && !repeated.includes(name)) {
        throw new RpcError(3, `unknown query parameter "${name}"`);
      }
      const values = [...(this.values.get(name) ?? []), value];
      if (values.length > 1 && !repeated.includes(name)) {
        throw new RpcError(3, `query parameter "${name}" is given more than once`);
      }
      this.values.set(name, values);
    }
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  one(name: string): string | undefined {
    return this.all(name)[0] || undefined;
  }

  /** @throws RpcError when the value is none of `allowed`. */
  oneOf(name: string, allowed: readonly string[]): string | undefined {
    const value = this.one(name);
    if (value !== undefined && !allowed.includes(value)) {
      throw new RpcError(3, `query parameter "${name}" has the unknown value "${value}"`);
    }
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.oneOf(name, ['true', 'false']);
    return value === undefined ? undefined : value === 'true';
  }

  whole(name: string): number | undefined {
    const value = this.one(name);
    if (value !== undefined && !/^\d{1,9}$/.test(value)) {
      throw new RpcError(3, `query parameter "${name}" is not a non-negative number`);
    }
    return value === undefined ? undefined : Number(value);
  }

  /** Everything but paging: what must stay the same from page to page. */
  filters(): string {
    return JSON.stringify([...this.values].filter(([name]) => !PAGING.includes(name)).sort());
  }
}

export const PAGING_PARAMETERS: readonly string[] = PAGING;

/** One page as every list of v1beta2 has it: `{[name]: items, totalSize, nextPageToken?}`. */
export function pageBody<T>(
  name: string,
  all: readonly T[],
  query: Query,
  body: (item: T) => object,
): object {
  const size = Math.min(query.whole('pageSize') || DEFAULT_PAGE, LARGEST_PAGE);
  const digest = createHash('sha256').update(query.filters()).digest('hex').slice(0, 16);
  const start = (query.whole('skip') ?? 0) + offsetOf(query.one('pageToken'), digest);
  const end = start + size;
  return {
    [name]: all.slice(start, end).map(body),
    totalSize: all.length,
    ...(end < all.length ? { nextPageToken: tokenFor(end - (query.whole('skip') ?? 0), digest) } : {}),
  };
}

/** The number inside a token leaves out `skip`, which the next call brings again. */
function tokenFor(offset: number, digest: string): string {
  return Buffer.from(`${digest}:${offset}`).toString('base64url');
}

function offsetOf(token: string | undefined, digest: string): number {
  if (token === undefined) {
    return 0;
  }
  const match = /^([0-9a-f]{16}):(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString());
  if (match?.[1] !== digest) {
    throw new RpcError(3, 'page token does not match the filters of the request');
  }
  return Number(match[2]);
}
