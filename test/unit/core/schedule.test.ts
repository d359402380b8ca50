import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Creation, Observed } from '../../../src/core/creation';
import { backoffMs, nextLook, tookOf, type DurationKind, type Waiting } from '../../../src/core/schedule';
import { watchConnection, watchEndpoint } from '../../bench/terraform';
import { seeded } from '../../bench/seeded';
import { aConnection, aCreation, anEndpoint, aService } from '../fakes';
import { usual, watch, type Seen } from './observing';

const kinds: readonly DurationKind[] = ['service', 'endpoint', 'connection'];
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? assert.fail('nothing was measured');
};
const usually = (kind: DurationKind) => usual[kind];

/** Durations of 1,000 waits that vary by a third around the usual one. */
function durations(kind: DurationKind): number[] {
  const random = seeded(7);
  return Array.from({ length: 1_000 }, () => usual[kind].usualMs * (2 / 3 + (random() * 2) / 3));
}
const watched = (kind: DurationKind): Seen[] =>
  durations(kind).map((durationMs) => watch({ kind, durationMs }));

const seenNow: Observed = {
  atMs: 0,
  service: 'unknown',
  endpoint: { ...anEndpoint, status: 'Creating' },
  connection: 'absent',
  zones: 'unknown',
};
const pending: Observed = { ...seenNow, connection: { ...aConnection, state: 'PENDING' } };
const waiting = (
  until: (Waiting['decision'] & { kind: 'wait' })['until'],
  more: Partial<Waiting> = {},
): Waiting => ({
  creation: { ...aCreation, endpointId: anEndpoint.id, endpointSentAtMs: 0, registeredAtMs: 0 },
  ...{ seen: seenNow, decision: { kind: 'wait', until }, decidedAtMs: 0, nowMs: 0 },
  ...more,
});
const asking = (forWhat: (Waiting['decision'] & { kind: 'ask' })['forWhat'], nowMs: number): Waiting => ({
  ...waiting('observed', { nowMs }),
  decision: { kind: 'ask', forWhat },
});

describe('when to look', () => {
  for (const kind of kinds) {
    it(`shows the ${kind} within 2.5 s as a rule, and within 6 s at the latest`, () => {
      const delays = watched(kind).map(({ delayMs }) => delayMs);
      assert.ok(median(delays) < 2_500, `median ${median(delays)}`);
      assert.ok(Math.max(...delays) < 6_000, `worst ${Math.max(...delays)}`);
    });
  }

  it('asks Alibaba Cloud less often than Terraform does', () => {
    const ours = mean(watched('endpoint').map(({ alibabaCloud }) => alibabaCloud));
    const theirs = mean(durations('endpoint').map((durationMs) => watchEndpoint(durationMs).looks));
    assert.ok(ours < theirs * 0.8, `${ours} looks, Terraform ${theirs}`);
  });

  it('asks TiDB Cloud less often than Terraform does', () => {
    const looks = (kind: DurationKind): number => mean(watched(kind).map(({ tidbCloud }) => tidbCloud));
    const theirs = mean(durations('connection').map((durationMs) => watchConnection(durationMs).looks));
    const ours = looks('endpoint') + looks('connection');
    assert.ok(ours < theirs * 0.85, `${ours} looks, Terraform ${theirs}`);
    assert.equal(mean(watched('connection').map(({ alibabaCloud }) => alibabaCloud)), 0);
  });

  it('looks no later than Terraform begins to where TiDB Cloud never lists the endpoint', () => {
    const seen = durations('endpoint').map((durationMs) => ({
      durationMs,
      ...watch({ kind: 'endpoint', durationMs, isDiscovered: false }),
    }));
    for (const { durationMs, delayMs } of seen) {
      assert.ok(delayMs <= Math.max(60_000 - durationMs, 10_000) + 5_000, `${durationMs}: ${delayMs}`);
    }
    assert.ok(mean(seen.map(({ alibabaCloud }) => alibabaCloud)) < 2);
  });

  it('looks closely from the beginning where nothing tells when that was', () => {
    for (let durationMs = 1_000; durationMs < 90_000; durationMs += 500) {
      const { delayMs } = watch({ kind: 'endpoint', durationMs, isStartKnown: false });
      assert.ok(delayMs < 6_000, `${durationMs}: ${delayMs}`);
    }
  });

  it('notices what is over much sooner or much later than usual', () => {
    for (const kind of kinds) {
      const { usualMs } = usual[kind];
      for (const times of [0.01, 0.1, 0.3, 0.5, 1.5, 2, 4, 10]) {
        const { delayMs } = watch({ kind, durationMs: usualMs * times });
        const limitMs = times < 0.6 ? Math.max(6_000, 0.75 * times * usualMs + 1_000) : 31_000;
        assert.ok(delayMs <= limitMs, `${kind}, ${times} times the usual duration: ${delayMs}`);
      }
    }
  });

  it('looks less and less, then closely while it can be due, then rarely again', () => {
    for (const kind of kinds) {
      const { usualMs, soonestMs } = usual[kind];
      const { waits } = watch({ kind, durationMs: usualMs * 6, isDiscovered: false });
      let atMs = 0;
      const first = waits.findIndex((ms) => (atMs += ms) >= soonestMs) + 1;
      // The last of them ends where it can be due.
      const before = waits.slice(0, first - 2);
      assert.deepEqual(
        before,
        [...before].sort((a, b) => a - b),
        `${kind}: before`,
      );
      assert.ok(before.length <= 15, `${kind}: ${before.length} looks before it can be due`);
      const after = waits.slice(first);
      assert.deepEqual(
        after,
        [...after].sort((a, b) => a - b),
        `${kind}: after`,
      );
      assert.ok((after.at(-1) ?? 0) >= 10_000, `${kind}: in the end`);
    }
  });

  it('leaves the cloud alone that has nothing to tell', () => {
    const looks = (until: Parameters<typeof waiting>[0], more: Partial<Waiting> = {}): string =>
      nextLook(waiting(until, more), usually).look;
    assert.equal(looks('serviceActive'), 'tidbCloud');
    assert.equal(looks('endpointActive'), 'tidbCloud');
    assert.equal(looks('connectionActive', { seen: pending }), 'tidbCloud');
    assert.equal(looks('connectionGone'), 'tidbCloud');
    assert.equal(looks('zoneGone'), 'alibabaCloud');
    assert.equal(looks('endpointGone'), 'alibabaCloud');
    assert.equal(looks('observed'), 'both');
  });

  it('asks Alibaba Cloud about an endpoint that TiDB Cloud has listed already', () => {
    const seen: Observed = {
      ...{ ...seenNow, atMs: 50_000 },
      connection: { ...aConnection, id: '', state: 'DISCOVERED' },
    };
    const next = (asked: { readonly alibabaCloudAtMs?: number }) =>
      nextLook(waiting('endpointActive', { seen, nowMs: 50_000, ...asked }), usually);
    // At once where that is news, and else when something may have changed.
    assert.deepEqual(next({ alibabaCloudAtMs: 46_000 }), { afterMs: 0, look: 'alibabaCloud' });
    assert.deepEqual(next({ alibabaCloudAtMs: 50_000 }), { afterMs: 3_400, look: 'alibabaCloud' });
    assert.deepEqual(next({}), { afterMs: 3_400, look: 'alibabaCloud' });
  });

  it('asks Alibaba Cloud about an endpoint that is being taken away', () => {
    const creation: Creation = {
      ...aCreation,
      endpointSentAtMs: 0,
      removal: { connection: true, endpoint: true },
    };
    assert.deepEqual(nextLook(waiting('endpointActive', { creation }), usually), {
      afterMs: 3_000,
      look: 'alibabaCloud',
    });
  });

  it('looks for a posted connection that is not listed yet, and for the host of one that is Active', () => {
    for (const seen of [seenNow, { ...seenNow, connection: { ...aConnection, state: 'ACTIVE' as const } }]) {
      const { afterMs, look } = nextLook(waiting('connectionActive', { seen }), usually);
      assert.ok(afterMs <= 5_000, String(afterMs));
      assert.equal(look, 'tidbCloud');
    }
  });

  it('looks at the endpoint too while a person is asked, and when a connection is overdue', () => {
    const minute = 60_000;
    /** How often Alibaba Cloud is asked. */
    const asked = (of: (nowMs: number) => Waiting, fromMs: number, toMs: number): number => {
      let count = 0;
      let alibabaCloudAtMs = fromMs;
      for (let nowMs = fromMs; nowMs < toMs;) {
        const { afterMs, look } = nextLook({ ...of(nowMs), alibabaCloudAtMs }, usually);
        nowMs += afterMs;
        if (look !== 'tidbCloud') {
          count++;
          alibabaCloudAtMs = nowMs;
        }
      }
      return count;
    };
    assert.equal(
      asked((nowMs) => asking('acceptInConsole', nowMs), 0, 10.5 * minute),
      10,
    );
    const late = (nowMs: number): Waiting => waiting('connectionActive', { seen: pending, nowMs });
    assert.equal(asked(late, 0, 7.9 * minute), 0);
    const [fromMs, toMs] = [8.1 * minute, 12.2 * minute];
    assert.ok([3, 4].includes(asked(late, fromMs, toMs)));
  });

  it('has for every wait, at any time, a next look that is neither far away nor, twice in a row, at once', () => {
    const decisions = fc.oneof(
      fc.record({
        kind: fc.constant('wait' as const),
        until: fc.constantFrom(
          ...(['serviceActive', 'endpointActive', 'connectionActive', 'connectionGone'] as const),
          ...(['zoneGone', 'endpointGone', 'observed'] as const),
        ),
      }),
      fc.record({
        kind: fc.constant('ask' as const),
        forWhat: fc.constantFrom(
          ...(['acceptInConsole', 'endpointDetails', 'deleteInTidbCloud', 'deleteInAlibabaCloud'] as const),
        ),
      }),
    );
    const time = fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 2 ** 41 }));
    const mark = fc.option(time, { nil: undefined });
    const connection = fc.constantFrom<Observed['connection']>(
      ...(['absent', 'unknown'] as const),
      ...(['PENDING', 'ACTIVE', 'UNKNOWN', 'DISCOVERED', 'DELETING', 'FAILED'] as const).map((state) => ({
        ...aConnection,
        state,
      })),
    );
    const usualDurations = fc
      .tuple(fc.integer({ min: 1_000, max: 2_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([usualMs, part]) => ({ usualMs, soonestMs: usualMs * part }));
    fc.assert(
      fc.property(
        ...([decisions, time, time, mark, mark, mark, connection, usualDurations, fc.boolean()] as const),
        (decision, decidedAtMs, nowMs, sentAtMs, registeredAtMs, askedAtMs, inTidbCloud, learnt, removes) => {
          const creation: Creation = {
            ...aCreation,
            ...(sentAtMs !== undefined && { endpointSentAtMs: sentAtMs }),
            ...(registeredAtMs !== undefined && { registeredAtMs }),
            ...(removes && { removal: { connection: true, endpoint: true } }),
          };
          const seen: Observed = { ...seenNow, atMs: nowMs, connection: inTidbCloud };
          const asked = askedAtMs === undefined ? {} : { alibabaCloudAtMs: askedAtMs };
          const now = { creation, seen, decision, decidedAtMs, nowMs, ...asked };
          const { afterMs, look } = nextLook(now, () => learnt);
          if (afterMs === 0) {
            assert.equal(look, 'alibabaCloud');
            assert.ok(nextLook({ ...now, alibabaCloudAtMs: nowMs }, () => learnt).afterMs >= 1_000);
            return;
          }
          assert.ok(afterMs >= 1_000 && afterMs <= 60_000, String(afterMs));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('never lets a change pass unseen, whatever is usual', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 10_000, max: 1_800_000 }),
        fc.double({ min: 0.25, max: 0.67, noNaN: true }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.boolean(),
        (kind, usualMs, soonest, times, isDiscovered) => {
          const learnt = { usualMs, soonestMs: usualMs * soonest };
          const durationMs = usualMs * times;
          const seen = watch({ kind, durationMs, isDiscovered, usual: () => learnt });
          const isDue = times >= soonest && times <= 1.5 && (kind !== 'endpoint' || isDiscovered);
          assert.ok(!isDue || seen.delayMs < 6_000, `${seen.delayMs}`);
          assert.ok(seen.delayMs <= Math.max(usualMs / 3, 76_000), `${seen.delayMs}`);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('how long it took', () => {
  const creation: Creation = { ...aCreation, endpointSentAtMs: 1_000, registeredAtMs: 71_000 };
  const at = (atMs: number, more: Partial<Observed>): Observed => ({ ...seenNow, atMs, ...more });
  const active: Partial<Observed> = { endpoint: { ...anEndpoint, status: 'Active' } };
  const took = (before: Observed | undefined, seen: Observed, of = creation) =>
    tookOf(of, before, seen, usually);

  it('counts an endpoint from its create call until it is Active', () => {
    assert.deepEqual(took(at(57_000, {}), at(61_000, active)), { kind: 'endpoint', ms: 60_000 });
  });

  it('counts a connection from its registration until it is Active', () => {
    const before = at(367_000, { ...active, connection: { ...aConnection, state: 'PENDING' } });
    const seen = at(371_000, { ...active, connection: { ...aConnection, state: 'ACTIVE' } });
    assert.deepEqual(took(before, seen), { kind: 'connection', ms: 300_000 });
  });

  it('says nothing when nothing is over, or was over before', () => {
    assert.equal(took(undefined, at(61_000, active)), undefined);
    assert.equal(took(at(57_000, {}), at(61_000, {})), undefined);
    assert.equal(took(at(57_000, active), at(61_000, active)), undefined);
    assert.equal(took(at(57_000, { endpoint: 'absent' }), at(61_000, active)), undefined);
    const service: Partial<Observed> = { service: { ...aService, state: 'CREATING' } };
    assert.equal(took(at(57_000, service), at(61_000, { service: aService })), undefined);
  });

  it('says nothing when its beginning is not known', () => {
    assert.equal(took(at(57_000, {}), at(61_000, active), aCreation), undefined);
  });

  it('says nothing when nobody has looked for a while, or the clock was set back', () => {
    assert.equal(took(at(57_000, {}), at(3_600_000, active)), undefined);
    assert.equal(took(at(57_000, {}), at(900, active)), undefined);
  });
});

describe('after a failure', () => {
  it('waits twice as long with each, up to five minutes, less up to a quarter', () => {
    assert.deepEqual(
      [1, 2, 3].map((failures) => backoffMs(2_000, failures, 0)),
      [4_000, 8_000, 16_000],
    );
    assert.equal(backoffMs(60_000, 10, 0), 300_000);
    assert.equal(backoffMs(60_000, 2_000, 0), 300_000);
    assert.equal(backoffMs(600_000, 3, 0), 600_000);
    assert.equal(backoffMs(2_000, 1, 1), 3_000);
  });
});
