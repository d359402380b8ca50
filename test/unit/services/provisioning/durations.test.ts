import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StateStore } from '../../../../src/core/ports';
import type { DurationKind } from '../../../../src/core/schedule';
import { Durations } from '../../../../src/services/provisioning/durations';
import { seeded } from '../../../bench/seeded';
import { watch } from '../../core/observing';

const kinds: readonly DurationKind[] = ['service', 'endpoint', 'connection'];

class Kept implements StateStore {
  value: unknown;
  get(key: string): unknown {
    return key === 'durations' ? this.value : undefined;
  }
  set(key: string, value: unknown): Promise<void> {
    assert.equal(key, 'durations');
    // As an editor does that keeps it in a file.
    this.value = JSON.parse(JSON.stringify(value));
    return Promise.resolve();
  }
}

describe('Durations', () => {
  let kept: Kept;
  let durations: Durations;
  beforeEach(() => {
    kept = new Kept();
    durations = new Durations(kept, 'durations');
  });
  const note = async (kind: DurationKind, ...all: readonly number[]): Promise<void> => {
    for (const ms of all) {
      await durations.note(kind, ms);
    }
  };

  it('begins with what the guide says', () => {
    assert.deepEqual(
      kinds.map((kind) => durations.usualMs(kind)),
      [240_000, 60_000, 300_000],
    );
  });

  it('takes the median of what was noted, each kind for itself', async () => {
    await note('endpoint', 70_000);
    assert.equal(durations.usualMs('endpoint'), 70_000);
    await note('endpoint', 90_000);
    assert.equal(durations.usualMs('endpoint'), 80_000);
    await note('endpoint', 20_000);
    assert.equal(durations.usualMs('endpoint'), 70_000);
    assert.equal(durations.usualMs('connection'), 300_000);
    assert.equal(durations.usualMs('service'), 240_000);
  });

  it('forgets all but the last 20', async () => {
    await note('connection', ...Array<number>(30).fill(600_000));
    await note('connection', ...Array<number>(20).fill(120_000));
    assert.equal(durations.usualMs('connection'), 120_000);
    assert.equal(durations.usual('connection').usualMs, 120_000);
  });

  it('is known in another window, and after a reload', async () => {
    await note('service', 200_000);
    assert.equal(new Durations(kept, 'durations').usualMs('service'), 200_000);
  });

  it('does not believe what cannot be', async () => {
    await note('endpoint', 1);
    assert.equal(durations.usualMs('endpoint'), 10_000);
    await note('connection', ...Array<number>(20).fill(86_400_000));
    assert.equal(durations.usualMs('connection'), 1_800_000);
    await note('service', Number.NaN, -5, 0, Number.POSITIVE_INFINITY);
    assert.equal(durations.usualMs('service'), 240_000);
  });

  it('reads around what it cannot read', () => {
    for (const value of [null, 7, 'x', [], { endpoint: 'x' }, { endpoint: [null, '5', -1, { ms: 1 }] }]) {
      kept.value = value;
      assert.equal(durations.usualMs('endpoint'), 60_000, JSON.stringify(value));
    }
    kept.value = { endpoint: [null, 50_000, '5'] };
    assert.equal(durations.usualMs('endpoint'), 50_000);
  });

  it('keeps what another version has written beside it', async () => {
    kept.value = { somethingElse: [1] };
    await note('endpoint', 50_000);
    assert.deepEqual(kept.value, { somethingElse: [1], endpoint: [50_000] });
  });

  it('expects a change no later than the soonest one so far', async () => {
    await note('endpoint', ...Array<number>(10).fill(60_000), 30_000);
    assert.ok(durations.usual('endpoint').soonestMs <= 30_000);
  });

  it('always has bounds that make sense', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.array(fc.double({ min: -1e6, max: 1e9 }), { maxLength: 25 }),
        async (kind, all) => {
          durations = new Durations(new Kept(), 'durations');
          await note(kind, ...all);
          const { usualMs, soonestMs } = durations.usual(kind);
          assert.ok(soonestMs > 0 && soonestMs < usualMs && usualMs <= 1_800_000);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('learns in time: every change is seen within 6 s, of 200 that vary by a third', async () => {
    for (const [factor, seed] of [1, 1, 1, 0.8, 1.3].map((each, index) => [each, index] as const)) {
      const random = seeded(seed);
      for (const kind of kinds) {
        durations = new Durations(new Kept(), 'durations');
        const truthMs = durations.usualMs(kind) * factor;
        const delays: number[] = [];
        for (let i = 0; i < 200; i++) {
          const durationMs = truthMs * (2 / 3 + (random() * 2) / 3);
          const { atMs, delayMs } = watch({ kind, durationMs, usual: (each) => durations.usual(each) });
          delays.push(delayMs);
          await durations.note(kind, atMs);
        }
        // While the usual duration on this machine is another one than the guide's, it is still to be learnt.
        const late = delays.slice(factor === 1 ? 0 : 10).filter((ms) => ms >= 6_000);
        assert.deepEqual(late, [], `${kind}, ${factor} times the guide's`);
      }
    }
  });
});
