import assert from 'node:assert/strict';
import { removalOf, type Creation } from '../../../../src/core/creation';
import { wordingOf } from '../../../../src/core/errors';
import { aCreation, anEndpoint, settle, tidbError, without } from '../../fakes';
import { aliKeys, secretKeys } from '../stage';
import { byHand, minute, Running } from './running';

const both = { connection: true, endpoint: true };
const fromTree: Creation = {
  ...without(aCreation, 'spec'),
  id: 'd1',
  endpointId: 'ep-aaaa0001',
  removal: both,
};

describe('CreationRunner, removing', () => {
  let r: Running;
  const changes = (): readonly string[] =>
    r.script.calls.filter((call) => /^(create|delete|remove)/.test(call) && call !== 'dryRunCreateEndpoint');

  beforeEach(() => {
    r = new Running();
  });
  afterEach(() => r.dispose());

  async function created(): Promise<void> {
    await r.runner.start(aCreation);
    await r.clock.pass(10 * minute);
    r.assertDone();
    r.script.calls.length = 0;
  }

  describe('what a cancelled creation made', () => {
    it('nothing was sent: is over at once', async () => {
      r.script.fail('getPrivateLinkService', tidbError('notAllowed'));
      await r.runner.start(aCreation);
      await r.clock.pass(minute);
      assert.deepEqual(removalOf(r.record()), { connection: false, endpoint: false });
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(0);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.equal(r.removed.length, 1);
      assert.deepEqual(changes(), []);
    });

    it('the endpoint alone', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10_000);
      assert.deepEqual(removalOf(r.record()), { connection: false, endpoint: true });
      await r.runner.remove('c1', removalOf(r.record()));
      assert.equal(r.decision(), 'none');
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual(r.world.endpoints, []);
      assert.deepEqual(changes(), ['createEndpoint', 'removeEndpointZone', 'deleteEndpoint']);
    });

    it('the endpoint whose answer was lost, once the list shows it', async () => {
      r.script.next('createEndpoint', 'after', () => {
        r.world.showsTags = false;
        throw tidbError('timeout');
      });
      await r.runner.start(aCreation);
      await r.clock.pass(0);
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(20_000);
      assert.equal(r.decision(), 'endpointGone');
      r.world.showsTags = true;
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual(r.world.endpoints, []);
    });

    it('the endpoint whose call never arrived: waits until that is certain', async () => {
      r.script.fail('createEndpoint', tidbError('unreachable'));
      await r.runner.start(aCreation);
      await r.clock.pass(0);
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(50_000);
      assert.equal(r.decision(), 'endpointGone');
      await r.clock.pass(20_000);
      assert.equal(r.record().finished?.outcome, 'removed');
    });

    it('a create call that was refused has made nothing', async () => {
      r.script.fail('createEndpoint', tidbError('quota', { source: 'Alibaba Cloud' }));
      await r.runner.start(aCreation);
      await r.clock.pass(0);
      assert.deepEqual(removalOf(r.record()), { connection: false, endpoint: false });
    });

    it('a refusal after a lost answer proves nothing', async () => {
      r.world.showsTags = false;
      r.script.next('createEndpoint', 'after', () => {
        r.script.fail('createEndpoint', tidbError('quota', { source: 'Alibaba Cloud' }));
        throw tidbError('timeout');
      });
      await r.runner.start(aCreation);
      await r.clock.pass(minute);
      assert.equal(r.code(), 'quota');
      assert.deepEqual(removalOf(r.record()), { connection: false, endpoint: true });
    });

    it('both, the connection first', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      assert.deepEqual(removalOf(r.record()), both);
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual(changes().slice(2), ['deleteConnection', 'removeEndpointZone', 'deleteEndpoint']);
      assert.equal(r.completed.length, 0);
      assert.deepEqual(r.clock.waits, []);
    });

    it('not the connection that the person made by hand: asks for that one', async () => {
      r.world.offersCreateConnection = false;
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      r.world.register({ instanceId: '1001', endpointId: 'ep-aaaa0001', privateDomainName: 'x' });
      await r.clock.pass(10_000);
      assert.deepEqual(removalOf(r.record()), { connection: false, endpoint: true });
      r.world.offersCreateConnection = true;
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(10 * minute);
      assert.equal(r.decision(), 'deleteInTidbCloud');
      assert.ok(!changes().includes('deleteConnection'));
      r.world.connections.length = 0;
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual(r.world.endpoints, []);
    });

    it('not an endpoint that was there before', async () => {
      r.world.endpoints.push({ ...anEndpoint, token: 'x', createdAtMs: 0 });
      await r.runner.start(byHand);
      await r.clock.pass(minute);
      await r.runner.remove('c1', removalOf(r.record()));
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.equal(r.world.endpoints.length, 1);
      assert.equal(r.world.connections.length, 0);
    });

    it('also what was on its way when the person decided', async () => {
      const release = r.script.hold('createEndpoint', 'after');
      await r.runner.start(aCreation);
      const removing = r.runner.remove('c1', removalOf(aCreation));
      await settle();
      release();
      await removing;
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual(r.world.endpoints, []);
    });

    it('goes on though the wish is told again with less', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const release = r.script.hold('deleteConnection');
      await r.runner.remove('c1', both);
      await settle();
      const again = r.runner.remove('c1', { connection: false, endpoint: false });
      release();
      await again;
      await r.clock.pass(3 * minute);
      assert.deepEqual(r.world.endpoints, []);
    });
  });

  describe('from the tree', () => {
    it('takes connection, zones and endpoint away, and tells', async () => {
      await created();
      await r.runner.start(fromTree);
      await r.clock.pass(3 * minute);
      assert.deepEqual(changes(), ['deleteConnection', 'removeEndpointZone', 'deleteEndpoint']);
      assert.equal(r.world.journal.records.get('d1')?.finished?.outcome, 'removed');
      assert.equal(r.runner.progressOfEndpoint('ep-aaaa0001')?.creation.id, 'c1');
      assert.equal(r.removed[0]?.creation.id, 'd1');
    });

    it('the connection alone', async () => {
      await created();
      await r.runner.start({ ...fromTree, removal: { connection: true, endpoint: false } });
      await r.clock.pass(3 * minute);
      assert.deepEqual(changes(), ['deleteConnection']);
      assert.equal(r.world.endpoints.length, 1);
    });

    it('an endpoint that is being created: that creation is turned round', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const followed = await r.runner.start(fromTree);
      assert.equal(followed.id, 'c1');
      await r.clock.pass(3 * minute);
      assert.equal(r.record().finished?.outcome, 'removed');
      assert.deepEqual([...r.world.journal.records.keys()], ['c1']);
    });

    it('hands the connection over where TiDB Cloud does not delete it, and goes on by itself', async () => {
      await created();
      r.world.offersCreateConnection = false;
      await r.runner.start(fromTree);
      await r.clock.pass(3 * minute);
      assert.equal(r.decision(), 'deleteInTidbCloud');
      assert.equal(r.latest().error, undefined);
      r.world.connections.length = 0;
      await r.clock.pass(3 * minute);
      assert.deepEqual(r.world.endpoints, []);
    });

    it('says why in TiDB Cloud’s words where the key may not', async () => {
      await created();
      r.script.fail('deleteConnection', tidbError('notAllowed', { reason: 'access denied' }));
      await r.runner.start(fromTree);
      await r.clock.pass(minute);
      assert.equal(r.decision(), 'deleteInTidbCloud');
      assert.equal(r.code(), 'notAllowed');
    });

    it('without Alibaba Cloud asks for the endpoint', async () => {
      r = new Running({ ali: false });
      await r.runner.start(fromTree);
      await r.clock.pass(minute);
      assert.equal(r.decision(), 'deleteInAlibabaCloud');
    });

    it('where the instance is gone, its endpoint goes all the same', async () => {
      await created();
      r.world.instances.clear();
      r.world.connections.length = 0;
      for (let i = 0; i < 50; i++) {
        r.script.fail('listConnections', tidbError('notFound'));
      }
      await r.runner.start(fromTree);
      await r.clock.pass(3 * minute);
      assert.deepEqual(r.world.endpoints, []);
    });

    it('where only this key does not see the instance, nothing goes while the endpoint is Connected', async () => {
      await created();
      for (let i = 0; i < 50; i++) {
        r.script.fail('listConnections', tidbError('notFound'));
      }
      await r.runner.start(fromTree);
      await r.clock.pass(3 * minute);
      assert.equal(r.code(), 'notFound');
      assert.equal(r.world.endpoints.length, 1);
      assert.deepEqual(changes(), []);
    });

    it('waits for what is being changed, and tries again', async () => {
      await created();
      r.script.fail('removeEndpointZone', tidbError('conflict', { source: 'Alibaba Cloud' }));
      await r.runner.start(fromTree);
      await r.clock.pass(3 * minute);
      assert.deepEqual(r.world.endpoints, []);
    });

    it('a protected endpoint waits for the person, and stays', async () => {
      await created();
      r.script.fail('removeEndpointZone', tidbError('notAllowed', { source: 'Alibaba Cloud' }));
      await r.runner.start(fromTree);
      await r.clock.pass(60 * minute);
      assert.equal(r.code(), 'notAllowed');
      assert.equal(r.world.endpoints.length, 1);
      assert.equal(r.script.count('removeEndpointZone'), 1);
    });
  });

  describe('signed in with another account, which does not see the endpoint', () => {
    const owned = { ...aCreation, accountId: '42' };
    let signedIn: string;

    beforeEach(() => {
      signedIn = '42';
      const { alibabaCloud } = r.world;
      const theirs = { ...alibabaCloud };
      alibabaCloud.getEndpoint = (...call) =>
        signedIn === '42' ? theirs.getEndpoint(...call) : Promise.resolve(undefined);
      alibabaCloud.listEndpoints = (regionId, filter, signal) =>
        theirs.listEndpoints(regionId, signedIn === '42' ? filter : { vpcId: 'none' }, signal);
      alibabaCloud.getCallerIdentity = async (signal) => ({
        ...(await theirs.getCallerIdentity(signal)),
        accountId: signedIn,
      });
    });

    const signIn = async (accountId: string): Promise<void> => {
      signedIn = accountId;
      await r.secrets.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
      await r.clock.pass(10 * minute);
    };

    it('nothing counts as gone: waits for the right one, and goes on', async () => {
      await r.runner.start(owned);
      await r.clock.pass(10 * minute);
      r.assertDone();
      await signIn('43');
      await r.runner.start({ ...fromTree, accountId: '42' });
      await r.clock.pass(10 * minute);
      assert.equal(r.code(), 'notSignedIn');
      assert.equal(r.world.journal.records.get('d1')?.finished, undefined);
      assert.match(
        wordingOf(r.latest().error).message,
        /belongs to the account 42, and the key here is one of 43/,
      );
      await signIn('42');
      assert.equal(r.world.journal.records.get('d1')?.finished?.outcome, 'removed');
      assert.deepEqual(r.world.endpoints, []);
    });

    it('nothing is created again', async () => {
      r.script.fail('createEndpoint', tidbError('timeout'), 'after');
      await r.runner.start(owned);
      await r.clock.pass(0);
      await signIn('43');
      assert.equal(r.code(), 'notSignedIn');
      assert.equal(r.script.count('createEndpoint'), 1);
      await signIn('42');
      r.assertDone();
    });

    it('a deletion from the tree notes the account of a creation that did not know it', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      await r.runner.start({ ...fromTree, accountId: '42' });
      assert.equal(r.record().accountId, '42');
    });
  });

  describe('a Failed connection', () => {
    async function failed(): Promise<void> {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const [connection] = r.world.connections;
      assert.ok(connection);
      r.world.connections[0] = { ...connection, state: 'FAILED' };
      await r.clock.pass(minute);
      assert.equal(r.decision(), 'connectionFailed');
    }

    it('is deleted and made again', async () => {
      await failed();
      await r.runner.recreate('c1');
      await r.clock.pass(10 * minute);
      r.assertDone();
      assert.equal(r.record().recreate, undefined);
      assert.equal(r.script.count('deleteConnection'), 1);
      assert.equal(r.script.count('createConnection'), 2);
    });

    it('is deleted once, whatever is lost', async () => {
      for (const phase of ['before', 'after'] as const) {
        r.dispose();
        r = new Running();
        await failed();
        r.script.fail('deleteConnection', tidbError('timeout'), phase);
        await r.runner.recreate('c1');
        await r.clock.pass(10 * minute);
        r.assertDone();
      }
    });

    it('is asked for only when there is one', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      await assert.rejects(r.runner.recreate('c1'), /Failed/);
      assert.equal(r.decision(), 'connectionActive');
    });
  });

  it('of an instance that is gone can be given up', async () => {
    r.world.instances.clear();
    r.world.services.clear();
    await r.runner.start(aCreation);
    await r.clock.pass(60 * minute);
    assert.equal(r.code(), 'notFound');
    assert.deepEqual(
      r.runner.unfinished().map(({ creation }) => creation.id),
      ['c1'],
    );
    await r.runner.abandon('c1');
    assert.deepEqual(r.runner.unfinished(), []);
  });
});
