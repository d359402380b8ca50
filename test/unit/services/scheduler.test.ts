import assert from 'node:assert/strict';
import { cancellation } from '../../../src/core/errors';
import { Scheduler } from '../../../src/services/scheduler';
import { ManualClock, RecordingLog, settle, tidbError } from '../fakes';

describe('Scheduler', () => {
  let clock: ManualClock;
  let log: RecordingLog;
  let scheduler: Scheduler;
  /** Minutes at which the task ran. */
  let runs: number[];
  let begin: number;

  beforeEach(() => {
    clock = new ManualClock();
    log = new RecordingLog();
    scheduler = new Scheduler(clock, log, () => 0);
    runs = [];
    begin = clock.now();
  });

  const minute = 60_000;
  const task = (
    run: () => void | Promise<void> = () => undefined,
    intervalMs: () => number | undefined = () => minute,
  ) =>
    scheduler.repeat({
      name: 'Look',
      intervalMs,
      run: async () => {
        runs.push((clock.now() - begin) / minute);
        await run();
      },
    });

  it('repeats at its interval, first after one', async () => {
    task();
    await clock.pass(3 * minute);
    assert.deepEqual(runs, [1, 2, 3]);
  });

  it('asks for the interval only when its maker is done', async () => {
    const order: string[] = [];
    scheduler.repeat({
      name: 'Look',
      intervalMs: () => {
        order.push('asked');
        return minute;
      },
      run: () => Promise.resolve(),
    });
    order.push('made');
    await settle();
    assert.deepEqual(order, ['made', 'asked']);
  });

  describe('when the machine has slept', () => {
    /** A clock of which so much passes at once in the next sleep, as of a machine that wakes. */
    function sleepThrough(ms: number): void {
      const sleep = clock.sleep.bind(clock);
      let isAsleep = true;
      clock.sleep = async (wantedMs, signal) => {
        const slept = isAsleep ? ms : 0;
        isAsleep = false;
        await sleep(wantedMs + slept, signal);
      };
    }

    it('runs each task once, soon after, however much has fallen due', async () => {
      sleepThrough(600 * minute);
      task(undefined, () => 10 * minute);
      task();
      await clock.pass(601 * minute);
      // One of them slept through; the other one's clock has gone on, as its timer ran.
      const afterwards = runs.filter((at) => at >= 600);
      assert.ok(afterwards.length <= 3, afterwards.join());
    });

    it('does not wait for the rest of an interval that has long passed', async () => {
      sleepThrough(60 * minute);
      task(undefined, () => 10 * minute);
      await clock.pass(60 * minute + 30_000 + 3_000);
      assert.equal(runs.length, 1);
      await clock.pass(10 * minute - 1);
      assert.equal(runs.length, 1);
      await clock.pass(1);
      assert.equal(runs.length, 2);
    });
  });

  it('takes up a changed interval after the next run, or at once when woken', async () => {
    let interval = 10 * minute;
    task(undefined, () => interval);
    await clock.pass(minute);
    interval = minute;
    await clock.pass(minute);
    assert.deepEqual(runs, []);
    scheduler.wake();
    await clock.pass(minute);
    assert.deepEqual(runs, [3]);
  });

  it('pauses while there is no interval, and goes on when woken', async () => {
    let looked = false;
    task(undefined, () => (looked ? minute : undefined));
    await clock.pass(60 * minute);
    assert.deepEqual(runs, []);
    looked = true;
    await clock.pass(60 * minute);
    assert.deepEqual(runs, []);
    scheduler.wake();
    await clock.pass(minute);
    assert.equal(runs.length, 1);
    looked = false;
    await clock.pass(10 * minute);
    assert.equal(runs.length, 2, 'the wait that had begun ends, then it pauses');
  });

  it('never overlaps itself, however long a run takes', async () => {
    let finish = (): void => undefined;
    task(() => new Promise<void>((resolve) => (finish = resolve)));
    await clock.pass(10 * minute);
    assert.deepEqual(runs, [1]);
    scheduler.wake();
    await clock.pass(10 * minute);
    assert.deepEqual(runs, [1]);
    finish();
    await clock.pass(minute);
    assert.deepEqual(runs, [1, 21]);
  });

  it('backs off after failures and returns to the interval after a success', async () => {
    let down = true;
    task(() => (down ? Promise.reject(tidbError('unreachable')) : undefined));
    await clock.pass(7 * minute);
    assert.deepEqual(runs, [1, 3, 7]);
    down = false;
    await clock.pass(5 * minute);
    assert.deepEqual(runs, [1, 3, 7, 12], 'never longer than five minutes');
    await clock.pass(minute);
    assert.deepEqual(runs.at(-1), 13);
    assert.equal(log.errors.length, 3);
  });

  it('waits at least as long as the service asks for', async () => {
    let first = true;
    task(() => {
      if (first) {
        first = false;
        return Promise.reject(tidbError('throttled', { retryAfterMs: 30 * minute }));
      }
      return undefined;
    });
    await clock.pass(30 * minute);
    assert.deepEqual(runs, [1]);
    scheduler.wake();
    await clock.pass(minute);
    assert.deepEqual(runs, [1], 'waking does not shorten it to nothing');
    await clock.pass(60 * minute);
    assert.deepEqual(runs.slice(0, 3), [1, 60, 61]);
  });

  it('counts a cancellation neither as failure nor as an error', async () => {
    task(() => Promise.reject(cancellation()));
    await clock.pass(3 * minute);
    assert.deepEqual(runs, [1, 2, 3]);
    assert.deepEqual(log.errors, []);
  });

  it('goes on when the interval cannot be told', async () => {
    let broken = true;
    task(undefined, () => {
      if (broken) {
        throw tidbError('invalidInput', { source: 'Extension' });
      }
      return minute;
    });
    await settle();
    assert.equal(log.errors.length, 1);
    broken = false;
    scheduler.wake();
    await clock.pass(minute);
    assert.equal(runs.length, 1);
  });

  it('keeps tasks apart', async () => {
    task(() => Promise.reject(tidbError('cloudFault')));
    const other: number[] = [];
    scheduler.repeat({
      name: 'Other',
      intervalMs: () => minute,
      run: () => {
        other.push((clock.now() - begin) / minute);
        return Promise.resolve();
      },
    });
    await clock.pass(3 * minute);
    assert.deepEqual(runs, [1, 3]);
    assert.deepEqual(other, [1, 2, 3]);
  });

  it('stops: one task by its own handle, all by disposing; a run in progress is told', async () => {
    let signal: AbortSignal | undefined;
    let finish = (): void => undefined;
    const handle = scheduler.repeat({
      name: 'Held',
      intervalMs: () => minute,
      run: (given) => {
        signal = given;
        return new Promise<void>((resolve) => (finish = resolve));
      },
    });
    task();
    await clock.pass(minute);
    assert.equal(signal?.aborted, false);
    handle.dispose();
    assert.equal(signal.aborted, true);
    finish();
    await clock.pass(minute);
    assert.deepEqual(runs, [1, 2]);
    scheduler.dispose();
    await clock.pass(10 * minute);
    assert.deepEqual(runs, [1, 2]);
    assert.deepEqual(clock.waits, []);
  });
});
