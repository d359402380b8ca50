import assert from 'node:assert/strict';
import type { HealthLevel } from '../../../../src/core/health';
import { HealthHistory, type PastHealth } from '../../../../src/services/health/history';
import { FakeState, RecordingLog, settle } from '../../fakes';

const ref = { instanceId: '1', endpointId: 'ep-1' };
const other = { instanceId: '2', endpointId: 'ep-2' };
const past = (level: HealthLevel, word: string, atMs: number): PastHealth => ({
  ...{ level, word, atMs },
  explanation: '',
});
const failed = past('failed', 'Failed', 1);

describe('the history of health, in two windows', () => {
  let state: FakeState;
  let here: HealthHistory;
  let there: HealthHistory;

  beforeEach(() => {
    // As the editor keeps it: a copy of what was written.
    state = new (class extends FakeState {
      override set(key: string, value: unknown): Promise<void> {
        return super.set(key, structuredClone(value));
      }
    })();
    const log = new RecordingLog();
    here = new HealthHistory(state, 'history', log);
    there = new HealthHistory(state, 'history', log);
  });

  it('keeps what both have added', async () => {
    assert.deepEqual([here.recent(), there.recent()], [[], []], 'both have read it');
    here.add(ref, failed);
    await settle();
    there.add(other, failed);
    await settle();
    for (const history of [here, there, new HealthHistory(state, 'history', new RecordingLog())]) {
      assert.deepEqual(
        history.recent().map(({ endpointId }) => endpointId),
        ['ep-2', 'ep-1'],
      );
    }
  });

  it('holds a change once that both have seen', async () => {
    here.add(ref, failed);
    await settle();
    there.add(ref, { ...failed, atMs: 2 });
    await settle();
    assert.deepEqual(here.of(ref), [failed]);
    there.add(ref, past('healthy', 'Active', 3));
    await settle();
    there.add(ref, { ...failed, atMs: 4 });
    await settle();
    assert.deepEqual(
      here.of(ref).map(({ atMs }) => atMs),
      [4, 3, 1],
      'what comes back is another change',
    );
  });

  it('is told by the window that asks first, and told again when it happens again', async () => {
    here.add(ref, failed);
    await settle();
    assert.equal(here.claim(ref, failed), true);
    await settle();
    assert.equal(there.claim(ref, failed), false);
    assert.equal(here.claim(ref, failed), false);
    here.add(ref, past('healthy', 'Active', 3));
    await settle();
    assert.equal(there.claim(ref, past('healthy', 'Active', 3)), true);
    there.add(ref, { ...failed, atMs: 5 });
    await settle();
    assert.equal(here.claim(ref, failed), true);
  });

  it('writes once for all that is added at the same time', async () => {
    let written = 0;
    const set = state.set.bind(state);
    state.set = (...args) => {
      written += 1;
      return set(...args);
    };
    here.add(ref, failed);
    here.add(other, failed);
    here.claim(ref, failed);
    await settle();
    assert.equal(written, 1);
    assert.equal(there.of(ref)[0]?.isTold, true);
    assert.equal(there.of(other).length, 1);
  });
});
