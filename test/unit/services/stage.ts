import type { AccountsOptions } from '../../../src/services/accounts';
import { Accounts } from '../../../src/services/accounts';
import { Inventory } from '../../../src/services/inventory';
import { FakeSecrets, FakeState, ManualClock, RecordingLog } from '../fakes';
import { FakeWorld } from './world';

export const secretKeys = {
  tidbCloud: 'tidb',
  alibabaCloud: 'ali',
  account: (accountId: string): string => `account/${accountId}`,
};
export const stateKeys = {
  accounts: 'accounts',
  accountsOfInstance: (instanceId: string): string => `accounts.of/${instanceId}`,
};
export const tidbKey = { publicKey: 'public', privateKey: 'private-key-secret' };
export const aliKeys = { kind: 'keys' as const, accessKeyId: 'LTAI', accessKeySecret: 'access-key-secret' };

/** Services on fakes; signed in to both clouds unless said otherwise. */
export function stage(signedIn: { readonly tidb?: boolean; readonly ali?: boolean } = {}) {
  const clock = new ManualClock();
  const world = new FakeWorld(clock);
  const secrets = new FakeSecrets();
  const state = new FakeState();
  const log = new RecordingLog();
  if (signedIn.tidb !== false) {
    secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
  }
  if (signedIn.ali !== false) {
    secrets.kept.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
  }
  const options: AccountsOptions = {
    ...{ secrets, secretKeys, state, stateKeys },
    environment: {},
    isWorkspaceTrusted: () => true,
    createTidbCloudApi: () => Promise.resolve(world.tidbCloud),
    createAlibabaCloudApi: () => Promise.resolve(world.alibabaCloud),
    listAlibabaCloudProfiles: () => Promise.resolve([]),
    learnSecret: () => undefined,
    log,
  };
  const accounts = new Accounts(options);
  const inventory = new Inventory(accounts, log);
  return { clock, world, script: world.script, secrets, state, log, accounts, inventory };
}

export type Stage = ReturnType<typeof stage>;
