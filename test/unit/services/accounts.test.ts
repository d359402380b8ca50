import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { Accounts, type Account, type AccountsOptions, type Cloud } from '../../../src/services/accounts';
import { FakeSecrets, FakeState, ManualClock, RecordingLog, settle, tidbError } from '../fakes';
import { aliKeys, secretKeys, stateKeys, tidbKey } from './stage';
import { FakeWorld } from './world';

function accountsWith(over: Partial<AccountsOptions> = {}) {
  const world = new FakeWorld(new ManualClock());
  const secrets = new FakeSecrets();
  const state = new FakeState();
  const log = new RecordingLog();
  /** What was learnt and used, in order. */
  const order: string[] = [];
  const changes: Cloud[] = [];
  const accounts = new Accounts({
    ...{ secrets, secretKeys, state, stateKeys },
    environment: {},
    isWorkspaceTrusted: () => true,
    createTidbCloudApi: (key) => {
      order.push(`use ${key.privateKey}`);
      return Promise.resolve(world.tidbCloud);
    },
    createAlibabaCloudApi: (credentials) => {
      order.push(`use ${credentials.kind === 'keys' ? credentials.accessKeySecret : 'chain'}`);
      return Promise.resolve(world.alibabaCloud);
    },
    listAlibabaCloudProfiles: () => Promise.resolve([]),
    learnSecret: (secret) => order.push(`learn ${secret}`),
    log,
    ...over,
  });
  accounts.onDidChange(({ cloud }) => changes.push(cloud));
  return { accounts, world, secrets, state, log, order, changes };
}

const keyOf = {
  tidb: secretKeys.account(`tidbCloud/${tidbKey.publicKey}`),
  ali: secretKeys.account(`alibabaCloud/key/${aliKeys.accessKeyId}`),
};

async function only(accounts: Accounts, cloud: Cloud): Promise<Account> {
  const all = await accounts.list(cloud);
  assert.equal(all.length, 1);
  return all[0] ?? assert.fail();
}

const environment = { TIDBCLOUD_PUBLIC_KEY: 'env-public', TIDBCLOUD_PRIVATE_KEY: 'env-private' };

describe('Accounts', () => {
  describe('without credentials', () => {
    it('says so for each cloud', async () => {
      const { accounts } = accountsWith();
      await assert.rejects(accounts.tidbCloud(), { code: 'notSignedIn', details: { source: 'TiDB Cloud' } });
      await assert.rejects(accounts.alibabaCloud(), {
        code: 'notSignedIn',
        details: { source: 'Alibaba Cloud' },
      });
      assert.equal(await accounts.isSignedIn('TiDB Cloud'), false);
      assert.equal(await accounts.isSignedIn('Alibaba Cloud'), false);
      assert.deepEqual(await accounts.list('TiDB Cloud'), []);
    });

    it('finds those that come later', async () => {
      const { accounts, world, secrets } = accountsWith();
      await assert.rejects(accounts.tidbCloud(), { code: 'notSignedIn' });
      await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      await settle();
      assert.equal(await accounts.tidbCloud(), world.tidbCloud);
    });
  });

  describe('with a keyring that cannot be read', () => {
    class LockedSecrets extends FakeSecrets {
      override get(): Promise<string | undefined> {
        return Promise.reject(new AppError('secretsUnavailable', { source: 'Extension' }));
      }
    }

    it('uses the keys of the environment', async () => {
      const { accounts, world, order } = accountsWith({ secrets: new LockedSecrets(), environment });
      assert.equal(await accounts.tidbCloud(), world.tidbCloud);
      assert.ok(order.includes('use env-private'));
    });

    it('says so when there are no others', async () => {
      const { accounts } = accountsWith({ secrets: new LockedSecrets() });
      await assert.rejects(accounts.tidbCloud(), { code: 'secretsUnavailable' });
    });
  });

  describe('signing in', () => {
    it('tries the key, keeps it, tells once, and uses it', async () => {
      const { accounts, world, secrets, order, changes } = accountsWith();
      await accounts.signInTidbCloud(tidbKey);
      assert.deepEqual(world.script.calls, ['listInstances']);
      assert.deepEqual(JSON.parse(secrets.kept.get(keyOf.tidb) ?? ''), tidbKey);
      assert.deepEqual(changes, ['TiDB Cloud']);
      assert.equal(await accounts.tidbCloud(), world.tidbCloud);
      assert.ok(await accounts.isSignedIn('TiDB Cloud'));
      assert.equal((await accounts.list('TiDB Cloud'))[0]?.isStored, true);
      assert.deepEqual(order.slice(0, 2), [`learn ${tidbKey.privateKey}`, `use ${tidbKey.privateKey}`]);
    });

    it('returns the Alibaba Cloud account and learns the token too', async () => {
      const { accounts, secrets, order, changes } = accountsWith();
      const keys = { ...aliKeys, securityToken: 'sts-token' };
      assert.equal((await accounts.signInAlibabaCloud(keys)).owner, '42');
      assert.deepEqual(JSON.parse(secrets.kept.get(keyOf.ali) ?? ''), keys);
      assert.deepEqual(order.slice(0, 3), [
        `learn ${keys.accessKeySecret}`,
        'learn sts-token',
        `use ${keys.accessKeySecret}`,
      ]);
      assert.deepEqual(changes, ['Alibaba Cloud']);
    });

    it('keeps the choice of the chain, which holds no secret', async () => {
      const { accounts, secrets } = accountsWith({ isWorkspaceTrusted: () => false });
      await accounts.signInAlibabaCloud({ kind: 'chain' });
      assert.equal(secrets.kept.get(secretKeys.account('alibabaCloud/chain')), '{"kind":"chain"}');
      assert.ok(await accounts.isSignedIn('Alibaba Cloud'), 'chosen by the person, so trust does not matter');
    });

    it('stores nothing that did not work, and stays signed in as before', async () => {
      const { accounts, world, secrets, changes } = accountsWith();
      const refused = tidbError('credentialsRejected');
      world.script.fail('listInstances', refused);
      await assert.rejects(accounts.signInTidbCloud(tidbKey), refused);
      world.script.fail('getCallerIdentity', refused);
      await assert.rejects(accounts.signInAlibabaCloud(aliKeys), refused);
      assert.equal(secrets.kept.size, 0);
      assert.deepEqual(changes, []);
      await accounts.signInTidbCloud(tidbKey);
      world.script.fail('listInstances', refused);
      await assert.rejects(accounts.signInTidbCloud({ publicKey: 'a', privateKey: 'bbbb' }), refused);
      assert.deepEqual(JSON.parse(secrets.kept.get(keyOf.tidb) ?? ''), tidbKey);
      assert.equal((await accounts.list('TiDB Cloud')).length, 1);
    });

    it('can be cancelled', async () => {
      const { accounts, secrets } = accountsWith();
      await assert.rejects(accounts.signInTidbCloud(tidbKey, AbortSignal.abort()), { name: 'AbortError' });
      assert.equal(secrets.kept.size, 0);
    });

    it('again with the same key takes effect at once for the next call', async () => {
      const { accounts, order } = accountsWith();
      await accounts.signInTidbCloud(tidbKey);
      await accounts.tidbCloud();
      await accounts.signInTidbCloud({ ...tidbKey, privateKey: 'other-private' });
      assert.equal((await accounts.list('TiDB Cloud')).length, 1);
      order.length = 0;
      await accounts.tidbCloud();
      assert.ok(order.includes('use other-private'), order.join());
    });
  });

  describe('signing out', () => {
    it('forgets the key and the client, and tells once', async () => {
      const { accounts, secrets, changes } = accountsWith();
      await accounts.signInTidbCloud(tidbKey);
      await accounts.signInAlibabaCloud(aliKeys);
      await accounts.tidbCloud();
      changes.length = 0;
      await accounts.signOut(await only(accounts, 'TiDB Cloud'));
      assert.deepEqual(changes, ['TiDB Cloud']);
      assert.deepEqual([...secrets.kept.keys()], [keyOf.ali]);
      await assert.rejects(accounts.tidbCloud(), { code: 'notSignedIn' });
    });

    it('leaves what is in the environment', async () => {
      const { accounts } = accountsWith({ environment });
      await accounts.signInTidbCloud(tidbKey);
      await accounts.signOut(await only(accounts, 'TiDB Cloud'));
      assert.ok(await accounts.isSignedIn('TiDB Cloud'));
      const { name, isStored } = await only(accounts, 'TiDB Cloud');
      assert.deepEqual([name, isStored], ['Environment', false]);
    });
  });

  describe('the environment', () => {
    it('is used when nothing is stored, and learnt before it is', async () => {
      const { accounts, order } = accountsWith({ environment });
      await accounts.tidbCloud();
      assert.deepEqual(order, ['learn env-private', 'use env-private']);
      assert.equal((await only(accounts, 'TiDB Cloud')).isStored, false);
    });

    it('gives way to what is stored', async () => {
      const { accounts, secrets, order } = accountsWith({ environment });
      await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      order.length = 0;
      await accounts.tidbCloud();
      assert.deepEqual(order, [`learn ${tidbKey.privateKey}`, `use ${tidbKey.privateKey}`]);
    });

    it('needs both halves of a key', async () => {
      for (const half of [{ TIDBCLOUD_PUBLIC_KEY: 'x' }, { ...environment, TIDBCLOUD_PUBLIC_KEY: '' }]) {
        assert.equal(await accountsWith({ environment: half }).accounts.isSignedIn('TiDB Cloud'), false);
      }
    });

    for (const name of [
      'ALIBABA_CLOUD_ACCESS_KEY_ID',
      'ALIBABA_CLOUD_ROLE_ARN',
      'ALIBABA_CLOUD_CREDENTIALS_URI',
    ]) {
      it(`${name} chooses the chain in a trusted workspace only`, async () => {
        let isTrusted = false;
        const { accounts, order } = accountsWith({
          environment: { ALIBABA_CLOUD_ACCESS_KEY_ID: '', [name]: 'something' },
          isWorkspaceTrusted: () => isTrusted,
        });
        await assert.rejects(accounts.alibabaCloud(), { code: 'notSignedIn' });
        assert.equal(await accounts.isSignedIn('Alibaba Cloud'), false);
        isTrusted = true;
        await accounts.alibabaCloud();
        assert.deepEqual(order, ['use chain']);
      });
    }
  });

  describe('what is stored', () => {
    for (const garbage of ['', '{', '[]', 'null', '{"publicKey":1}', '{"kind":"keys"}', '{"kind":"other"}']) {
      it(`counts as signed out when it is ${garbage || 'empty'}, without being quoted in the log`, async () => {
        const { accounts, secrets, log } = accountsWith();
        await secrets.set(secretKeys.tidbCloud, garbage);
        await secrets.set(secretKeys.alibabaCloud, garbage);
        await assert.rejects(accounts.tidbCloud(), { code: 'notSignedIn' });
        await assert.rejects(accounts.alibabaCloud(), { code: 'notSignedIn' });
        assert.ok(log.lines.length > 0);
        assert.ok(garbage.length < 3 || !log.lines.join('\n').includes(garbage));
      });
    }

    it('is followed when another window changes it, once per change', async () => {
      const { accounts, secrets, changes } = accountsWith();
      await secrets.set(keyOf.tidb, JSON.stringify(tidbKey));
      await settle();
      assert.deepEqual(changes, ['TiDB Cloud']);
      await secrets.set('someone else’s', 'x');
      await settle();
      assert.deepEqual(changes, ['TiDB Cloud']);
      accounts.dispose();
      await secrets.set(keyOf.tidb, 'x');
      await settle();
      assert.deepEqual(changes, ['TiDB Cloud']);
    });

    it('is not asked for while it cannot be read: the error is passed on', async () => {
      const { accounts, secrets } = accountsWith();
      const locked = new Error('the keyring is locked');
      secrets.get = () => Promise.reject(locked);
      await assert.rejects(accounts.tidbCloud(), locked);
    });
  });

  describe('the clients', () => {
    it('are made once, also for calls at the same time', async () => {
      const { accounts, secrets, order } = accountsWith();
      await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      const clients = await Promise.all([accounts.tidbCloud(), accounts.tidbCloud()]);
      await accounts.tidbCloud();
      assert.equal(clients[0], clients[1]);
      assert.equal(order.filter((what) => what.startsWith('use')).length, 1);
    });

    it('are made again after a failure to make one', async () => {
      let failures = 0;
      const { accounts, secrets } = accountsWith({
        createTidbCloudApi: () => {
          failures++;
          return Promise.reject(tidbError('invalidInput'));
        },
      });
      await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      await assert.rejects(accounts.tidbCloud(), { code: 'invalidInput' });
      await assert.rejects(accounts.tidbCloud(), { code: 'invalidInput' });
      assert.equal(failures, 2);
    });

    it('are not forgotten because an earlier one failed late', async () => {
      let made = 0;
      let failLate = (): void => undefined;
      const world = new FakeWorld(new ManualClock());
      const { accounts, secrets } = accountsWith({
        createTidbCloudApi: () =>
          ++made === 1
            ? new Promise((_, reject) => {
                failLate = () => reject(tidbError('invalidInput'));
              })
            : Promise.resolve(world.tidbCloud),
      });
      await secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      const early = accounts.tidbCloud();
      await settle();
      accounts.reset('TiDB Cloud');
      await accounts.tidbCloud();
      failLate();
      await assert.rejects(early, { code: 'invalidInput' });
      await accounts.tidbCloud();
      assert.equal(made, 2);
    });

    it('are made anew after a reset of their own cloud', async () => {
      const { accounts, order, changes } = accountsWith();
      await accounts.signInTidbCloud(tidbKey);
      await accounts.signInAlibabaCloud(aliKeys);
      await accounts.tidbCloud();
      await accounts.alibabaCloud();
      order.length = 0;
      changes.length = 0;
      accounts.reset('Alibaba Cloud');
      await accounts.tidbCloud();
      await accounts.alibabaCloud();
      assert.deepEqual(
        order.filter((what) => what.startsWith('use')),
        [`use ${aliKeys.accessKeySecret}`],
      );
      assert.deepEqual(changes, ['Alibaba Cloud']);
    });
  });
});
