import assert from 'node:assert/strict';
import { patient, quick, retryAfterMs, withRetry } from '../../../src/cloud/retry';
import type { ErrorCode, ErrorDetails } from '../../../src/core/errors';
import { AppError } from '../../../src/core/errors';
import { FakeClock } from './support';

const fault = (code: ErrorCode, details: Partial<ErrorDetails> = {}): AppError =>
  new AppError(code, { source: 'TiDB Cloud', ...details });
const broken = (code: string): Error => Object.assign(new Error('x'), { code });

describe('withRetry', () => {
  let clock: FakeClock;
  let attempts: number;

  beforeEach(() => {
    clock = new FakeClock();
    attempts = 0;
  });

  /** Fails with these in turn, then gives `ok`. */
  const failing =
    (...errors: Error[]) =>
    (): Promise<string> => {
      attempts += 1;
      const error = errors[attempts - 1];
      return error === undefined ? Promise.resolve('ok') : Promise.reject(error);
    };

  it('doubles the pause and draws half of it', async () => {
    const errors = [fault('cloudFault'), fault('cloudFault'), fault('cloudFault')];
    assert.equal(await withRetry(failing(...errors), { clock, random: () => 0 }), 'ok');
    assert.deepEqual(clock.slept, [250, 500, 1000]);
    clock = new FakeClock();
    attempts = 0;
    await withRetry(failing(...errors), { clock, random: () => 1 });
    assert.deepEqual(clock.slept, [500, 1000, 2000]);
  });

  it('makes four attempts, not more', async () => {
    const errors = Array.from({ length: 9 }, () => fault('throttled'));
    await assert.rejects(withRetry(failing(...errors), { clock }), { code: 'throttled' });
    assert.equal(attempts, 4);
  });

  for (const [error, again] of [
    [fault('throttled'), true],
    [fault('cloudFault'), true],
    [fault('timeout'), true],
    [fault('unreachable', { cause: broken('ECONNRESET') }), true],
    [
      fault('unreachable', { cause: new TypeError('fetch failed', { cause: broken('UND_ERR_SOCKET') }) }),
      true,
    ],
    [fault('unreachable', { cause: broken('ECONNREFUSED') }), false],
    [fault('unreachable', { cause: broken('ENOTFOUND') }), false],
    [fault('unreachable', { cause: broken('CERT_HAS_EXPIRED') }), false],
    [fault('unreachable'), false],
    [fault('badAnswer'), false],
    [fault('notAllowed'), false],
    [fault('conflict'), false],
    [new Error('a mistake of ours'), false],
  ] as const) {
    const cause = AppError.is(error) && error.cause instanceof Error ? error.cause : undefined;
    it(`${error.message} ${cause === undefined ? '' : JSON.stringify(cause)}: ${again ? 'again' : 'not again'}`, async () => {
      const work = withRetry(failing(error), { clock });
      await (again ? work : assert.rejects(work, error));
      assert.equal(attempts, again ? 2 : 1);
    });
  }

  it('asks the cloud’s own list for the rest, and for their pace', async () => {
    const alsoRetry = ({ code }: AppError) => (code === 'conflict' ? quick : undefined);
    await withRetry(failing(fault('conflict')), { clock, alsoRetry, random: () => 1 });
    assert.deepEqual(clock.slept, [500]);
    attempts = 0;
    const other = fault('notFound');
    await assert.rejects(withRetry(failing(other), { clock, alsoRetry }), other);
    assert.equal(attempts, 1);
  });

  it('is patient for two minutes with what is busy', async () => {
    const errors = Array.from({ length: 20 }, () => fault('conflict'));
    const work = withRetry(failing(...errors), { clock, alsoRetry: () => patient, random: () => 1 });
    await assert.rejects(work, { code: 'conflict' });
    assert.deepEqual(clock.slept, [3000, 6000, 12_000, 20_000, 20_000, 20_000, 20_000]);
  });

  it('makes ten attempts at what is busy, not more', async () => {
    const errors = Array.from({ length: 20 }, () => fault('conflict'));
    const pace = { ...patient, firstDelayMs: 1, maxDelayMs: 1 };
    await assert.rejects(withRetry(failing(...errors), { clock, alsoRetry: () => pace }));
    assert.equal(attempts, 10);
  });

  it('counts a passing failure apart from the waiting for what is busy', async () => {
    const busy = Array.from({ length: 5 }, () => fault('conflict'));
    const errors = [...busy, fault('timeout'), fault('timeout'), fault('conflict')];
    const options = { clock, alsoRetry: () => patient, random: () => 0 };
    assert.equal(await withRetry(failing(...errors), options), 'ok');
    assert.deepEqual(clock.slept, [1500, 3000, 6000, 10_000, 10_000, 250, 500, 10_000]);
  });

  it('waits at least as long as it is asked to', async () => {
    await withRetry(failing(fault('throttled', { retryAfterMs: 20_000 })), { clock });
    assert.deepEqual(clock.slept, [20_000]);
  });

  it('comes back at once when the pause would not fit into the minute', async () => {
    const error = fault('throttled', { retryAfterMs: 61_000 });
    await assert.rejects(withRetry(failing(error), { clock }), error);
    assert.deepEqual(clock.slept, []);
  });

  it('is over after a minute, however slow the attempts are', async () => {
    const slow = (): Promise<never> => {
      attempts += 1;
      clock.pass(30_000);
      return Promise.reject(fault('timeout'));
    };
    await assert.rejects(withRetry(slow, { clock }), { code: 'timeout' });
    assert.equal(attempts, 2);
  });

  it('ends a pause with the signal’s reason', async () => {
    const controller = new AbortController();
    const stopping: FakeClock = Object.assign(new FakeClock(), {
      sleep: (_ms: number, signal?: AbortSignal) => {
        controller.abort(new Error('closed'));
        signal?.throwIfAborted();
        return Promise.resolve();
      },
    });
    const work = withRetry(failing(fault('throttled')), { clock: stopping, signal: controller.signal });
    await assert.rejects(work, /^Error: closed$/);
    assert.equal(attempts, 1);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);
  for (const [value, ms] of [
    ['3', 3000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ] as const) {
    it(`reads "${value}"`, () => {
      const read = retryAfterMs(new Headers({ 'retry-after': value }), now);
      assert.equal(read, ms);
    });
  }
  it('is nothing without the header', () => assert.equal(retryAfterMs(new Headers(), now), undefined));
});
