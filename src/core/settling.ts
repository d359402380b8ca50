import type { Verdict } from './health';

/** The health of one endpoint over time: what is told to the person, and what may become that. */
export interface Settled {
  readonly verdict: Verdict;
  readonly sinceMs: number;
  /** Seen since, and not yet for long enough to be told. */
  readonly next?: { readonly verdict: Verdict; readonly firstSeenMs: number };
}

export interface HealthChange {
  readonly from: Verdict;
  readonly to: Verdict;
  readonly atMs: number;
}

/** A state that lasts this long, over two looks at least, is no flutter. */
export const settleMs = 15_000;

/**
 * Takes in what a look has seen. The first look counts at once. What is under way (Pending, Creating, Deleting), and
 * what comes out of it as healthy, was expected and counts at once too. Every other change counts when two looks in a row,
 * `settleMs` apart, have seen trouble, or none, whichever way it goes: so neither an alarm nor an all-clear flutters.
 */
export function settle(
  before: Settled | undefined,
  verdict: Verdict,
  nowMs: number,
): { readonly settled: Settled; readonly change?: HealthChange } {
  if (before === undefined) {
    return { settled: { verdict, sinceMs: nowMs } };
  }
  if (isSame(before.verdict, verdict)) {
    // The explanation may tell more than before.
    return { settled: { verdict, sinceMs: before.sinceMs } };
  }
  // Trouble that changes its name, or its degree, lasts all the same.
  const firstSeenMs =
    before.next !== undefined && isBad(before.next.verdict) === isBad(verdict)
      ? before.next.firstSeenMs
      : nowMs;
  const expected =
    verdict.level === 'changing' || (before.verdict.level === 'changing' && verdict.level === 'healthy');
  if (!expected && nowMs - firstSeenMs < settleMs) {
    return { settled: { ...before, next: { verdict, firstSeenMs } } };
  }
  return {
    settled: { verdict, sinceMs: firstSeenMs },
    change: { from: before.verdict, to: verdict, atMs: firstSeenMs },
  };
}

export const isSame = (a: Pick<Verdict, 'level' | 'word'>, b: Pick<Verdict, 'level' | 'word'>): boolean =>
  a.level === b.level && a.word === b.word;

export const isBad = ({ level }: Pick<Verdict, 'level'>): boolean =>
  level === 'failed' || level === 'attention';
