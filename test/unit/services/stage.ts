import { alibabaCloudIdentity, tidbCloudIdentity } from '../../../src/services/account';
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
  const entries: object[] = [];
  if (signedIn.tidb !== false) {
    const { id, key } = tidbCloudIdentity(tidbKey);
    entries.push({ id, key, cloud: 'TiDB Cloud' });
    secrets.kept.set(secretKeys.account(id), JSON.stringify(tidbKey));
  }
  if (signedIn.ali !== false) {
    const { id, key } = alibabaCloudIdentity(aliKeys);
    entries.push({ id, key, cloud: 'Alibaba Cloud' });
    secrets.kept.set(secretKeys.account(id), JSON.stringify(aliKeys));
  }
  const accountsState = new FakeState();
  accountsState.kept.set(stateKeys.accounts, entries);
  const options: AccountsOptions = {
    ...{ secrets, secretKeys, stateKeys, state: accountsState },
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
