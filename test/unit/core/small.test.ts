import assert from 'node:assert/strict';
import { collect } from '../../../src/core/collect';
import { Emitter } from '../../../src/core/emitter';
import { failed, loaded, notLoaded, startLoading } from '../../../src/core/loadable';
import { alibabaRegionOf, isPremium } from '../../../src/core/model';
import { anInstance } from '../fakes';

describe('Emitter', () => {
  it('calls every listener in order, though one throws', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    const seen: string[] = [];
    const problem = new Error('a listener’s own');
    emitter.event((value) => seen.push(`a${value}`));
    emitter.event(() => {
      throw problem;
    });
    const last = emitter.event((value) => seen.push(`b${value}`));
    emitter.fire(1);
    last.dispose();
    emitter.fire(2);
    assert.deepEqual(seen, ['a1', 'b1', 'a2']);
    assert.deepEqual(errors, [problem, problem]);
  });

  it('may lose and win listeners while it fires', () => {
    const emitter = new Emitter<number>((error) => assert.fail(String(error)));
    const seen: string[] = [];
    const once = emitter.event(() => {
      seen.push('once');
      once.dispose();
      emitter.event(() => seen.push('late'));
    });
    emitter.fire(1);
    assert.deepEqual(seen, ['once']);
    emitter.fire(2);
    assert.deepEqual(seen, ['once', 'late']);
  });
});

describe('Loadable', () => {
  it('keeps the last value while loading and after a failure, and forgets the failure on success', () => {
    assert.deepEqual(startLoading(notLoaded), { loading: true });
    assert.deepEqual(startLoading(loaded(0)), { loading: true, value: 0 });
    const broken = failed(startLoading(loaded('x')), 'why');
    assert.deepEqual(broken, { loading: false, value: 'x', error: 'why' });
    assert.deepEqual(startLoading(broken), { loading: true, value: 'x' });
    assert.deepEqual(failed(undefined, 'why'), { loading: false, error: 'why' });
  });
});

describe('model', () => {
  it('knows the regions of Alibaba Cloud', () => {
    assert.equal(alibabaRegionOf('alicloud-ap-southeast-1'), 'ap-southeast-1');
    assert.equal(alibabaRegionOf('aws-us-east-1'), undefined);
    assert.equal(alibabaRegionOf(''), undefined);
  });

  it('knows Premium by both of its names', () => {
    assert.deepEqual(
      ['Premium', 'Premium_Reserved', 'Starter', 'Essential', 'premium'].filter((servicePlan) =>
        isPremium({ ...anInstance, servicePlan }),
      ),
      ['Premium', 'Premium_Reserved'],
    );
  });

  it('reads a list to its end', async () => {
    async function* pages(): AsyncGenerator<number> {
      yield 1;
      yield* [2, 3];
      await Promise.resolve();
    }
    assert.deepEqual(await collect(pages()), [1, 2, 3]);
  });
});
