import type { Creation, Observed } from '../../../src/core/creation';
import { nextLook, type DurationKind, type Usual } from '../../../src/core/schedule';
import { aConnection, aCreation, anEndpoint, aService } from '../fakes';

export const usual: Readonly<Record<DurationKind, Usual>> = {
  service: { usualMs: 240_000, soonestMs: 155_000 },
  endpoint: { usualMs: 60_000, soonestMs: 38_000 },
  connection: { usualMs: 300_000, soonestMs: 194_000 },
};

export interface Watch {
  readonly kind: DurationKind;
  /** When it is over, on a clock that begins with the wait. */
  readonly durationMs: number;
  /** What each look takes there and back. */
  readonly lookTakesMs?: number;
  /** False: TiDB Cloud never lists the endpoint before it is posted. */
  readonly isDiscovered?: boolean;
  /** False: nothing tells when it began. */
  readonly isStartKnown?: boolean;
  readonly usual?: (kind: DurationKind) => Usual;
}

export interface Seen {
  /** From the change until it is seen. */
  readonly delayMs: number;
  /** When it was seen, on the same clock. */
  readonly atMs: number;
  readonly tidbCloud: number;
  readonly alibabaCloud: number;
  /** How long it has waited before each look. */
  readonly waits: readonly number[];
}

/** One wait in a world that consists of nothing else. */
export function watch({
  kind,
  durationMs,
  lookTakesMs = 300,
  isDiscovered = true,
  isStartKnown = true,
  usual: usually = (each) => usual[each],
}: Watch): Seen {
  const marks = isStartKnown ? { endpointSentAtMs: 0, registeredAtMs: 0 } : {};
  const creation: Creation = { ...aCreation, endpointId: anEndpoint.id, ...marks };
  const calls = { tidbCloud: 0, alibabaCloud: 0 };
  const waits: number[] = [];
  let nowMs = 0;
  let alibabaCloudAtMs = 0;
  let seen: Observed = {
    atMs: 0,
    service: kind === 'service' ? { ...aService, state: 'CREATING' } : aService,
    endpoint: { ...anEndpoint, status: kind === 'endpoint' ? 'Creating' : 'Active' },
    connection: kind === 'connection' ? { ...aConnection, state: 'PENDING' } : 'absent',
    zones: 'unknown',
  };
  const decision = { kind: 'wait', until: `${kind}Active` } as const;
  for (;;) {
    const next = nextLook({ creation, seen, decision, decidedAtMs: 0, alibabaCloudAtMs, nowMs }, usually);
    waits.push(next.afterMs);
    const askedAtMs = nowMs + next.afterMs + lookTakesMs / 2;
    nowMs += next.afterMs + lookTakesMs;
    const isOver = askedAtMs >= durationMs;
    const asks = (cloud: keyof typeof calls): boolean => next.look === 'both' || next.look === cloud;
    calls.tidbCloud += asks('tidbCloud') ? 1 : 0;
    if (asks('alibabaCloud')) {
      calls.alibabaCloud++;
      alibabaCloudAtMs = nowMs;
    }
    if (isOver && asks(kind === 'endpoint' ? 'alibabaCloud' : 'tidbCloud')) {
      return { delayMs: nowMs - durationMs, atMs: nowMs, waits, ...calls };
    }
    seen = { ...seen, atMs: nowMs };
    if (kind === 'endpoint' && isOver && isDiscovered) {
      seen = { ...seen, connection: { ...aConnection, id: '', state: 'DISCOVERED' } };
    }
  }
}
