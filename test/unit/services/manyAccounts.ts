import type { Instance } from '../../../src/core/model';
import { Accounts, type AccountsChange } from '../../../src/services/accounts';
import { Inventory } from '../../../src/services/inventory';
import { anInstance, FakeSecrets, FakeState, ManualClock, RecordingLog } from '../fakes';
import { secretKeys, stateKeys } from './stage';
import { FakeWorld } from './world';

/** Two organizations of TiDB Cloud and two accounts of Alibaba Cloud, told apart by the key that asks. */
export function manyAccounts(environment: Readonly<Record<string, string>> = {}) {
  const clock = new ManualClock();
  const worlds = { one: new FakeWorld(clock), two: new FakeWorld(clock) };
  worlds.two.instances.clear();
  const worldOf = (key: string): FakeWorld => (key.endsWith('two') ? worlds.two : worlds.one);
  for (const [name, { alibabaCloud, script }] of Object.entries(worlds)) {
    const accountId = name === 'one' ? '111' : '222';
    alibabaCloud.getCallerIdentity = (signal) =>
      script.perform(
        'getCallerIdentity',
        () => ({ accountId, arn: `acs:ram::${accountId}:user/${name}`, type: 'RAMUser' }),
        signal,
      );
  }
  const secrets = new FakeSecrets();
  const state = new FakeState();
  const log = new RecordingLog();
  const learnt: string[] = [];
  const changes: AccountsChange[] = [];
  const build = (): Accounts =>
    new Accounts({
      ...{ secrets, secretKeys, state, stateKeys, log, environment },
      isWorkspaceTrusted: () => true,
      createTidbCloudApi: ({ publicKey }) => Promise.resolve(worldOf(publicKey).tidbCloud),
      createAlibabaCloudApi: (from) =>
        Promise.resolve(worldOf(from.kind === 'keys' ? from.accessKeyId : (from.profile ?? '')).alibabaCloud),
      listAlibabaCloudProfiles: () => Promise.resolve([]),
      learnSecret: (secret) => learnt.push(secret),
    });
  const accounts = build();
  accounts.onDidChange((change) => changes.push(change));
  const inventory = new Inventory(accounts, log);
  const keys = {
    tidb: (name: 'one' | 'two') => ({ publicKey: `public-${name}`, privateKey: `private-${name}` }),
    ali: (name: 'one' | 'two') => ({
      kind: 'keys' as const,
      accessKeyId: `LTAI-${name}`,
      accessKeySecret: `secret-${name}`,
    }),
  };
  return {
    ...{ clock, worlds, secrets, state, log, learnt, changes, accounts, inventory, keys },
    /** As in the next window. */
    again: build,
    /** Signs in to both clouds with both keys. */
    signIn: async (): Promise<void> => {
      for (const name of ['one', 'two'] as const) {
        await accounts.signInTidbCloud(keys.tidb(name));
        await accounts.signInAlibabaCloud(keys.ali(name));
      }
      worlds.one.script.calls.length = 0;
      worlds.two.script.calls.length = 0;
      changes.length = 0;
    },
  };
}

export const instanceNamed = (id: string, over: Partial<Instance> = {}): Instance => ({
  ...anInstance,
  id,
  name: `instance-${id}`,
  ...over,
});
