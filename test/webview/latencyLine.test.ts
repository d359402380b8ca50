import assert from 'node:assert/strict';
import { latencyLine } from '../../src/webview/details/latencyLine';

const minute = 60_000;
const at = (minutes: number, latencyMs?: number) => ({
  atMs: 1_000_000 + minutes * minute,
  ...(latencyMs !== undefined && { latencyMs }),
});

describe('the line of latencies', () => {
  it('stands where the time puts it', () => {
    const { runs } = latencyLine([at(0, 1), at(1, 2), at(4, 4)]);
    assert.deepEqual(runs, [
      [
        { x: 0, y: 0.25 },
        { x: 0.25, y: 0.5 },
        { x: 1, y: 1 },
      ],
    ]);
  });

  it('breaks where nobody looked', () => {
    const { runs } = latencyLine([at(0, 1), at(1, 1), at(2, 1), at(60, 1), at(61, 1)]);
    assert.deepEqual(
      runs.map(({ length }) => length),
      [3, 2],
    );
  });

  it('breaks where nothing answered, and marks it', () => {
    const { runs, missed } = latencyLine([at(0, 1), at(1), at(2, 1)]);
    assert.deepEqual(
      runs.map(({ length }) => length),
      [1, 1],
    );
    assert.deepEqual(missed, [0.5]);
  });

  it('is a dot for one sample, and nothing for none', () => {
    assert.deepEqual(latencyLine([at(0, 3)]), { runs: [[{ x: 0, y: 1 }]], missed: [] });
    assert.deepEqual(latencyLine([]), { runs: [], missed: [] });
  });
});
