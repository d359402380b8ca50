import { createAlibabaCloudApi, staticCredentials } from '../../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../../src/cloud/tidbCloud';
import { secretKeys, stateKeys } from '../../../src/ids';
import { systemClock } from '../../../src/platform/clock';
import { manyInstances, startSandbox } from '../../../src/sandbox';
import { Accounts } from '../../../src/services/accounts';
import { HealthBook } from '../../../src/services/health/book';
import { HealthHistory } from '../../../src/services/health/history';
import { HealthMonitor } from '../../../src/services/healthMonitor';
import { Inventory } from '../../../src/services/inventory';
import { Scheduler } from '../../../src/services/scheduler';
import type { Clock, Log } from '../../../src/core/ports';
import { FakeSecrets, FakeState } from '../../unit/fakes';

const timeScale = 30;
const intervalMs = 60_000;
const minutes = 6;
const operations = {
  tidbCloud: [
    'tidb:ListPrivateEndpointConnections',
    'tidb:GetPrivateLinkService',
    'tidb:ListTidbs',
    'tidb:GetTidb',
  ],
  alibabaCloud: ['ListVpcEndpoints', 'ListVpcEndpointZones'],
};

export interface IdleCalls {
  readonly tidbCloud: number;
  readonly alibabaCloud: number;
}

/** Calls in a minute while nobody does anything, with so many instances followed and so many of them on the screen. */
export async function idleCalls(followed: number, shown: number): Promise<IdleCalls> {
  const sandbox = await startSandbox({
    seed: { instances: manyInstances(followed), endpointsEach: 2 },
    requestsPerMinute: 1_000_000,
  });
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const began = Date.now();
  const clock: Clock = {
    now: () => began + (Date.now() - began) * timeScale,
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms / timeScale, 2 ** 31 - 1), signal),
  };
  const secrets = new FakeSecrets();
  secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(sandbox.tidbCloud));
  secrets.kept.set(secretKeys.alibabaCloud, JSON.stringify({ kind: 'keys', ...sandbox.alibabaCloud }));
  const client = { userAgent: 'bench/1', log };
  const accounts = new Accounts({
    ...{ secrets, secretKeys, stateKeys, state: new FakeState(), environment: {}, log },
    ...{ isWorkspaceTrusted: () => true, learnSecret: quiet },
    createTidbCloudApi: (key) =>
      Promise.resolve(createTidbCloudApi({ ...client, ...key, clock, baseUrl: sandbox.tidbCloud.baseUrl })),
    createAlibabaCloudApi: () =>
      Promise.resolve(
        createAlibabaCloudApi({
          ...client,
          credentials: staticCredentials(sandbox.alibabaCloud),
          endpoints: sandbox.alibabaCloud.endpoints,
          // Requests are signed with the true time.
          clock: systemClock,
        }),
      ),
    listAlibabaCloudProfiles: () => Promise.resolve([]),
  });
  const inventory = new Inventory(accounts, log);
  const scheduler = new Scheduler(clock, log, Math.random);
  const state = new FakeState();
  try {
    await inventory.refreshInstances();
    const ids = inventory.snapshot.instances.value?.map(({ id }) => id) ?? [];
    await state.set('followed', ids);
    const monitor = new HealthMonitor({
      ...{ inventory, scheduler, state, log, clock },
      book: new HealthBook(new HealthHistory(state, 'history', log), log),
      network: () => '',
      alibabaCloudOf: ({ instanceId, endpointId }) => accounts.alibabaCloudFor(instanceId, { endpointId }),
      // Their cost is no call to a cloud.
      probes: { of: () => Promise.resolve(undefined), forget: () => undefined },
      followedKey: 'followed',
      intervalMs: () => intervalMs,
      inView: () => ids.slice(0, shown),
    });
    const count = (names: readonly string[]): number =>
      names.reduce((sum, name) => sum + sandbox.control.calls(name), 0);
    // The first looks read the services too; they count.
    const before = { tidbCloud: count(operations.tidbCloud), alibabaCloud: count(operations.alibabaCloud) };
    const from = clock.now();
    await clock.sleep(minutes * intervalMs + intervalMs / 2);
    const passed = (clock.now() - from) / 60_000;
    monitor.dispose();
    return {
      tidbCloud: (count(operations.tidbCloud) - before.tidbCloud) / passed,
      alibabaCloud: (count(operations.alibabaCloud) - before.alibabaCloud) / passed,
    };
  } finally {
    scheduler.dispose();
    accounts.dispose();
    await sandbox.stop();
  }
}
