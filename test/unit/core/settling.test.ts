import assert from 'node:assert/strict';
import fc from 'fast-check';
import { healthLevels, type HealthLevel, type Verdict } from '../../../src/core/health';
import { settle, settleMs, type HealthChange, type Settled } from '../../../src/core/settling';

const verdict = (level: HealthLevel, word: string = level): Verdict => ({ level, word, explanation: '' });
const healthy = verdict('healthy', 'Active');
const failed = verdict('failed', 'Failed');
const pending = verdict('changing', 'Pending');

/** Looks at these moments in turn; returns what settled. */
function looks(...seen: readonly (readonly [atMs: number, verdict: Verdict])[]): {
  readonly settled: Settled;
  readonly changes: readonly HealthChange[];
} {
  const changes: HealthChange[] = [];
  let settled: Settled | undefined;
  for (const [atMs, verdict] of seen) {
    const next = settle(settled, verdict, atMs);
    settled = next.settled;
    if (next.change !== undefined) {
      changes.push(next.change);
    }
  }
  assert.ok(settled);
  return { settled, changes };
}

describe('settling of health', () => {
  it('takes the first look as it is, without a change to tell', () => {
    const { settled, changes } = looks([5, failed]);
    assert.deepEqual([settled, changes], [{ verdict: failed, sinceMs: 5 }, []]);
  });

  it('tells of a failure that two looks in a row have seen, from when it was first seen', () => {
    const { settled, changes } = looks([0, healthy], [60_000, failed], [60_000 + settleMs, failed]);
    assert.deepEqual(changes, [{ from: healthy, to: failed, atMs: 60_000 }]);
    assert.equal(settled.sinceMs, 60_000);
  });

  it('does not tell of one that was gone at the next look, nor after looks in quick succession', () => {
    assert.deepEqual(looks([0, healthy], [60_000, failed], [120_000, healthy]).changes, []);
    assert.deepEqual(looks([0, healthy], [60_000, failed], [60_000 + settleMs - 1, failed]).changes, []);
  });

  it('counts anew when it was well in between', () => {
    const { settled, changes } = looks([0, healthy], [60_000, failed], [70_000, healthy], [80_000, failed]);
    assert.deepEqual(changes, []);
    assert.equal(settled.verdict, healthy);
  });

  it('tells of trouble that lasts though its name or degree changes', () => {
    const other = verdict('attention', 'Unknown');
    const { changes } = looks([0, healthy], [60_000, failed], [70_000, other], [80_000, failed]);
    assert.deepEqual(
      changes.map(({ to, atMs }) => [to.word, atMs]),
      [['Failed', 60_000]],
    );
  });

  it('tells at once of what is expected: what is under way, and its good end', () => {
    const { changes } = looks([0, healthy], [1, pending], [2, healthy]);
    assert.deepEqual(
      changes.map(({ to }) => to.word),
      ['Pending', 'Active'],
    );
  });

  it('lets an all-clear settle as well', () => {
    const { settled } = looks([0, failed], [60_000, healthy]);
    assert.equal(settled.verdict, failed);
    assert.equal(settled.next?.verdict, healthy);
  });

  it('keeps the latest explanation of a state that stays', () => {
    const more = { ...failed, explanation: 'more is known' };
    assert.equal(looks([0, failed], [1, more]).settled.verdict.explanation, 'more is known');
  });

  it('never tells of a state that flutters, whatever the rhythm', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 2, maxLength: 60 }),
        fc.constantFrom<HealthLevel>('attention', 'failed'),
        (pauses, level) => {
          let now = 0;
          const seen = pauses.map(
            (ms, at) => [(now += ms), at % 2 === 0 ? healthy : verdict(level)] as const,
          );
          assert.deepEqual(looks(...seen).changes, []);
        },
      ),
    );
  });

  it('ends with what was seen last, once it has lasted', () => {
    const verdicts = fc.constantFrom(...healthLevels).map((level) => verdict(level));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), verdicts), { minLength: 1 }),
        (steps) => {
          let now = 0;
          const seen = steps.map(([ms, v]) => [(now += ms), v] as const);
          const last = seen.at(-1)?.[1] ?? healthy;
          const { settled, changes } = looks(...seen, [now + 1, last], [now + 1 + settleMs, last]);
          assert.equal(settled.verdict.level, last.level);
          for (const [at, change] of changes.entries()) {
            assert.notDeepEqual(change.from, change.to);
            assert.deepEqual(change.from, at === 0 ? seen[0]?.[1] : changes[at - 1]?.to);
          }
        },
      ),
    );
  });
});
