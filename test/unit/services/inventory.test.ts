import assert from 'node:assert/strict';
import { aConnection, anEndpoint, anInstance, aService, settle, tidbError } from '../fakes';
import { stage, type Stage } from './stage';

const id = anInstance.id;
const posted = { ...aConnection, postedAtMs: 0 };
const placed = { ...anEndpoint, tags: { 'tidb-creation': 'c1' }, token: 't', createdAtMs: 0 };

const errorOf = (work: { readonly error?: unknown }): unknown => work.error;

describe('Inventory', () => {
  let s: Stage;

  beforeEach(() => {
    s = stage();
  });

  it('knows nothing at first and asks nothing by itself', async () => {
    await settle();
    assert.deepEqual(s.inventory.snapshot.instances, { loading: false });
    assert.deepEqual(s.inventory.details(id), { loading: false });
    assert.deepEqual(s.inventory.endpoints(), []);
    assert.deepEqual(s.script.calls, []);
  });

  it('lists the Premium instances, on whichever cloud they run', async () => {
    s.world.instances.set('2', { ...anInstance, id: '2', servicePlan: 'Starter' });
    s.world.instances.set('3', {
      ...anInstance,
      id: '3',
      servicePlan: 'Premium_Reserved',
      cloudProvider: 'aws',
    });
    await s.inventory.refreshInstances();
    assert.deepEqual(
      s.inventory.snapshot.instances.value?.map((instance) => instance.id),
      [id, '3'],
    );
  });

  it('joins both clouds’ sides of an instance', async () => {
    s.world.connections.push(posted);
    s.world.endpoints.push(placed);
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    const { value } = s.inventory.details(id);
    assert.deepEqual(value?.service, aService);
    assert.equal(value.endpoints.length, 1);
    const found = s.inventory.endpoint(id, anEndpoint.id);
    assert.equal(found?.connection?.state, 'ACTIVE');
    assert.equal(found.endpoint?.connectionStatus, 'Connected');
    assert.deepEqual(s.inventory.endpoints()[0]?.instance, anInstance);
    assert.equal(s.inventory.endpoint(id, 'ep-other'), undefined);
  });

  it('makes one request of several at the same time, and a new one later', async () => {
    await Promise.all([s.inventory.refreshInstances(), s.inventory.refreshInstances()]);
    assert.equal(s.script.count('listInstances'), 1);
    await Promise.all([1, 2, 3].map(() => s.inventory.refreshDetails(id)));
    assert.equal(s.script.count('getPrivateLinkService'), 1);
    assert.equal(s.script.count('listConnections'), 1);
    await s.inventory.refreshDetails(id);
    assert.equal(s.script.count('listConnections'), 2);
  });

  it('may be asked again from a listener that hears of the loading', async () => {
    const seen: Promise<void>[] = [];
    s.inventory.onDidChange(({ kind }) => {
      if (kind === 'instances' && s.inventory.snapshot.instances.loading) {
        seen.push(s.inventory.refreshInstances());
      }
    });
    await s.inventory.refreshInstances();
    await Promise.all(seen);
    assert.equal(s.script.count('listInstances'), 1);
  });

  it('shows loading, then each page, then the whole; and tells which instance’s details have changed', async () => {
    const seen: unknown[] = [];
    s.inventory.onDidChange((change) => {
      const { instances, isWhole } = s.inventory.snapshot;
      seen.push(
        change.kind === 'instances'
          ? [instances.loading, instances.value?.length, isWhole]
          : [change.instanceId, s.inventory.details(id).loading],
      );
    });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.deepEqual(seen, [
      [true, undefined, false],
      [true, 1, false],
      [false, 1, true],
      [id, true],
      [id, false],
    ]);
  });

  describe('a failure', () => {
    it('keeps the last value and is told, until the next success', async () => {
      await s.inventory.refreshInstances();
      const down = tidbError('unreachable');
      s.script.fail('listInstances', down);
      await s.inventory.refreshInstances();
      assert.equal(errorOf(s.inventory.snapshot.instances), down);
      assert.equal(s.inventory.snapshot.instances.value?.length, 1);
      assert.deepEqual(s.log.errors, [down]);
      await s.inventory.refreshInstances();
      assert.equal(errorOf(s.inventory.snapshot.instances), undefined);
    });

    it('of an instance’s details is that instance’s alone', async () => {
      await s.inventory.refreshDetails(id);
      s.script.fail('listConnections', tidbError('throttled'));
      await s.inventory.refreshDetails(id);
      const details = s.inventory.details(id);
      assert.equal((errorOf(details) as { code: string }).code, 'throttled');
      assert.deepEqual(details.value?.service, aService);
      assert.equal(errorOf(s.inventory.snapshot.instances), undefined);
    });

    it('on Alibaba Cloud’s side keeps TiDB Cloud’s', async () => {
      s.world.connections.push(posted);
      await s.inventory.refreshInstances();
      const refused = tidbError('notAllowed', { source: 'Alibaba Cloud' });
      s.script.fail('listEndpoints', refused);
      await s.inventory.refreshDetails(id);
      const details = s.inventory.details(id);
      assert.equal(errorOf(details), undefined);
      assert.equal(details.value?.endpoints[0]?.connection?.state, 'ACTIVE');
      assert.equal(details.value.alibabaCloudError, refused);
    });

    it('of not being signed in is shown but not logged', async () => {
      s = stage({ tidb: false });
      await s.inventory.refreshInstances();
      assert.equal((errorOf(s.inventory.snapshot.instances) as { code: string }).code, 'notSignedIn');
      assert.deepEqual(s.log.errors, []);
    });
  });

  it('does not ask Alibaba Cloud without credentials, in another cloud’s region, or without a service name', async () => {
    s = stage({ ali: false });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.equal(s.script.count('listEndpoints'), 0);
    s = stage();
    s.world.instances.set(id, { ...anInstance, regionId: 'aws-us-east-1', cloudProvider: 'aws' });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.equal(s.script.count('listEndpoints'), 0);
    s = stage();
    s.world.services.set(id, { ...aService, serviceName: '', state: 'CREATING' });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.equal(s.script.count('listEndpoints'), 0);
    assert.equal(s.inventory.details(id).value?.alibabaCloudError, undefined);
  });

  describe('when the account changes', () => {
    it('forgets everything that was read with it at once', async () => {
      await s.inventory.refreshInstances();
      await s.inventory.refreshDetails(id);
      s.accounts.reset('TiDB Cloud');
      assert.deepEqual(s.inventory.snapshot.instances, { loading: false });
      assert.deepEqual(s.inventory.details(id), { loading: false });
    });

    it('keeps TiDB Cloud’s list when it is one of Alibaba Cloud', async () => {
      await s.inventory.refreshInstances();
      await s.inventory.refreshDetails(id);
      s.accounts.reset('Alibaba Cloud');
      assert.equal(s.inventory.snapshot.instances.value?.length, 1);
      assert.deepEqual(s.inventory.details(id), { loading: false });
    });

    it('drops answers to earlier questions, and asks anew', async () => {
      const releaseInstances = s.script.hold('listInstances', 'after');
      const releaseDetails = s.script.hold('listConnections', 'after');
      const early = [s.inventory.refreshInstances(), s.inventory.refreshDetails(id)];
      await settle();
      s.accounts.reset('TiDB Cloud');
      s.world.instances.clear();
      const late = s.inventory.refreshInstances();
      await late;
      assert.deepEqual(s.inventory.snapshot.instances, { loading: false, value: [] });
      releaseInstances();
      releaseDetails();
      await Promise.all(early);
      assert.deepEqual(s.inventory.snapshot.instances, { loading: false, value: [] });
      assert.equal(s.inventory.details(id).value, undefined);
    });

    it('drops failures of earlier questions, and gives who asked the new account’s instances', async () => {
      const release = s.script.hold('listInstances');
      s.script.fail('listInstances', tidbError('credentialsRejected'), 'after');
      const early = s.inventory.refreshInstances();
      await settle();
      s.accounts.reset('TiDB Cloud');
      s.world.instances.set('2', { ...anInstance, id: '2' });
      release();
      await early;
      assert.equal(errorOf(s.inventory.snapshot.instances), undefined);
      assert.equal(s.inventory.snapshot.instances.value?.length, 2);
      assert.deepEqual(s.log.errors, []);
    });
  });

  describe('refreshAll', () => {
    it('reads again what was read before, and no more', async () => {
      s.world.instances.set('2', { ...anInstance, id: '2' });
      s.world.services.set('2', { ...aService, instanceId: '2' });
      await s.inventory.refreshAll();
      assert.deepEqual(s.script.calls, ['listInstances']);
      await s.inventory.refreshDetails(id);
      s.script.calls.length = 0;
      await s.inventory.refreshAll();
      assert.equal(s.script.count('getPrivateLinkService'), 1);
    });

    it('leaves out an instance that is gone', async () => {
      await s.inventory.refreshInstances();
      await s.inventory.refreshDetails(id);
      s.world.instances.clear();
      s.script.calls.length = 0;
      await s.inventory.refreshAll();
      assert.deepEqual(s.script.calls, ['listInstances']);
    });
  });

  describe('noteObserved', () => {
    const other = { ...anEndpoint, id: 'ep-bbbb0002' };

    beforeEach(async () => {
      s.world.connections.push({ ...posted, state: 'PENDING', postedAtMs: s.clock.now() });
      s.world.endpoints.push(placed, { ...placed, ...other, tags: {} });
      await s.inventory.refreshInstances();
      await s.inventory.refreshDetails(id);
    });

    it('takes over the connections and keeps the endpoints', () => {
      s.inventory.noteObserved(id, { connections: [aConnection] });
      assert.equal(s.inventory.endpoint(id, anEndpoint.id)?.connection?.state, 'ACTIVE');
      assert.ok(s.inventory.endpoint(id, anEndpoint.id)?.endpoint);
      assert.ok(s.inventory.endpoint(id, other.id)?.endpoint);
    });

    it('takes over one endpoint and keeps the connections and the other endpoints', () => {
      s.inventory.noteObserved(id, { endpoint: { ...anEndpoint, status: 'Pending' } });
      assert.equal(s.inventory.endpoint(id, anEndpoint.id)?.endpoint?.status, 'Pending');
      assert.equal(s.inventory.endpoint(id, anEndpoint.id)?.connection?.state, 'PENDING');
      assert.ok(s.inventory.endpoint(id, other.id)?.endpoint);
      assert.equal(s.inventory.endpoints().length, 2);
    });

    it('keeps the tags, which a look at one endpoint does not show', () => {
      s.inventory.noteObserved(id, { endpoint: { ...anEndpoint, tags: {} } });
      assert.deepEqual(s.inventory.endpoint(id, anEndpoint.id)?.endpoint?.tags, { 'tidb-creation': 'c1' });
    });

    it('adds an endpoint that is new', () => {
      s.inventory.noteObserved(id, { endpoint: { ...anEndpoint, id: 'ep-cccc0003' } });
      assert.equal(s.inventory.endpoints().length, 3);
    });

    it('is not undone by an answer that was on its way before', async () => {
      const release = s.script.hold('listConnections', 'after');
      const reading = s.inventory.refreshDetails(id);
      await settle();
      await s.clock.pass(300_000);
      s.inventory.noteObserved(id, { connections: [aConnection] });
      release();
      await reading;
      assert.equal(s.inventory.endpoint(id, anEndpoint.id)?.connection?.state, 'ACTIVE');
    });

    it('makes nothing of an instance that was never read', () => {
      s.inventory.noteObserved('2', { connections: [aConnection] });
      assert.deepEqual(s.inventory.details('2'), { loading: false });
    });
  });
});
