import assert from 'node:assert/strict';
import type { Creation } from '../../../../src/core/creation';
import { aCreation, anEndpoint, anInstance, aService, settle, tidbError } from '../../fakes';
import { aliKeys, secretKeys } from '../stage';
import { byHand, minute, Running } from './running';

describe('CreationRunner', () => {
  let r: Running;

  beforeEach(() => {
    r = new Running();
  });
  afterEach(() => r.dispose());

  describe('by API', () => {
    it('creates the endpoint, registers it, waits until it is Active, and tells', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(0);
      assert.equal(r.decision(), 'endpointActive');
      assert.equal(r.record().endpointId, 'ep-aaaa0001');
      assert.equal(r.record().endpointDomain, anEndpoint.domain);
      await r.clock.pass(minute + 15_000);
      assert.equal(r.decision(), 'connectionActive');
      assert.equal(r.world.endpoints.length, 1);
      assert.equal(r.world.connections.length, 1);
      assert.equal(r.completed.length, 0);
      const { registeredAtMs } = r.record();
      assert.ok(registeredAtMs !== undefined && r.clock.now() - registeredAtMs < 15_000);
      await r.clock.pass(6 * minute);
      r.assertDone();
      assert.equal(r.record().registeredAtMs, registeredAtMs);
      assert.deepEqual(r.completed[0]?.decision, {
        kind: 'done',
        host: 'ep-aaaa0001.private.tidbcloud.test',
        port: 4000,
      });
    });

    it('registers before the endpoint is Connected: acceptance may come only after', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const shown = r.progress.find((now) => now.decision?.kind === 'createConnection');
      const endpoint = shown?.seen?.endpoint;
      assert.ok(typeof endpoint === 'object');
      assert.equal(endpoint.connectionStatus, 'Disconnected');
    });

    it('writes the wish to the journal before the first call, and every id as soon as it is known', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10 * minute);
      const { calls } = r.script;
      const first = calls.findIndex((call) => !call.startsWith('journal.'));
      assert.ok(calls.indexOf('journal.write') < first);
      const create = calls.indexOf('createEndpoint');
      assert.ok(create > 0);
      assert.equal(calls[create - 1], 'journal.write');
      assert.equal(calls[create + 1], 'journal.write');
    });

    it('shows what it knows in the other views without asking again', async () => {
      await r.inventory.refreshInstances();
      await r.inventory.refreshDetails(anInstance.id);
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      assert.equal(r.inventory.endpoint(anInstance.id, 'ep-aaaa0001')?.connection?.state, 'PENDING');
      await r.clock.pass(6 * minute);
      assert.equal(r.inventory.endpoint(anInstance.id, 'ep-aaaa0001')?.connection?.state, 'ACTIVE');
    });

    it('waits for a private link service that is still being created', async () => {
      r.world.services.set(anInstance.id, { ...aService, state: 'CREATING' });
      await r.runner.start(aCreation);
      await r.clock.pass(minute);
      assert.equal(r.decision(), 'serviceActive');
      assert.equal(r.world.endpoints.length, 0);
      r.world.services.set(anInstance.id, aService);
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('learns how long the clouds take', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10 * minute);
      const learnt = r.state.kept.get('durations') as { endpoint?: number[]; connection?: number[] };
      assert.equal(learnt.endpoint?.length, 1);
      assert.equal(learnt.connection?.length, 1);
      assert.ok(Math.abs((learnt.connection[0] ?? 0) - 5 * minute) < 10_000, String(learnt.connection));
    });

    it('asks each cloud only when it has something to tell', async () => {
      await r.inventory.refreshDetails(anInstance.id);
      r.script.calls.length = 0;
      await r.runner.start(aCreation);
      await r.clock.pass(10 * minute);
      r.assertDone();
      const { calls } = r.script;
      const ofAlibabaCloud = calls.filter((call) => /^(getEndpoint|listEndpoints)$/.test(call)).length;
      assert.ok(ofAlibabaCloud <= 4, calls.join());
      assert.ok(r.script.count('listConnections') <= 60, String(r.script.count('listConnections')));
    });

    it('does not post again while TiDB Cloud does not list yet what it has taken', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(minute - 1);
      const register = r.world.register.bind(r.world);
      r.world.register = (request) => {
        const connection = register(request);
        r.world.connections.length = 0;
        return connection;
      };
      await r.clock.pass(4_000);
      assert.ok(r.script.count('createConnection') <= 1, String(r.script.count('createConnection')));
      r.world.register = register;
      await r.clock.pass(7 * minute);
      r.assertDone();
    });
  });

  describe('where TiDB Cloud takes no connection by API', () => {
    beforeEach(async () => {
      r.world.offersCreateConnection = false;
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
    });

    it('hands over to the console, once', () => {
      assert.equal(r.decision(), 'acceptInConsole');
      assert.equal(r.latest().error, undefined);
      assert.equal(r.record().acceptance, 'console');
      assert.equal(r.script.count('createConnection'), 1);
    });

    it('notices by itself that the person has accepted', async () => {
      r.world.register({
        instanceId: '1001',
        endpointId: 'ep-aaaa0001',
        privateDomainName: anEndpoint.domain,
      });
      await r.clock.pass(5_000);
      assert.equal(r.decision(), 'connectionActive');
      await r.clock.pass(6 * minute);
      r.assertDone();
      assert.equal(r.script.count('createConnection'), 1);
    });

    it('does not take another endpoint’s connection for its own', async () => {
      r.world.register({ instanceId: '1001', endpointId: 'ep-bbbb0002', privateDomainName: 'x' });
      await r.clock.pass(10 * minute);
      assert.equal(r.decision(), 'acceptInConsole');
    });
  });

  it('hands over as well where the key may not', async () => {
    r.script.fail('createConnection', tidbError('notAllowed'));
    await r.runner.start(aCreation);
    await r.clock.pass(2 * minute);
    assert.equal(r.decision(), 'acceptInConsole');
  });

  describe('by hand', () => {
    it('registers what was typed without asking Alibaba Cloud', async () => {
      r = new Running({ ali: false });
      await r.runner.start(byHand);
      await r.clock.pass(6 * minute);
      assert.equal(r.record().finished?.outcome, 'active');
      assert.equal(r.world.connections[0]?.endpointId, anEndpoint.id);
      assert.ok(!r.script.calls.some((call) => /getEndpoint|listEndpoints/.test(call)));
    });

    it('copes with an endpoint of an account that is not the signed-in one', async () => {
      await r.runner.start(byHand);
      await r.clock.pass(6 * minute);
      assert.equal(r.record().finished?.outcome, 'active');
    });

    it('does not depend on Alibaba Cloud, whatever it answers', async () => {
      for (let i = 0; i < 1_000; i++) {
        r.script.fail('getEndpoint', tidbError('notAllowed', { source: 'Alibaba Cloud' }));
      }
      await r.runner.start(byHand);
      await r.clock.pass(6 * minute);
      assert.equal(r.record().finished?.outcome, 'active');
    });

    it('follows the endpoint where it can be seen, and believes the cloud about its domain', async () => {
      const domain = `${anEndpoint.id}.of-the-cloud.test`;
      r.world.endpoints.push({ ...anEndpoint, domain, token: 'x', createdAtMs: r.clock.now() });
      await r.runner.start(byHand);
      await r.clock.pass(2_000);
      assert.equal(r.decision(), 'endpointActive');
      await r.clock.pass(7 * minute);
      r.assertDone();
      assert.equal(r.world.connections[0]?.privateDomainName, domain);
      assert.equal(r.record().endpointDomain, domain);
    });
  });

  describe('blocked', () => {
    it('by a Failed connection: once that is deleted, Retry makes a new one and counts anew', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const [connection] = r.world.connections;
      assert.ok(connection);
      const firstRegisteredAt = r.record().registeredAtMs;
      r.world.connections[0] = { ...connection, state: 'FAILED', message: 'no free address' };
      await r.clock.pass(60 * minute);
      assert.equal(r.decision(), 'connectionFailed');
      assert.equal(r.script.count('createConnection'), 1);
      r.world.connections.length = 0;
      r.runner.retry('c1');
      await r.clock.pass(10_000);
      assert.equal(r.decision(), 'connectionActive');
      assert.ok((r.record().registeredAtMs ?? 0) > (firstRegisteredAt ?? Infinity));
      await r.clock.pass(6 * minute);
      r.assertDone();
    });

    it('by an endpoint that was removed: nothing new is made behind the person’s back', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10_000);
      r.world.endpoints.length = 0;
      await r.clock.pass(60 * minute);
      assert.equal(r.decision(), 'endpointGone');
      r.runner.retry('c1');
      await r.clock.pass(60 * minute);
      assert.equal(r.decision(), 'endpointGone');
      assert.equal(r.script.count('createEndpoint'), 1);
    });

    it('by an endpoint that went while TiDB Cloud alone was asked: is not said to be Active', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(4 * minute);
      assert.equal(r.decision(), 'connectionActive');
      r.world.endpoints.length = 0;
      await r.clock.pass(10 * minute);
      assert.equal(r.decision(), 'endpointGone');
      assert.deepEqual(r.completed, []);
    });

    it('looks no more until the person has acted', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10_000);
      r.world.endpoints.length = 0;
      await r.clock.pass(2 * minute);
      const { length } = r.script.calls;
      await r.clock.pass(60 * minute);
      assert.equal(r.script.calls.length, length);
    });
  });

  describe('given up', () => {
    it('is not followed any more, here or in the next window', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(10_000);
      await r.runner.abandon('c1');
      assert.equal(r.record().finished?.outcome, 'abandoned');
      assert.equal(r.record().endpointId, 'ep-aaaa0001', 'what was made is not forgotten');
      assert.equal(r.latest().creation.finished?.outcome, 'abandoned');
      assert.equal(r.runner.progressOf('1001'), undefined);
      const { length } = r.script.calls;
      await r.clock.pass(60 * minute);
      await r.aRunner().resumeAll();
      await r.clock.pass(60 * minute);
      assert.deepEqual(r.script.calls.slice(length), ['journal.list']);
      assert.equal(r.world.endpoints.length, 1, 'what exists stays');
      assert.deepEqual(r.completed, []);
    });

    it('stays so though an answer comes in that moment', async () => {
      const release = r.script.hold('createEndpoint', 'after');
      await r.runner.start(aCreation);
      await settle();
      const abandoning = r.runner.abandon('c1');
      await settle();
      release();
      await abandoning;
      await r.clock.pass(60 * minute);
      assert.equal(r.record().finished?.outcome, 'abandoned');
      assert.equal(r.record().endpointId, 'ep-aaaa0001');
      assert.equal(r.latest().creation.finished?.outcome, 'abandoned');
      assert.equal(r.world.connections.length, 0);
    });

    it('of one that is unknown does nothing', async () => {
      await r.runner.abandon('other');
      r.runner.retry('other');
      assert.deepEqual(r.script.calls, []);
    });
  });

  describe('several', () => {
    it('go on side by side, and the latest of an instance is shown', async () => {
      await r.runner.start(aCreation);
      const later: Creation = {
        ...aCreation,
        ...{ id: 'c2', clientToken: 'token-2', startedAtMs: 5 },
        spec: { ...(aCreation.spec ?? assert.fail()), vpcId: 'vpc-b', tags: { 'tidb-creation': 'c2' } },
      };
      await r.runner.start(later);
      await r.clock.pass(10 * minute);
      assert.equal(r.world.endpoints.length, 2);
      assert.equal(r.world.connections.length, 2);
      assert.equal(r.completed.length, 2);
      assert.equal(r.runner.progressOf('1001')?.creation.id, 'c2');
      assert.equal(r.runner.progressOf('1002'), undefined);
    });

    it('are never two of one, however it is taken up', async () => {
      const release = r.script.hold('journal.write', 'after');
      const starting = r.runner.start(aCreation);
      await settle();
      await r.runner.resumeAll();
      release();
      await starting;
      await Promise.all([r.runner.resumeAll(), r.runner.resumeAll()]);
      await r.clock.pass(10 * minute);
      r.assertDone();
      assert.equal(r.script.count('createEndpoint'), 1);
    });
  });

  it('is silent after it was disposed, whatever happens to the account', async () => {
    r = new Running({ ali: false });
    await r.runner.start(aCreation);
    await r.clock.pass(0);
    r.runner.dispose();
    const { length } = r.progress;
    await r.secrets.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
    await r.clock.pass(60 * minute);
    assert.equal(r.progress.length, length);
    assert.deepEqual(r.clock.waits, []);
    assert.equal(r.world.endpoints.length, 0);
  });

  it('takes up nothing after it was disposed, though the journal is read only then', async () => {
    const release = r.script.hold('journal.write', 'after');
    const starting = r.runner.start(aCreation);
    await settle();
    r.runner.dispose();
    release();
    await starting;
    await r.runner.resumeAll();
    await r.clock.pass(10 * minute);
    assert.deepEqual(r.progress, []);
    assert.equal(r.world.endpoints.length, 0);
  });
});
