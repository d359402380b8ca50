import assert from 'node:assert/strict';
import { RateBudget, sharedBudget } from '../../../src/cloud/rateBudget';
import { FakeClock, RecordingLog } from './support';

describe('RateBudget', () => {
  let clock: FakeClock;
  let budget: RateBudget;
  const report = (remaining: string, reset: string): Headers =>
    new Headers({ 'x-ratelimit-remaining-minute': remaining, 'x-ratelimit-reset': reset });

  beforeEach(() => {
    clock = new FakeClock(0);
    budget = new RateBudget({ clock, log: new RecordingLog(), limit: 3, windowMs: 1000 });
  });

  it('lets the limit through in any window, not only from the first', async () => {
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      await budget.acquire();
      times.push(clock.now());
      clock.pass(100);
    }
    for (let i = 3; i < times.length; i++) {
      assert.ok((times[i] ?? 0) - (times[i - 3] ?? 0) >= 1000, times.join(' '));
    }
  });

  it('spreads what is left when the server says that it is little', async () => {
    await budget.acquire();
    budget.observe(report('2', '1'));
    await budget.acquire();
    assert.deepEqual(clock.slept, [500]);
  });

  it('waits for the reset when nothing is left', async () => {
    await budget.acquire();
    budget.observe(report('0', '1'));
    await budget.acquire();
    assert.deepEqual(clock.slept, [1000]);
  });

  it('believes no reset that is longer than the window, and no nonsense', async () => {
    await budget.acquire();
    budget.observe(report('0', '9999999'));
    await budget.acquire();
    assert.deepEqual(clock.slept, [1000]);
    budget.observe(report('x', '1'));
    budget.observe(new Headers());
    clock.pass(1000);
    await budget.acquire();
    assert.deepEqual(clock.slept, [1000]);
  });

  it('does not wait while enough is left', async () => {
    await budget.acquire();
    budget.observe(report('20', '60'));
    await budget.acquire();
    assert.deepEqual(clock.slept, []);
  });

  it('gives up waiting with the signal’s reason', async () => {
    const controller = new AbortController();
    controller.abort(new Error('closed'));
    await assert.rejects(budget.acquire(controller.signal), /closed/);
  });

  it('holds everybody back while the server wants a pause, but no longer than a window', async () => {
    budget.pause(400);
    budget.pause(100);
    await budget.acquire();
    budget.pause(9_999_999);
    await budget.acquire();
    assert.deepEqual(clock.slept, [400, 1000]);
  });
});

describe('sharedBudget', () => {
  const options = { clock: new FakeClock(0), log: new RecordingLog(), limit: 1, windowMs: 1000 };

  it('is one budget for all who call with the same key', async () => {
    await sharedBudget('key-1', options).acquire();
    await sharedBudget('key-2', options).acquire();
    assert.deepEqual(options.clock.slept, []);
    await sharedBudget('key-1', { ...options }).acquire();
    assert.deepEqual(options.clock.slept, [1000]);
  });

  it('is another one on another clock', () => {
    const elsewhere = sharedBudget('key-1', { ...options, clock: new FakeClock(0) });
    assert.notEqual(elsewhere, sharedBudget('key-1', options));
  });

  it('forgets the keys that were asked for longest ago when there are very many', () => {
    const clock = new FakeClock(0);
    const of = (key: string): RateBudget => sharedBudget(key, { ...options, clock });
    const [first, second] = [of('first'), of('second')];
    for (let i = 0; i < 999; i++) {
      of(`key ${i}`);
      assert.equal(of('first'), first);
    }
    assert.notEqual(of('second'), second);
  });
});
