const WINDOW_MS = 60_000;

export interface RateVerdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests per real minute and key. Asking for a challenge costs the sandbox's own key a request like any other. */
export class RateLimit {
  private readonly windows = new Map<string, { readonly start: number; count: number }>();

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number,
  ) {}

  count(key: string): RateVerdict {
    const now = this.now();
    let window = this.windows.get(key);
    if (!window || now - window.start >= WINDOW_MS) {
      window = { start: now, count: 0 };
      this.windows.set(key, window);
    }
    window.count += 1;
    return {
      allowed: window.count <= this.perMinute,
      headers: {
        'X-Ratelimit-Limit-Minute': String(this.perMinute),
        'X-Ratelimit-Remaining-Minute': String(Math.max(0, this.perMinute - window.count)),
        'X-Ratelimit-Reset': String(Math.max(1, Math.ceil((window.start + WINDOW_MS - now) / 1000))),
      },
    };
  }
}
