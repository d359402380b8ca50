import assert from 'node:assert/strict';
import type { Creation } from '../../../src/core/creation';
import type { HealthLevel } from '../../../src/core/health';
import { isExpected } from '../../../src/statusBar/expected';

const minuteMs = 60_000;

describe('what is expected of an endpoint', () => {
  const about = (level: HealthLevel, creation: Partial<Creation> | undefined, nowMs = 0): boolean =>
    isExpected(
      { to: { level, word: '', explanation: '' } },
      creation && {
        creation: {
          ...{ id: 'c', instanceId: '1', clientToken: '', acceptance: 'api' },
          ...creation,
        } as Creation,
      },
      nowMs,
    );

  it('is nothing where nothing was done from here', () => {
    assert.equal(about('attention', undefined), false);
  });

  it('is that it needs attention while it is created, not that it fails', () => {
    assert.equal(about('attention', {}), true);
    assert.equal(about('failed', {}), false);
  });

  it('is everything while it is removed', () => {
    const removal = { connection: true, endpoint: true };
    assert.equal(about('attention', { removal }), true);
    assert.equal(about('failed', { removal }), true);
  });

  it('is, for a while after its connection was removed, that it has none', () => {
    const finished = { atMs: 0, outcome: 'removed' } as const;
    assert.equal(about('attention', { finished }, 9 * minuteMs), true);
    assert.equal(about('attention', { finished }, 11 * minuteMs), false);
    assert.equal(about('failed', { finished }, minuteMs), false);
  });

  it('is nothing after it has become Active, or was given up', () => {
    for (const outcome of ['active', 'abandoned'] as const) {
      assert.equal(about('attention', { finished: { atMs: 0, outcome } }), false);
    }
  });
});
