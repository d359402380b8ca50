import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { textAt } from './support/at';
import { usualWish } from './support/chosen';
import { officialCaller } from './support/officialCaller';

describe('How long things take', () => {
  const timeScale = 600;
  let sandbox: Sandbox | undefined;
  afterEach(async () => {
    await sandbox?.stop();
    sandbox = undefined;
  });

  /** Real milliseconds until an endpoint is Active that takes so many times its usual minute. */
  async function endpointTakesMs(times: number): Promise<number> {
    const asked: string[] = [];
    const started = await startSandbox({
      timeScale,
      timesUsual: (what, id) => {
        asked.push(`${what}/${id}`);
        return times;
      },
    });
    sandbox = started;
    let activeAt: number | undefined;
    const stopListening = started.control.onChange(({ endpoints }) => {
      if (endpoints.some(({ status }) => status === 'Active')) {
        activeAt ??= performance.now();
      }
    });
    const call = officialCaller(started);
    const before = performance.now();
    const made = await call('privatelink', 'CreateVpcEndpoint', usualWish(started));
    await started.control.waitFor(({ endpoints }) => endpoints.every(({ status }) => status === 'Active'));
    stopListening();
    assert.ok(asked.includes(`endpoint/${textAt(made, 'EndpointId')}`));
    await started.stop();
    return (activeAt ?? assert.fail('no change was told')) - before;
  }

  it('may vary, as a start of the sandbox wishes', async () => {
    const usualMs = 60_000 / timeScale;
    const shortMs = await endpointTakesMs(0.5);
    const longMs = await endpointTakesMs(4);
    assert.ok(shortMs >= usualMs * 0.5, String(shortMs));
    assert.ok(longMs >= usualMs * 4 && longMs > shortMs, `${shortMs}, ${longMs}`);
  });

  it('tells nothing more once nobody listens', async () => {
    sandbox = await startSandbox();
    let told = 0;
    const stopListening = sandbox.control.onChange(() => told++);
    sandbox.control.setPrivateLinkOpen(false);
    assert.equal(told, 1);
    stopListening();
    sandbox.control.setPrivateLinkOpen(true);
    assert.equal(told, 1);
  });
});
