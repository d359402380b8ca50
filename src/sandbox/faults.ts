import { createHash } from 'node:crypto';
import { jsonAnswer, RESET, type Answer } from './http/exchange';

/**
 * What goes wrong instead of, or before, the real answer.
 * - `error`: an error in the cloud's own format. `code` is Alibaba Cloud's text code or TiDB Cloud's number.
 * - `throttling`: the cloud's own answer to too many calls. Alibaba Cloud: `Throttling.User` with `x-acs-retry-after` in
 *   milliseconds; TiDB Cloud: 429 with `Retry-After` in seconds.
 * - `answer`: any status and body.
 * - `wrongShape`: the true answer with every value turned into one of another type: valid JSON, but not what was agreed.
 * - `truncatedJson`: a complete HTTP answer whose JSON stops in the middle.
 * - `html`: what a proxy or gateway in trouble sends.
 * - `reset`: the connection is dropped; `truncated`: it is dropped in the middle of the true answer.
 * - `delay`: the true answer, `ms` real milliseconds late.
 */
export type Fault =
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string | number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** More fields of the error body, for example AccessDeniedDetail. */
      readonly body?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'throttling'; readonly retryAfterMs: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrongShape' }
  | { readonly kind: 'truncatedJson' }
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultRule {
  /** `CreateVpcEndpoint`, or `vpc:DescribeZones` where products share a name, or `*` for every operation. */
  readonly operation: string;
  /** The first call it meets, counting those that match from when the rule was added; 1 when left out. */
  readonly nth?: number;
  /** How many calls it meets. When left out: 1, and with a `probability` all until the faults are cleared. */
  readonly times?: number;
  /** From 0 to 1: how likely it meets each of the calls it could meet. The same `faultSeed` gives the same outcomes. */
  readonly probability?: number;
  /** `after`: the operation has taken effect and only its answer is lost or replaced. Default `before`. */
  readonly when?: 'before' | 'after';
  readonly fault: Fault;
}

/** How a cloud writes errors of its own. */
export interface ErrorWriter {
  readonly error: (fault: Extract<Fault, { kind: 'error' }>) => Answer;
  readonly throttling: (retryAfterMs: number) => Answer;
}

interface ArmedRule {
  readonly rule: FaultRule;
  readonly chance: () => number;
  seen: number;
  left: number;
}

/** Counts the calls of every operation and spoils those that a rule asks for. Applied once the caller is known. */
export class Faults {
  private rules: ArmedRule[] = [];
  private added = 0;
  private readonly counts = new Map<string, number>();
  private stopped = false;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly seed = 1) {}

  /** @throws RangeError for numbers that make no sense. */
  add(rule: FaultRule): void {
    const { nth = 1, times = 1, probability = 1 } = rule;
    if (!Number.isInteger(nth) || nth < 1 || !(times >= 1) || !(probability >= 0 && probability <= 1)) {
      throw new RangeError('A fault has nth and times of at least 1 and a probability from 0 to 1.');
    }
    this.added += 1;
    const left = rule.times ?? (rule.probability === undefined ? 1 : Infinity);
    this.rules.push({ rule, chance: numbersFrom(`${this.seed}/${this.added}`), seen: 0, left });
  }

  clear(): void {
    this.rules = [];
  }

  /** Calls so far of `product:Operation`, or of `Operation` over all products. */
  count(operation: string): number {
    let total = 0;
    for (const [name, count] of this.counts) {
      if (matches(operation, name)) {
        total += count;
      }
    }
    return total;
  }

  /** Lets late answers go at once. */
  stop(): void {
    this.stopped = true;
    for (const release of this.waiting) {
      release();
    }
  }

  /** @param name `product:Operation` */
  async around(name: string, writer: ErrorWriter, run: () => Answer): Promise<Answer> {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const rule = this.take(name);
    if (!rule) {
      return run();
    }
    const { fault } = rule;
    if (rule.when !== 'after' && replaces(fault)) {
      return spoil(fault, writer, undefined);
    }
    const answer = run();
    if (fault.kind === 'delay') {
      await this.delay(fault.ms);
    }
    return spoil(fault, writer, answer);
  }

  /** The first rule that meets this call. Every rule that matches has seen it, also those that come too late for it. */
  private take(name: string): FaultRule | undefined {
    let taken: ArmedRule | undefined;
    for (const armed of this.rules.filter(({ rule }) => matches(rule.operation, name))) {
      armed.seen += 1;
      const { nth = 1, probability = 1 } = armed.rule;
      const met = armed.seen >= nth && armed.chance() < probability;
      if (met && !taken) {
        armed.left -= 1;
        taken = armed;
      }
    }
    this.rules = this.rules.filter(({ left }) => left > 0);
    return taken?.rule;
  }

  private async delay(ms: number): Promise<void> {
    if (this.stopped) {
      return;
    }
    await new Promise<void>((resolve) => {
      const release = (): void => {
        clearTimeout(timer);
        this.waiting.delete(release);
        resolve();
      };
      const timer = setTimeout(release, ms);
      this.waiting.add(release);
    });
  }
}

/** Numbers from 0 to 1 that are the same for the same seed: the digest of the seed and a count, as a fraction. */
function numbersFrom(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}/${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}

function matches(wanted: string, name: string): boolean {
  return wanted === '*' || wanted === name || name.endsWith(`:${wanted}`);
}

/** Some faults need the true answer; the others stand in for it. */
function replaces(fault: Fault): boolean {
  return !['delay', 'truncated', 'truncatedJson', 'wrongShape'].includes(fault.kind);
}

function spoil(fault: Fault, writer: ErrorWriter, answer: Answer = RESET): Answer {
  switch (fault.kind) {
    case 'error':
      return writer.error(fault);
    case 'throttling':
      return writer.throttling(fault.retryAfterMs);
    case 'answer':
      return typeof fault.body === 'string'
        ? { status: fault.status, headers: { ...fault.headers }, body: fault.body }
        : jsonAnswer(fault.status, fault.body, { ...fault.headers });
    case 'wrongShape':
      return { ...answer, body: JSON.stringify(otherTypes(JSON.parse(answer.body))) };
    case 'truncatedJson':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'html':
      return {
        status: fault.status ?? 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>',
      };
    case 'truncated':
      return { ...answer, cut: 'truncate' };
    case 'delay':
      return answer;
    case 'reset':
      return RESET;
  }
}

/** The same keys with values of other types: lists become objects, texts numbers, and everything else texts. */
function otherTypes(value: unknown): unknown {
  if (Array.isArray(value)) {
    return { items: value.map(otherTypes) };
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, otherTypes(inner)]));
  }
  return typeof value === 'string' ? value.length : String(value);
}
