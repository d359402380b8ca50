import assert from 'node:assert/strict';
import type { PrivateEndpoint } from '../../../src/core/health';
import type { Reach } from '../../../src/core/reach';
import { HealthBook, type SettledChange } from '../../../src/services/health/book';
import { HealthHistory } from '../../../src/services/health/history';
import { HealthMonitor } from '../../../src/services/healthMonitor';
import { Scheduler } from '../../../src/services/scheduler';
import { aConnection, anEndpoint, anInstance, aService, tidbError } from '../fakes';
import { stage, type Stage } from './stage';

const id = anInstance.id;
const minute = 60_000;
const posted = { ...aConnection, postedAtMs: 0 };

describe('HealthMonitor', () => {
  let s: Stage;
  let looking: boolean;
  let inView: readonly string[];
  let tried: PrivateEndpoint[];
  let reach: Reach | undefined;
  let settled: SettledChange[];
  let forgotten: number;

  const followed = (): unknown => s.state.get('followed');

  const monitor = (): HealthMonitor => watched().monitor;

  function watched(): { readonly monitor: HealthMonitor; wake(): void } {
    const scheduler = new Scheduler(s.clock, s.log, () => 0);
    const book = new HealthBook(new HealthHistory(s.state, 'history', s.log), s.log);
    book.onDidSettle((change) => settled.push(change));
    const made = new HealthMonitor({
      inventory: s.inventory,
      book,
      probes: {
        of: (endpoint) => {
          tried.push(endpoint);
          return Promise.resolve(reach);
        },
        forget: () => (forgotten += 1),
      },
      alibabaCloudOf: () => Promise.resolve(s.world.alibabaCloud),
      clock: s.clock,
      scheduler,
      state: s.state,
      followedKey: 'followed',
      log: s.log,
      intervalMs: () => (looking ? minute : undefined),
      inView: () => inView,
    });
    return { monitor: made, wake: () => scheduler.wake() };
  }

  beforeEach(() => {
    s = stage();
    looking = true;
    inView = [];
    tried = [];
    reach = undefined;
    settled = [];
    forgotten = 0;
  });

  it('asks nothing while no endpoint was ever seen', async () => {
    const m = monitor();
    await m.look();
    await s.clock.pass(10 * minute);
    assert.deepEqual(s.script.calls, []);
    assert.equal(m.worst, undefined);
  });

  it('follows an instance from when its endpoints are seen until they are gone', async () => {
    monitor();
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.deepEqual(followed(), [id]);
    s.script.calls.length = 0;
    await s.clock.pass(3 * minute);
    assert.equal(s.script.count('listConnections'), 3);
    assert.equal(s.script.count('listInstances'), 0, 'the list of instances is read once');
    s.world.connections.length = 0;
    await s.clock.pass(minute);
    assert.deepEqual(followed(), []);
    s.script.calls.length = 0;
    await s.clock.pass(10 * minute);
    assert.deepEqual(s.script.calls, []);
  });

  it('knows in a fresh window what was followed in the last one', async () => {
    s.state.kept.set('followed', [id]);
    s.world.connections.push({ ...posted, state: 'FAILED' });
    s.world.instances.set('2', { ...anInstance, id: '2' });
    const m = monitor();
    await m.look();
    assert.equal(m.worst?.verdict.word, 'Failed');
    assert.equal(s.script.count('listConnections'), 1, 'of the followed instance alone');
  });

  it('keeps only ids, and copes with what is not a list of them', async () => {
    s.state.kept.set('followed', { not: 'a list' });
    await monitor().look();
    s.state.kept.set('followed', [1, null, id]);
    await monitor().look();
    assert.equal(s.script.count('listConnections'), 1);
  });

  it('pauses while nobody looks', async () => {
    s.state.kept.set('followed', [id]);
    looking = false;
    monitor();
    await s.clock.pass(60 * minute);
    assert.deepEqual(s.script.calls, []);
  });

  it('skips an instance that is gone', async () => {
    s.state.kept.set('followed', ['gone', id]);
    await monitor().look();
    assert.equal(s.script.count('getPrivateLinkService'), 1);
  });

  it('sorts from worst to best', async () => {
    const m = monitor();
    const at = (n: number, over: object) => ({ ...posted, endpointId: `ep-aaaa000${n}`, ...over });
    s.world.connections.push(
      at(1, {}),
      at(2, { state: 'DELETING' }),
      at(3, { state: 'FAILED' }),
      at(4, { state: 'UNKNOWN' }),
    );
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.deepEqual(
      m.health.map(({ verdict }) => verdict.level),
      ['failed', 'attention', 'changing', 'healthy'],
    );
    assert.equal(m.worst?.endpoint.endpointId, 'ep-aaaa0003');
  });

  it('backs off when the instances cannot be listed, and honours what the service asks', async () => {
    s.state.kept.set('followed', [id]);
    s.script.fail('listInstances', tidbError('throttled', { retryAfterMs: 20 * minute }));
    monitor();
    await s.clock.pass(minute);
    assert.equal(s.script.count('listInstances'), 1);
    await s.clock.pass(20 * minute - 1);
    assert.equal(s.script.count('listInstances'), 1);
    await s.clock.pass(1);
    assert.equal(s.script.count('listInstances'), 2);
    assert.equal(s.script.count('listConnections'), 1);
  });

  it('backs off when the details cannot be read', async () => {
    s.state.kept.set('followed', [id]);
    for (let i = 0; i < 3; i++) {
      s.script.fail('listConnections', tidbError('throttled', { retryAfterMs: 20 * minute }));
    }
    const m = monitor();
    await s.clock.pass(20 * minute);
    assert.equal(s.script.count('listConnections'), 1);
    assert.deepEqual(m.health, []);
    await s.clock.pass(minute);
    assert.equal(s.script.count('listConnections'), 2);
  });

  it('returns to its interval after a failure to list the instances that is over', async () => {
    monitor();
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    s.script.fail('listInstances', tidbError('unreachable'));
    await s.inventory.refreshAll();
    s.log.errors.length = 0;
    s.script.calls.length = 0;
    await s.clock.pass(3 * minute);
    assert.equal(s.script.count('listConnections'), 3);
    assert.deepEqual(s.log.errors, []);
  });

  it('notices a change of health between two looks', async () => {
    const m = monitor();
    s.world.connections.push(posted);
    s.world.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.equal(m.worst?.verdict.level, 'healthy');
    s.world.endpoints[0] = { ...anEndpoint, connectionStatus: 'ServiceDeleted', token: 't', createdAtMs: 0 };
    await s.clock.pass(minute + 20_000);
    assert.equal(m.worst.verdict.level, 'failed');
  });

  describe('with many instances', () => {
    const many = Array.from({ length: 500 }, (_, i) => `i${String(i).padStart(3, '0')}`);

    beforeEach(async () => {
      for (const each of many) {
        s.world.instances.set(each, { ...anInstance, id: each });
        s.world.services.set(each, { ...aService, instanceId: each });
        s.world.connections.push({ ...posted, id: `c-${each}`, instanceId: each, endpointId: `ep-${each}` });
      }
      s.state.kept.set('followed', many);
      await s.inventory.refreshInstances();
      s.script.calls.length = 0;
    });

    const calls = (): number =>
      s.script.count('listConnections') +
      s.script.count('getPrivateLinkService') +
      s.script.count('getInstance') +
      s.script.count('listInstances');

    it('keeps within half of TiDB Cloud’s rate, and comes to each in turn', async () => {
      const seen: string[] = [];
      s.inventory.onDidChange((change) => {
        if (change.kind === 'details' && !s.inventory.details(change.instanceId).loading) {
          seen.push(change.instanceId);
        }
      });
      monitor();
      await s.clock.pass(10 * minute);
      assert.ok(calls() <= 10 * 50, `${calls()} calls in 10 minutes`);
      await s.clock.pass(30 * minute);
      assert.deepEqual([...new Set(seen)].sort(), many);
      const times = many.map((id) => seen.filter((each) => each === id).length);
      assert.ok(Math.max(...times) - Math.min(...times) <= 1, 'no one’s turn comes twice before the others’');
    });

    it('keeps within it when those in view cannot make up their minds', async () => {
      inView = many.slice(0, 20);
      monitor();
      await s.clock.pass(2 * minute);
      s.script.calls.length = 0;
      for (let time = 0; time < 30; time += 1) {
        const state = time % 2 === 0 ? 'FAILED' : 'ACTIVE';
        const flipped = s.world.connections.map((each) => ({ ...each, state }) as const);
        s.world.connections.splice(0, flipped.length, ...flipped);
        await s.clock.pass(20_000);
      }
      assert.ok(calls() <= 10 * 50, `${calls()} calls in 10 minutes`);
    });

    it('looks at those in view each time', async () => {
      inView = many.slice(488);
      const m = monitor();
      for (let i = 0; i < 3; i++) {
        s.script.calls.length = 0;
        await m.look();
        assert.ok(inView.every((id) => s.inventory.details(id).value !== undefined));
        assert.ok(calls() <= 40, `${calls()} calls`);
      }
    });

    it('is not slowed down by one that cannot be read', async () => {
      const m = monitor();
      s.script.fail('listConnections', tidbError('notAllowed'));
      await m.look();
    });
  });

  it('looks at what is in view though nothing is followed', async () => {
    inView = [id];
    monitor();
    await s.inventory.refreshInstances();
    s.script.calls.length = 0;
    await s.clock.pass(2 * minute);
    assert.equal(s.script.count('listConnections'), 2);
    assert.equal(s.script.count('getPrivateLinkService'), 1, 'a service that is ACTIVE is not read again');
  });

  it('stops when disposed', async () => {
    s.state.kept.set('followed', [id]);
    monitor().dispose();
    await s.clock.pass(10 * minute);
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    s.script.calls.length = 0;
    await s.clock.pass(10 * minute);
    assert.deepEqual(s.script.calls, []);
  });

  describe('of an endpoint that is Active', () => {
    const active = { ...posted, state: 'ACTIVE' as const, serviceState: 'ACTIVE' as const };
    const fail = (): void => {
      s.world.connections.length = 0;
      s.world.connections.push({ ...active, state: 'FAILED' });
    };
    const recover = (): void => {
      s.world.connections.length = 0;
      s.world.connections.push(active);
    };

    beforeEach(() => {
      s.state.kept.set('followed', [id]);
      recover();
    });

    it('tells of a failure once it has lasted, once, and keeps it in the history', async () => {
      const m = monitor();
      await s.clock.pass(minute);
      assert.equal(m.worst?.verdict.word, 'Active');
      fail();
      await s.clock.pass(minute);
      assert.deepEqual([m.worst.verdict.word, settled.length], ['Active', 0], 'seen once only');
      await s.clock.pass(20_000);
      assert.deepEqual(
        settled.map(({ to }) => to.word),
        ['Failed'],
      );
      await s.clock.pass(5 * minute);
      assert.equal(settled.length, 1);
      assert.equal(m.worst.verdict.word, 'Failed');
    });

    it('tells of nothing that is gone at the next look', async () => {
      monitor();
      await s.clock.pass(minute);
      for (let time = 0; time < 4; time += 1) {
        fail();
        await s.inventory.refreshDetails(id);
        recover();
        await s.clock.pass(minute);
      }
      assert.deepEqual(settled, []);
    });

    it('is tried from here with each look, and later where this is the wrong place', async () => {
      const m = monitor();
      reach = { kind: 'reached', latencyMs: 1.5 };
      await s.clock.pass(2 * minute);
      assert.equal(tried.length, 2);
      assert.deepEqual(m.worst?.reach, reach);
      reach = { kind: 'notFromHere', reason: 'its name is not known' };
      await s.clock.pass(4 * minute);
      assert.equal(tried.length, 3);
      assert.equal(m.worst.verdict.level, 'healthy', 'not reachable from here is not unhealthy');
      await s.clock.pass(3 * minute);
      assert.equal(tried.length, 4);
      await m.probe({ instanceId: id, endpointId: anEndpoint.id });
      assert.equal(tried.length, 5, 'at once when the person asks');
    });

    it('is failed where its domain stops answering, and not only once', async () => {
      const m = monitor();
      reach = { kind: 'reached', latencyMs: 1.5 };
      await s.clock.pass(minute);
      reach = { kind: 'broken', reason: 'the connection was refused' };
      await s.clock.pass(minute);
      assert.equal(m.worst?.verdict.word, 'Active');
      await s.clock.pass(minute);
      assert.deepEqual(
        settled.map(({ to }) => to.word),
        ['Not answering'],
      );
    });

    it('is not failed for what an earlier look has found, and this one has not', async () => {
      monitor();
      reach = { kind: 'reached', latencyMs: 1.5 };
      await s.clock.pass(minute);
      reach = { kind: 'broken', reason: 'the connection was refused' };
      await s.clock.pass(minute);
      reach = { kind: 'reached', latencyMs: 1.5 };
      await s.clock.pass(5 * minute);
      assert.deepEqual(settled, []);
    });

    const zone = {
      ...{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a', networkInterfaceId: 'eni-a' },
      ...{ ip: '10.0.0.5', domain: '', status: 'Connected' as const },
    };

    it('needs attention while one of its zones is disconnected', async () => {
      const m = monitor();
      s.world.endpoints.push({ ...anEndpoint, token: '', createdAtMs: -minute * 60 });
      s.world.endpointZones.set(anEndpoint.id, [zone]);
      await s.clock.pass(2 * minute);
      s.world.endpointZones.set(anEndpoint.id, [zone, { ...zone, zoneId: 'b', status: 'Disconnected' }]);
      await s.clock.pass(2 * minute);
      assert.deepEqual(
        settled.map(({ to }) => to.word),
        ['Zone disconnected'],
      );
      assert.match(m.worst?.verdict.explanation ?? '', /no connection in b\./);
      s.world.endpointZones.set(anEndpoint.id, [zone]);
      await s.clock.pass(2 * minute);
      assert.equal(m.worst?.verdict.level, 'healthy');
    });

    it('is healthy as far as anybody knows where its zones may not be read', async () => {
      const m = monitor();
      s.world.endpoints.push({ ...anEndpoint, token: '', createdAtMs: -minute * 60 });
      s.script.fail('listEndpointZones', tidbError('notAllowed'));
      await s.clock.pass(3 * minute);
      assert.equal(m.worst?.verdict.level, 'healthy');
      assert.equal(s.script.count('listEndpointZones'), 3);
    });

    it('needs attention where TiDB Cloud reports that it does not reach it', async () => {
      monitor();
      const at = (reachable: boolean): void => {
        const report = { reachable, serviceActive: true, endpointActive: reachable };
        const { host = '', port = 4000 } = active;
        s.world.instances.set(id, {
          ...anInstance,
          endpoints: [{ host, port, type: 'PRIVATE_ENDPOINT', reachability: report }],
        });
      };
      at(true);
      await s.clock.pass(2 * minute);
      at(false);
      await s.clock.pass(2 * minute);
      assert.deepEqual(
        settled.map(({ to }) => [to.word, to.level]),
        [['Not reachable', 'attention']],
      );
      assert.equal(s.script.count('listInstances'), 1);
    });

    it('that has failed since an earlier window saw it is told once', async () => {
      monitor();
      await s.clock.pass(minute);
      fail();
      monitor();
      await s.clock.pass(minute);
      assert.deepEqual(
        settled.map(({ from, to }) => [from.word, to.word]),
        [['Active', 'Failed']],
      );
    });

    it('spends no more calls when it cannot make up its mind', async () => {
      monitor();
      await s.clock.pass(minute);
      s.script.calls.length = 0;
      for (let time = 0; time < 40; time += 1) {
        (time % 2 === 0 ? fail : recover)();
        await s.clock.pass(15_000);
      }
      assert.deepEqual(settled, []);
      const calls = s.script.count('listConnections') + s.script.count('getInstance');
      assert.ok(calls <= 10 * 40, `${calls} calls in 10 minutes`);
    });

    it('is looked at as soon as somebody looks again', async () => {
      const { wake } = watched();
      await s.clock.pass(minute);
      looking = false;
      wake();
      await s.clock.pass(30 * minute);
      s.script.calls.length = 0;
      looking = true;
      wake();
      await s.clock.pass(1);
      assert.equal(s.script.count('listConnections'), 1);
      await s.clock.pass(minute - 2);
      assert.equal(s.script.count('listConnections'), 1);
    });

    it('is not tried while nobody looks', async () => {
      monitor();
      looking = false;
      await s.clock.pass(30 * minute);
      assert.deepEqual(tried, []);
    });
  });
});
