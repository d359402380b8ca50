import assert from 'node:assert/strict';
import type { Creation } from '../../../src/core/creation';
import { alibabaCloudOf, tidbCloudOf } from '../../../src/services/provisioning/accountsOf';
import { aConnection, aCreation, anEndpoint, anInstance, aService, settle, tidbError } from '../fakes';
import { instanceNamed, manyAccounts } from './manyAccounts';
import { secretKeys, tidbKey } from './stage';

const id = anInstance.id;
const placed = { ...anEndpoint, token: 't', createdAtMs: 0 };
const posted = { ...aConnection, postedAtMs: 0 };

describe('many accounts', () => {
  let m: ReturnType<typeof manyAccounts>;
  const names = async (cloud: 'TiDB Cloud' | 'Alibaba Cloud'): Promise<readonly string[]> =>
    (await m.accounts.list(cloud)).map(({ name }) => name);

  beforeEach(() => {
    m = manyAccounts();
  });

  describe('side by side', () => {
    it('are all there, in the order of signing in, also in the next window', async () => {
      await m.signIn();
      assert.deepEqual(await names('TiDB Cloud'), ['public-one', 'public-two']);
      assert.deepEqual(await names('Alibaba Cloud'), ['one (111)', 'two (222)']);
      const next = m.again();
      assert.equal((await next.list('TiDB Cloud')).length, 2);
      assert.deepEqual(
        (await next.list('Alibaba Cloud')).map(({ owner }) => owner),
        ['111', '222'],
      );
    });

    it('keep every secret in the secret storage alone, each under its own key', async () => {
      await m.signIn();
      const kept = JSON.stringify([...m.state.kept]);
      for (const secret of ['private-one', 'private-two', 'secret-one', 'secret-two']) {
        assert.ok(!kept.includes(secret), secret);
        assert.ok(m.learnt.includes(secret), secret);
        assert.equal([...m.secrets.kept.values()].filter((text) => text.includes(secret)).length, 1);
      }
    });

    it('are named by the organization where it is known, and told apart where that is the same', async () => {
      m.worlds.one.instances.set(id, { ...anInstance, organizationId: '77' });
      m.worlds.two.instances.set('9', instanceNamed('9', { organizationId: '77' }));
      await m.signIn();
      assert.deepEqual(await names('TiDB Cloud'), [
        'Organization 77 (public-one)',
        'Organization 77 (public-two)',
      ]);
    });

    it('can be named, which drops nothing that was read', async () => {
      await m.signIn();
      await m.inventory.refreshInstances();
      const [first] = await m.accounts.list('TiDB Cloud');
      assert.ok(first);
      await m.accounts.rename(first, 'Shop');
      await settle();
      assert.deepEqual(await names('TiDB Cloud'), ['Shop', 'public-two']);
      assert.equal(m.inventory.accountOf(id)?.name, 'Shop');
      assert.equal(m.inventory.snapshot.instances.value?.length, 1);
      // A new private key of the same key id keeps the name.
      await m.accounts.signInTidbCloud({ ...m.keys.tidb('one'), privateKey: 'renewed' });
      assert.deepEqual(await names('TiDB Cloud'), ['Shop', 'public-two']);
    });

    it('take the name of whose they are when that is found, and tell', async () => {
      await m.signIn();
      m.worlds.one.instances.set(id, { ...anInstance, organizationId: '77' });
      await m.inventory.refreshInstances();
      assert.deepEqual(m.changes, [
        { cloud: 'TiDB Cloud', accountId: 'tidbCloud/public-one', isRename: true },
      ]);
      assert.equal(m.inventory.accountOf(id)?.name, 'Organization 77');
      await m.inventory.refreshInstances();
      assert.equal(m.changes.length, 1, 'once');
    });

    it('are signed out of one at a time', async () => {
      await m.signIn();
      await m.inventory.refreshInstances();
      const [first, second] = await m.accounts.list('TiDB Cloud');
      assert.ok(first && second);
      await m.accounts.signOut(first);
      await settle();
      assert.deepEqual(await names('TiDB Cloud'), ['public-two']);
      assert.equal(m.secrets.kept.has(secretKeys.account(first.id)), false);
      assert.ok(m.secrets.kept.has(secretKeys.account(second.id)));
      assert.deepEqual(m.inventory.snapshot.instances.value, []);
    });

    it('are noticed when another window adds one, once', async () => {
      await m.signIn();
      const other = m.again();
      await other.signInTidbCloud({ publicKey: 'public-three', privateKey: 'private-three' });
      await settle();
      assert.deepEqual(m.changes, [{ cloud: 'TiDB Cloud', accountId: 'tidbCloud/public-three' }]);
      assert.equal((await m.accounts.list('TiDB Cloud')).length, 3);
    });
  });

  describe('of a version with one account for each cloud', () => {
    it('becomes the first account, and its old place is emptied', async () => {
      m.secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      m.secrets.kept.set(secretKeys.alibabaCloud, '{"kind":"chain","profile":"two"}');
      assert.deepEqual(await names('TiDB Cloud'), [tidbKey.publicKey]);
      assert.deepEqual(await names('Alibaba Cloud'), ['Profile two']);
      assert.deepEqual([...m.secrets.kept.keys()].sort(), [
        secretKeys.account('alibabaCloud/profile/two'),
        secretKeys.account(`tidbCloud/${tidbKey.publicKey}`),
      ]);
      assert.deepEqual(m.changes, [], 'nothing has changed for anybody');
      assert.equal(await m.accounts.alibabaCloud(), m.worlds.two.alibabaCloud);
    });

    it('stays where it is when the new place cannot be written', async () => {
      m.secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      const set = m.secrets.set.bind(m.secrets);
      m.secrets.set = () => Promise.reject(new Error('read only'));
      await assert.rejects(m.accounts.list('TiDB Cloud'), /read only/);
      assert.ok(m.secrets.kept.has(secretKeys.tidbCloud));
      m.secrets.set = set;
      assert.deepEqual(await names('TiDB Cloud'), [tidbKey.publicKey]);
    });
  });

  describe('the instances', () => {
    beforeEach(async () => {
      m.worlds.two.instances.set('2002', instanceNamed('2002'));
      m.worlds.two.instances.set(id, { ...anInstance, name: 'seen by both' });
      await m.signIn();
    });

    it('of all keys are listed, one that several see once, as the first account’s', async () => {
      await m.inventory.refreshInstances();
      const listed = m.inventory.snapshot.instances.value?.map((instance) => instance.name);
      assert.deepEqual(listed, ['orders', 'instance-2002']);
      assert.equal(m.inventory.accountOf(id)?.key, 'public-one');
      assert.equal(m.inventory.accountOf('2002')?.key, 'public-two');
    });

    it('are read with the key that lists them', async () => {
      m.worlds.two.services.set('2002', { ...aService, instanceId: '2002' });
      await m.inventory.refreshInstances();
      await m.inventory.refreshDetails('2002');
      assert.equal(m.worlds.one.script.count('getPrivateLinkService'), 0);
      assert.equal(m.worlds.two.script.count('getPrivateLinkService'), 1);
      assert.equal(await m.accounts.tidbCloudFor('2002'), m.worlds.two.tidbCloud);
    });

    it('that were not listed yet are looked up, once for all who ask', async () => {
      const found = await Promise.all([1, 2, 3].map(() => m.accounts.tidbCloudFor('2002')));
      assert.ok(found.every((api) => api === m.worlds.two.tidbCloud));
      assert.equal(m.worlds.one.script.count('getInstance'), 1);
      assert.equal(m.worlds.two.script.count('getInstance'), 1);
      await assert.rejects(m.accounts.tidbCloudFor('gone'), { code: 'notFound' });
    });

    it('of other accounts stay when a key is refused: only its account is marked', async () => {
      const refused = tidbError('credentialsRejected');
      m.worlds.one.script.fail('listInstances', refused);
      await m.inventory.refreshInstances();
      const { instances, failures, isWhole } = m.inventory.snapshot;
      assert.deepEqual(
        instances.value?.map((instance) => instance.id),
        ['2002', id],
      );
      assert.equal('error' in instances, false);
      assert.ok(isWhole);
      assert.deepEqual(
        failures.map(({ account, error }) => [account.key, error]),
        [['public-one', refused]],
      );
      assert.equal(m.accounts.failureOf('tidbCloud/public-one'), refused);
      assert.equal(m.accounts.failureOf('tidbCloud/public-two'), undefined);
      await m.inventory.refreshInstances();
      assert.equal(m.accounts.failureOf('tidbCloud/public-one'), undefined);
      assert.deepEqual(m.inventory.snapshot.failures, []);
    });

    it('that a refused key lists as well are read with the key that is good', async () => {
      await m.inventory.refreshInstances();
      m.worlds.one.script.fail('listInstances', tidbError('credentialsRejected'));
      await m.inventory.refreshInstances();
      assert.equal(m.inventory.accountOf(id)?.key, 'public-two');
      assert.equal(await m.accounts.tidbCloudFor(id), m.worlds.two.tidbCloud);
      assert.deepEqual(
        m.inventory.snapshot.instances.value?.map((instance) => instance.id),
        [id, '2002'],
        'in the same order',
      );
      await m.inventory.refreshInstances();
      assert.equal(m.inventory.accountOf(id)?.key, 'public-one');
    });

    it('stay, and go on coming, while another account is added or signed out of', async () => {
      const { tidbCloud } = m.worlds.one;
      let release = (): void => undefined;
      let begun = 0;
      tidbCloud.listInstancePages = async function* () {
        begun += 1;
        yield [instanceNamed('1')];
        await new Promise<void>((resolve) => (release = resolve));
        yield [instanceNamed('2')];
      };
      const reading = m.inventory.refreshInstances();
      await settle();
      const listed = () => m.inventory.snapshot.instances.value?.map((instance) => instance.id);
      const seen: unknown[] = [];
      m.inventory.onDidChange(() => seen.push(listed()?.includes('1')));
      m.worlds.two.instances.set('3003', instanceNamed('3003'));
      await m.accounts.signInTidbCloud({ publicKey: 'third-two', privateKey: 'private-three' });
      await settle();
      assert.deepEqual(listed(), ['1', '2002', id, '3003']);
      const [, second] = await m.accounts.list('TiDB Cloud');
      assert.ok(second);
      await m.accounts.signOut(second);
      await settle();
      assert.equal(m.inventory.snapshot.isWhole, false);
      assert.equal(m.inventory.snapshot.instances.loading, true);
      release();
      await reading;
      assert.equal(begun, 1);
      assert.ok(!seen.includes(false), 'what was shown stays');
      assert.deepEqual(listed(), ['1', '2', '2002', id, '3003']);
      assert.equal(m.inventory.snapshot.instances.loading, false);
      assert.ok(m.inventory.snapshot.isComplete);
    });

    it('of an account that is signed out of while it is read are dropped', async () => {
      const release = m.worlds.one.script.hold('listInstances', 'after');
      const reading = m.inventory.refreshInstances();
      await settle();
      const [first] = await m.accounts.list('TiDB Cloud');
      assert.ok(first);
      await m.accounts.signOut(first);
      release();
      await reading;
      await settle();
      assert.equal(m.inventory.accountOf(id)?.key, 'public-two');
      assert.equal(m.inventory.accountCount, 1);
      assert.deepEqual(m.log.errors, []);
    });

    it('of the others are not listed again when an account is added', async () => {
      await m.inventory.refreshInstances();
      m.worlds.one.script.calls.length = 0;
      await m.accounts.signInTidbCloud({ publicKey: 'other-two', privateKey: 'private-three' });
      await settle();
      assert.equal(m.worlds.one.script.count('listInstances'), 0);
      assert.equal(m.inventory.snapshot.instances.value?.length, 2);
    });
  });

  describe('the endpoints', () => {
    const calls = (): readonly number[] =>
      [m.worlds.one, m.worlds.two].map(({ script }) => script.count('listEndpoints'));

    beforeEach(async () => {
      await m.signIn();
      await m.inventory.refreshInstances();
      m.worlds.one.connections.push(posted);
      m.worlds.two.endpoints.push(placed);
    });

    it('are found in the account that owns them, which alone is asked from then on, also in the next window', async () => {
      await m.inventory.refreshDetails(id);
      assert.equal(m.inventory.endpoint(id, anEndpoint.id)?.endpoint?.name, anEndpoint.name);
      assert.deepEqual(calls(), [1, 1]);
      await m.inventory.refreshDetails(id);
      assert.deepEqual(calls(), [1, 2]);
      assert.equal(await m.accounts.alibabaCloudFor(id), m.worlds.two.alibabaCloud);
      assert.equal(await m.again().alibabaCloudFor(id), m.worlds.two.alibabaCloud);
    });

    it('of several accounts are all shown', async () => {
      m.worlds.one.endpoints.push({ ...placed, id: 'ep-own' });
      await m.inventory.refreshDetails(id);
      assert.equal(m.inventory.details(id).value?.endpoints.length, 2);
      const of = (endpointId: string) => m.accounts.alibabaCloudFor(id, { endpointId });
      assert.equal(await of('ep-own'), m.worlds.one.alibabaCloud);
      assert.equal(await of(anEndpoint.id), m.worlds.two.alibabaCloud);
    });

    it('are looked for in the others when TiDB Cloud lists one that the owner does not have, once', async () => {
      await m.inventory.refreshDetails(id);
      m.worlds.one.connections.push({ ...posted, id: 'pec-2', endpointId: 'ep-foreign' });
      await m.inventory.refreshDetails(id);
      assert.deepEqual(calls(), [2, 2]);
      await m.inventory.refreshDetails(id);
      assert.deepEqual(calls(), [2, 3], 'nobody here has it: it is not asked for again');
      await m.inventory.refreshDetails(id, { everyAccount: true });
      assert.deepEqual(calls(), [3, 4], 'unless the person refreshes');
    });

    it('of one account are shown though the key of another is refused, which is marked', async () => {
      const refused = tidbError('credentialsRejected', { source: 'Alibaba Cloud' });
      m.worlds.one.script.fail('listEndpoints', refused);
      await m.inventory.refreshDetails(id);
      const { value } = m.inventory.details(id);
      assert.equal(value?.alibabaCloudError, undefined);
      assert.ok(value?.endpoints[0]?.endpoint);
      assert.equal(m.accounts.failureOf('alibabaCloud/key/LTAI-one'), refused);
    });

    it('that may be hidden by a refused key say so', async () => {
      m.worlds.two.script.fail(
        'listEndpoints',
        tidbError('credentialsRejected', { source: 'Alibaba Cloud' }),
      );
      await m.inventory.refreshDetails(id);
      assert.ok(m.inventory.details(id).value?.alibabaCloudError);
    });
  });

  describe('a creation', () => {
    const creation: Creation = { ...aCreation, instanceId: '2002' };

    beforeEach(async () => {
      m.worlds.one.instances.set('2002', instanceNamed('2002'));
      m.worlds.two.instances.set('2002', instanceNamed('2002'));
      await m.signIn();
    });

    it('goes on with the accounts that it was begun with', async () => {
      const of = {
        tidbCloudAccount: 'tidbCloud/public-two',
        alibabaCloudAccount: 'alibabaCloud/key/LTAI-two',
      };
      assert.equal(await tidbCloudOf(m.accounts, { ...creation, ...of }), m.worlds.two.tidbCloud);
      assert.equal(await alibabaCloudOf(m.accounts, { ...creation, ...of }), m.worlds.two.alibabaCloud);
    });

    it('goes on with another key of the endpoint’s owner when its own is gone', async () => {
      const gone = { ...creation, alibabaCloudAccount: 'alibabaCloud/key/LTAI-rotated', accountId: '222' };
      assert.equal(await alibabaCloudOf(m.accounts, gone), m.worlds.two.alibabaCloud);
    });
  });
});
