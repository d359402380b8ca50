import assert from 'node:assert/strict';
import { isCancellation } from '../../../src/core/errors';
import type { SandboxChoice, SandboxClouds } from '../../../src/core/ports';
import { SandboxMode } from '../../../src/services/sandboxMode';
import { FakeState, RecordingLog } from '../fakes';

/** A window, and the sandboxes that were launched from it. */
function aWindow(state = new FakeState()) {
  const events: string[] = [];
  const log = new RecordingLog();
  const launched: { id: string; acceptMode: string }[] = [];
  let failure: Error | undefined;
  let trouble: Error | undefined;
  let ready = Promise.resolve();
  let ids = 0;
  const mode = new SandboxMode({
    state,
    stateKey: 'sandbox',
    newId: () => `sandbox-${++ids}`,
    launch: async (id: string, { acceptMode }: SandboxChoice): Promise<SandboxClouds> => {
      if (failure !== undefined) {
        throw failure;
      }
      events.push(`launch ${id}`);
      launched.push({ id, acceptMode });
      await ready;
      return {
        tidbCloud: { baseUrl: `http://127.0.0.1/${id}`, publicKey: 'public', privateKey: 'private' },
        alibabaCloud: { endpoints: {}, accessKeyId: 'id', accessKeySecret: 'secret' },
        databasePassword: 'password',
        stop: () => {
          events.push(`stop ${id}`);
          return trouble === undefined ? Promise.resolve() : Promise.reject(trouble);
        },
      };
    },
    forget: (id) => {
      events.push(`forget ${id}`);
      return trouble === undefined ? Promise.resolve() : Promise.reject(trouble);
    },
    log,
  });
  mode.onDidChange((on) => events.push(on ? 'to the sandbox' : 'to the real clouds'));
  return {
    ...{ mode, events, launched, state, log },
    fail: (error: Error | undefined) => (failure = error),
    /** Neither ends nor can be removed. */
    failToEnd: (error: Error) => (trouble = error),
    /** Launches take until the function that comes back is called. */
    hold: (): (() => void) => {
      let release = (): void => undefined;
      ready = new Promise((resolve) => (release = resolve));
      return () => release();
    },
  };
}

describe('SandboxMode', () => {
  it('is off in a new window, where nothing runs', async () => {
    const { mode, events } = aWindow();
    assert.equal(mode.id, undefined);
    assert.equal(mode.current, undefined);
    await assert.rejects(mode.running());
    await mode.dispose();
    assert.deepEqual(events, []);
  });

  it('goes over to the sandbox once it runs, and back when it has ended', async () => {
    const { mode, events } = aWindow();
    await mode.start({ acceptMode: 'console' });
    assert.equal(mode.id, 'sandbox-1');
    assert.equal((await mode.running()).tidbCloud.baseUrl, 'http://127.0.0.1/sandbox-1');
    await mode.stop();
    assert.equal(mode.id, undefined);
    assert.deepEqual(events, [
      'launch sandbox-1',
      'to the sandbox',
      'to the real clouds',
      'stop sandbox-1',
      'forget sandbox-1',
    ]);
  });

  it('goes on after a reload with the same sandbox, which is launched once', async () => {
    const before = aWindow();
    await before.mode.start({ acceptMode: 'console' });
    await before.mode.dispose();
    assert.deepEqual(before.events.at(-1), 'stop sandbox-1', 'nothing is forgotten');

    const after = aWindow(before.state);
    assert.equal(after.mode.id, 'sandbox-1');
    const [one, two] = await Promise.all([after.mode.running(), after.mode.running()]);
    assert.equal(one, two);
    assert.deepEqual(after.launched, [{ id: 'sandbox-1', acceptMode: 'console' }]);
    assert.equal(after.mode.current, one);
  });

  it('stays with the real clouds when the sandbox cannot start', async () => {
    const { mode, events, fail } = aWindow();
    fail(new Error('no port'));
    await assert.rejects(mode.start({ acceptMode: 'api' }), { message: 'no port' });
    assert.equal(mode.id, undefined);
    assert.deepEqual(events, []);
  });

  it('tries again after a reload in which it could not start', async () => {
    const before = aWindow();
    await before.mode.start({ acceptMode: 'api' });
    const { mode, fail } = aWindow(before.state);
    fail(new Error('no port'));
    await assert.rejects(mode.running(), { message: 'no port' });
    fail(undefined);
    assert.equal((await mode.running()).databasePassword, 'password');
  });

  it('started again, begins anew', async () => {
    const { mode, events } = aWindow();
    await mode.start({ acceptMode: 'api' });
    await mode.start({ acceptMode: 'api' });
    assert.equal(mode.id, 'sandbox-2');
    assert.deepEqual(events.slice(2), [
      'launch sandbox-2',
      'to the sandbox',
      'stop sandbox-1',
      'forget sandbox-1',
    ]);
  });

  it('keeps the sandbox that it has when another cannot start', async () => {
    const { mode, fail } = aWindow();
    await mode.start({ acceptMode: 'api' });
    fail(new Error('no port'));
    await assert.rejects(mode.start({ acceptMode: 'api' }), { message: 'no port' });
    assert.equal((await mode.running()).tidbCloud.baseUrl, 'http://127.0.0.1/sandbox-1');
  });

  it('ends a sandbox that is still being launched again when it is left', async () => {
    const before = aWindow();
    await before.mode.start({ acceptMode: 'api' });
    const { mode, events, hold } = aWindow(before.state);
    const release = hold();
    const running = mode.running();
    const stopping = mode.stop();
    release();
    await assert.rejects(running, isCancellation);
    await stopping;
    assert.equal(mode.current, undefined);
    assert.deepEqual(events, [
      'launch sandbox-1',
      'to the real clouds',
      'stop sandbox-1',
      'forget sandbox-1',
    ]);
  });

  it('ends a sandbox that is still being launched again with the window', async () => {
    const before = aWindow();
    await before.mode.start({ acceptMode: 'api' });
    const { mode, events, hold } = aWindow(before.state);
    const release = hold();
    const running = mode.running();
    const disposing = mode.dispose();
    release();
    await Promise.all([running, disposing]);
    assert.deepEqual(events, ['launch sandbox-1', 'stop sandbox-1']);
  });

  it('asked for twice at once, leaves one sandbox', async () => {
    const { mode, events } = aWindow();
    await Promise.all([mode.start({ acceptMode: 'api' }), mode.start({ acceptMode: 'console' })]);
    assert.equal(mode.id, 'sandbox-2');
    assert.equal(mode.current?.tidbCloud.baseUrl, 'http://127.0.0.1/sandbox-2');
    assert.deepEqual(
      events.filter((event) => event.startsWith('stop')),
      ['stop sandbox-1'],
    );
  });

  it('goes back to the real clouds though the sandbox cannot be ended or removed', async () => {
    const { mode, events, log, failToEnd } = aWindow();
    await mode.start({ acceptMode: 'api' });
    failToEnd(new Error('no space left'));
    await mode.stop();
    assert.equal(mode.id, undefined);
    assert.ok(events.includes('to the real clouds'));
    assert.equal(log.lines.filter((line) => line.includes('no space left')).length, 2);
  });

  it('takes a record that it does not understand for none', () => {
    const state = new FakeState();
    state.kept.set('sandbox', { id: 1 });
    assert.equal(aWindow(state).mode.id, undefined);
  });
});
