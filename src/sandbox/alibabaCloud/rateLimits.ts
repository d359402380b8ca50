import type { Operation } from './operation';
import type { Quotas } from './quotas';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LOOKS = /^(Check|Describe|Get|List)/;

interface Window {
  readonly start: number;
  count: number;
}

/** Calls per operation and region within a time, for the products whose limits are published: PrivateLink. */
export class RateLimits {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly quotas: Quotas,
    private readonly now: () => number,
  ) {}

  /** Counts a call. @returns how many milliseconds to wait when there were too many; undefined when there were not */
  count(operation: Operation, region: string): number | undefined {
    const limit = this.limitOf(operation);
    if (!limit) {
      return undefined;
    }
    const key = `${operation.action} ${region}`;
    const now = this.now();
    let window = this.windows.get(key);
    if (!window || now - window.start >= limit.withinMs) {
      window = { start: now, count: 0 };
      this.windows.set(key, window);
    }
    window.count += 1;
    return window.count <= limit.calls ? undefined : Math.max(1, window.start + limit.withinMs - now);
  }

  private limitOf({ product, action }: Operation): { calls: number; withinMs: number } | undefined {
    if (product !== 'privatelink') {
      return undefined;
    }
    switch (action) {
      case 'OpenPrivateLinkService':
        return { calls: this.quotas.activationsPerSecond, withinMs: SECOND };
      case 'TagResources':
      case 'UntagResources':
        return { calls: this.quotas.tagWritesPerMinute, withinMs: MINUTE };
      case 'ListTagResources':
        return { calls: this.quotas.tagReadsPerSecond, withinMs: SECOND };
      default:
        return LOOKS.test(action)
          ? { calls: this.quotas.readsPerMinute, withinMs: MINUTE }
          : { calls: this.quotas.writesPerMinute, withinMs: MINUTE };
    }
  }
}
