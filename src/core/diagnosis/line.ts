import { wordingOf } from '../errors';
import type { Tried } from '../probe';
import type { Fact, SkipReason } from './facts';

/** `waiting`: for what comes before it. */
export type LineStatus = 'waiting' | 'running' | 'ok' | 'warning' | 'failed' | 'skipped';

/** One thing that a diagnosis looks at, as it is shown. */
export interface Line {
  readonly id: string;
  readonly title: string;
  readonly status: LineStatus;
  /** What was tried. */
  readonly tried: string;
  readonly outcome: string;
  readonly startedAtMs?: number;
  readonly elapsedMs?: number;
  readonly details: readonly string[];
  /** What to do about it. */
  readonly advice?: string;
}

export interface LineGroup {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** What a line says once there is something to say. */
export interface Said {
  readonly status?: 'ok' | 'warning' | 'failed';
  readonly outcome: string;
  readonly details?: readonly string[];
  readonly advice?: string | undefined;
}

export const skipWords: Readonly<Record<SkipReason, string>> = {
  notSignedIn: 'Not tried: you are not signed in to Alibaba Cloud.',
  noPassword: 'Not tried: no password is kept for this user.',
  needsEarlier: 'Not tried: an earlier step failed.',
  farSide: 'Not tried from here: the bastion resolves the name.',
  noDomain: 'Not tried: the clouds have no domain name for this endpoint yet.',
  cancelled: 'Not tried: cancelled.',
};

const skipAdvice: Readonly<Partial<Record<SkipReason, string>>> = {
  notSignedIn:
    'Sign in to Alibaba Cloud to see the endpoint, its zones and its security groups here as well.',
  noPassword: 'Enter the password to try the login as well.',
};

/** The line of a fact. `say` puts what was found into words; an error has its own unless `fail` gives others. */
export function lineOf<T>(
  head: Pick<Line, 'id' | 'title' | 'tried'>,
  fact: Fact<T>,
  {
    over,
    begun,
    say,
    fail,
  }: {
    /** Nothing more will come. */
    readonly over: boolean;
    /** It is being tried. */
    readonly begun: boolean;
    readonly say: (value: T) => Said;
    readonly fail?: (error: unknown, value: T | undefined) => Said;
  },
): Line {
  if (fact === undefined) {
    const status = over ? 'skipped' : begun ? 'running' : 'waiting';
    return { ...head, status, outcome: over ? skipWords.needsEarlier : '', details: [] };
  }
  if ('skipped' in fact) {
    const advice = skipAdvice[fact.skipped];
    const outcome = skipWords[fact.skipped];
    return { ...head, status: 'skipped', outcome, details: [], ...(advice && { advice }) };
  }
  const said =
    fact.error === undefined
      ? say(fact.value as T)
      : { status: 'failed' as const, ...(fail ?? saidOfError)(fact.error, fact.value) };
  const { status = 'ok', outcome, details = [], advice } = said;
  return { ...head, ...timesOf(fact), status, outcome, details, ...(advice !== undefined && { advice }) };
}

const timesOf = ({ startedAtMs, elapsedMs }: Tried<unknown>): Pick<Line, 'startedAtMs' | 'elapsedMs'> => ({
  startedAtMs,
  elapsedMs,
});

export function saidOfError(error: unknown): Said {
  const { message, nextStep } = wordingOf(error);
  return { status: 'failed', outcome: message, advice: nextStep };
}
