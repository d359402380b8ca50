import { jsonAnswer, RESET, type Answer } from './http/exchange';

/**
 * What goes wrong instead of, or before, the real answer.
 * - `error`: an error in the cloud's own format. `code` is Alibaba Cloud's text code or TiDB Cloud's number.
 * - `answer`: any status and body, for example JSON of the wrong shape.
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
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultRule {
  /** `CreateVpcEndpoint`, or `vpc:DescribeZones` where products share a name, or `*` for every operation. */
  readonly operation: string;
  /** How many calls it meets; 1 when left out. */
  readonly times?: number;
  /** `after`: the operation has taken effect and only its answer is lost or replaced. Default `before`. */
  readonly when?: 'before' | 'after';
  readonly fault: Fault;
}

/** How a cloud writes an error of its own. */
export type ErrorWriter = (fault: Extract<Fault, { kind: 'error' }>) => Answer;

interface ArmedRule {
  readonly rule: FaultRule;
  left: number;
}

/** Counts the calls of every operation and spoils those that a rule asks for. Applied once the caller is known. */
export class Faults {
  private rules: ArmedRule[] = [];
  private readonly counts = new Map<string, number>();
  private stopped = false;
  private readonly waiting = new Set<() => void>();

  add(rule: FaultRule): void {
    this.rules.push({ rule, left: rule.times ?? 1 });
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
  async around(name: string, writeError: ErrorWriter, run: () => Answer): Promise<Answer> {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const rule = this.take(name);
    if (!rule) {
      return run();
    }
    const { fault } = rule;
    if (rule.when !== 'after' && replaces(fault)) {
      return spoil(fault, writeError, undefined);
    }
    const answer = run();
    if (fault.kind === 'delay') {
      await this.delay(fault.ms);
    }
    return spoil(fault, writeError, answer);
  }

  private take(name: string): FaultRule | undefined {
    const armed = this.rules.find(({ rule }) => matches(rule.operation, name));
    if (!armed) {
      return undefined;
    }
    armed.left -= 1;
    if (armed.left <= 0) {
      this.rules = this.rules.filter((other) => other !== armed);
    }
    return armed.rule;
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

function matches(wanted: string, name: string): boolean {
  return wanted === '*' || wanted === name || name.endsWith(`:${wanted}`);
}

/** A delay and a truncation need the true answer; the others stand in for it. */
function replaces(fault: Fault): boolean {
  return fault.kind !== 'delay' && fault.kind !== 'truncated';
}

function spoil(fault: Fault, writeError: ErrorWriter, answer: Answer | undefined): Answer {
  switch (fault.kind) {
    case 'error':
      return writeError(fault);
    case 'answer':
      return typeof fault.body === 'string'
        ? { status: fault.status, headers: { ...fault.headers }, body: fault.body }
        : jsonAnswer(fault.status, fault.body, { ...fault.headers });
    case 'html':
      return {
        status: fault.status ?? 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>',
      };
    case 'truncated':
      return answer ? { ...answer, cut: 'truncate' } : RESET;
    case 'delay':
      return answer ?? RESET;
    case 'reset':
      return RESET;
  }
}
