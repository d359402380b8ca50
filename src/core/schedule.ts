import type { Creation, Decision, Observed } from './creation';
import { isRegistered } from './removal';

/** Which cloud to look at. */
export type Look = 'both' | 'alibabaCloud' | 'tidbCloud';

/** What takes its time, always about the same. */
export type DurationKind = 'service' | 'endpoint' | 'connection';

export interface Usual {
  readonly usualMs: number;
  /** Nothing is over before this; what comes sooner all the same is seen a little later. */
  readonly soonestMs: number;
}

export interface Waiting {
  readonly creation: Creation;
  readonly seen: Observed;
  readonly decision: Extract<Decision, { kind: 'wait' | 'ask' }>;
  /** When it first came to this decision, with the same `until` or `forWhat`. */
  readonly decidedAtMs: number;
  /** When Alibaba Cloud was last looked at, not before `seen.atMs` where that look was; absent when it was not. */
  readonly alibabaCloudAtMs?: number;
  readonly nowMs: number;
}

export interface NextLook {
  /** 0 only where a look at one cloud calls for a look at the other one, never twice in a row; else at least a second. */
  readonly afterMs: number;
  readonly look: Look;
}

const second = 1_000;
const minute = 60_000;

/** While a change is due: with the time that the look itself takes, it is seen within 2.5 s as a rule. */
const denseMs: Readonly<Record<DurationKind, number>> = {
  service: 3_800,
  // What TiDB Cloud shows first is to be asked of Alibaba Cloud then.
  endpoint: 3_400,
  connection: 3_800,
};
/** The end of the time in which a change is due, in usual durations. */
const closesAfter = 1.6;
/** How often to look while nothing is due yet, since the usual duration may be wrong, and what fails may fail early. */
const sparseMs: Readonly<Record<DurationKind, number>> = {
  // When it began is not known, only since when it was seen.
  service: 20 * second,
  endpoint: 15 * second,
  connection: 60 * second,
};

/**
 * When to look at which cloud again: rarely while nothing can be due yet, closely where a change is due, and less again
 * long after. TiDB Cloud allows 100 calls a minute for a key; Alibaba Cloud is asked only where it alone knows.
 */
export function nextLook(waiting: Waiting, usual: (kind: DurationKind) => Usual): NextLook {
  const { creation, decision, decidedAtMs, nowMs, seen } = waiting;
  const decidedForMs = Math.max(0, nowMs - decidedAtMs);
  if (decision.kind === 'ask') {
    return asking(decision.forWhat, decidedForMs, waiting);
  }
  switch (decision.until) {
    case 'serviceActive':
      return { afterMs: serviceAgainAfterMs(decidedForMs, usual('service')), look: 'tidbCloud' };
    case 'endpointActive':
      return creation.removal === undefined
        ? endpointActive(waiting, usual('endpoint'))
        : { afterMs: slowing(3 * second, decidedForMs), look: 'alibabaCloud' };
    case 'connectionActive': {
      const startedAtMs = creation.registeredAtMs ?? nowMs;
      return isRegistered(seen.connection) && seen.connection.state !== 'ACTIVE'
        ? connectionActive(Math.max(0, nowMs - startedAtMs), usual('connection'), waiting)
        : // Posted, and not listed yet; or Active, and without its host yet.
          { afterMs: slowing(denseMs.connection, decidedForMs), look: 'tidbCloud' };
    }
    case 'connectionGone':
      return { afterMs: slowing(5 * second, decidedForMs), look: 'tidbCloud' };
    case 'zoneGone':
    case 'endpointGone':
      return { afterMs: slowing(3 * second, decidedForMs), look: 'alibabaCloud' };
    case 'observed':
      return { afterMs: slowing(2 * second, decidedForMs), look: 'both' };
  }
}

/** When to read a private link service again that has been seen to be CREATING for `sinceMs`. */
export const serviceAgainAfterMs = (sinceMs: number, usual: Usual): number =>
  whenDue('service', Math.max(0, sinceMs), usual);

/**
 * TiDB Cloud lists an endpoint as DISCOVERED once it can be registered (v1beta2), which may be left out. So it is TiDB
 * Cloud's list that is watched; what shows there is then asked of Alibaba Cloud, which is asked at a few moments anyway.
 */
function endpointActive(
  { creation, seen, decidedAtMs, alibabaCloudAtMs, nowMs }: Waiting,
  { usualMs, soonestMs }: Usual,
): NextLook {
  const startedAtMs = creation.endpointSentAtMs;
  const sinceMs = Math.max(0, nowMs - (startedAtMs ?? decidedAtMs));
  if (typeof seen.connection === 'object') {
    const isNews = alibabaCloudAtMs !== undefined && alibabaCloudAtMs < seen.atMs;
    // No news: it is being changed, or the two clouds do not agree yet, and TiDB Cloud has no more to tell.
    const afterMs = isNews ? 0 : slowing(denseMs.endpoint, Math.max(0, sinceMs - usualMs));
    return { afterMs, look: 'alibabaCloud' };
  }
  const isKnown = startedAtMs !== undefined;
  const afterMs = whenDue('endpoint', sinceMs, { usualMs, soonestMs: isKnown ? soonestMs : 0 });
  const firstMs = isKnown ? Math.min(usualMs, minute) : 0;
  const everyMs = Math.max(10 * second, usualMs / 6);
  const momentsUntil = (atMs: number): number => Math.max(0, Math.floor((atMs - firstMs) / everyMs) + 1);
  const askedMs = alibabaCloudAtMs === undefined ? 0 : sinceMs - (nowMs - alibabaCloudAtMs);
  const isMoment = momentsUntil(sinceMs + afterMs) > momentsUntil(Math.min(askedMs, sinceMs));
  return { afterMs, look: isMoment ? 'both' : 'tidbCloud' };
}

function connectionActive(sinceMs: number, usual: Usual, waiting: Waiting): NextLook {
  const afterMs = whenDue('connection', sinceMs, usual);
  // Overdue: perhaps something has happened to the endpoint.
  const isOverdue = sinceMs > closesAfter * usual.usualMs;
  return { afterMs, look: isOverdue ? mostlyTidbCloud(afterMs, waiting) : 'tidbCloud' };
}

function asking(
  forWhat: Extract<Decision, { kind: 'ask' }>['forWhat'],
  decidedForMs: number,
  waiting: Waiting,
): NextLook {
  switch (forWhat) {
    case 'acceptInConsole':
    case 'deleteInTidbCloud': {
      const afterMs = slowing(5 * second, decidedForMs);
      return { afterMs, look: mostlyTidbCloud(afterMs, waiting) };
    }
    case 'endpointDetails':
    case 'deleteInAlibabaCloud':
      return { afterMs: slowing(10 * second, decidedForMs), look: 'both' };
  }
}

/** And once a minute at the endpoint. */
const mostlyTidbCloud = (afterMs: number, { alibabaCloudAtMs = 0, nowMs }: Waiting): Look =>
  nowMs + afterMs - alibabaCloudAtMs >= minute ? 'both' : 'tidbCloud';

function whenDue(kind: DurationKind, sinceMs: number, { usualMs, soonestMs }: Usual): number {
  if (sinceMs < soonestMs) {
    // What is usual may be wrong by far, as with a sandbox in a hurry: soon after the beginning looks cost little.
    const early = Math.max(3 * second, 0.75 * sinceMs);
    return Math.max(second, Math.min(early, sparseMs[kind], soonestMs - sinceMs));
  }
  return slowing(denseMs[kind], Math.max(0, sinceMs - closesAfter * usualMs));
}

/** The longer it takes, the less it matters when exactly it is seen. */
function slowing(firstMs: number, sinceMs: number): number {
  if (sinceMs < 2 * minute) {
    return firstMs;
  }
  return Math.max(firstMs, sinceMs < 30 * minute ? 10 * second : 30 * second);
}

/** What a look has shown to be over, and how long that took: to learn what is usual. */
export interface Took {
  readonly kind: DurationKind;
  readonly ms: number;
}

/**
 * Undefined when nothing with a known beginning has come to its end, or nobody has looked for so long (the window was
 * closed, the machine slept) that it may have been over for a while.
 *
 * @param before what was seen before `seen`
 */
export function tookOf(
  { endpointSentAtMs, registeredAtMs }: Creation,
  before: Observed | undefined,
  seen: Observed,
  usual: (kind: DurationKind) => Usual,
): Took | undefined {
  const took = (kind: DurationKind, sinceMs: number): Took | undefined => {
    const unseenMs = seen.atMs - (before?.atMs ?? 0);
    const ms = seen.atMs - sinceMs;
    return ms > 0 && unseenMs >= 0 && unseenMs <= Math.max(15 * second, usual(kind).usualMs / 3)
      ? { kind, ms }
      : undefined;
  };
  if (
    endpointSentAtMs !== undefined &&
    statusOf(before?.endpoint) === 'Creating' &&
    statusOf(seen.endpoint) === 'Active'
  ) {
    return took('endpoint', endpointSentAtMs);
  }
  return registeredAtMs !== undefined &&
    stateOf(before?.connection) === 'PENDING' &&
    stateOf(seen.connection) === 'ACTIVE'
    ? took('connection', registeredAtMs)
    : undefined;
}

const statusOf = (endpoint: Observed['endpoint'] | undefined): string | undefined =>
  typeof endpoint === 'object' ? endpoint.status : undefined;

const stateOf = (connection: Observed['connection'] | undefined): string | undefined =>
  typeof connection === 'object' ? connection.state : undefined;

/** Doubles from the base with each failure in a row, up to five minutes, less up to a quarter at random. */
export function backoffMs(baseMs: number, failures: number, random: number): number {
  const full = Math.min(baseMs * 2 ** failures, Math.max(baseMs, 300_000));
  return Math.round(full * (1 - random / 4));
}
