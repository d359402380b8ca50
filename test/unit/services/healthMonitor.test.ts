import assert from 'node:assert/strict';
import { aConnection, anEndpoint, anInstance, aService, settle, tidbError } from '../fakes';
import { minuteMs, Monitored } from './monitored';
import type { Stage } from './stage';

const id = anInstance.id;
const posted = { ...aConnection, postedAtMs: 0 };

describe('HealthMonitor', () => {
  let watch: Monitored;
  let s: Stage;

  beforeEach(() => {
    watch = new Monitored();
    ({ s } = watch);
  });

  it('asks nothing while no endpoint was ever seen', async () => {
    const m = watch.monitor();
    await m.look();
    await s.clock.pass(10 * minuteMs);
    assert.deepEqual(s.script.calls, []);
    assert.equal(m.worst, undefined);
  });

  it('follows an instance from when its endpoints are seen until they are gone', async () => {
    watch.monitor();
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.deepEqual(watch.followed, [id]);
    s.script.calls.length = 0;
    await s.clock.pass(3 * minuteMs);
    assert.equal(s.script.count('listConnections'), 3);
    assert.equal(s.script.count('listInstances'), 0, 'the list of instances is read once');
    s.world.connections.length = 0;
    await s.clock.pass(minuteMs);
    assert.deepEqual(watch.followed, []);
    s.script.calls.length = 0;
    await s.clock.pass(10 * minuteMs);
    assert.deepEqual(s.script.calls, []);
  });

  it('knows in a fresh window what was followed in the last one', async () => {
    s.state.kept.set('followed', [id]);
    s.world.connections.push({ ...posted, state: 'FAILED' });
    s.world.instances.set('2', { ...anInstance, id: '2' });
    const m = watch.monitor();
    await m.look();
    assert.equal(m.worst?.verdict.word, 'Failed');
    assert.equal(s.script.count('listConnections'), 1, 'of the followed instance alone');
  });

  it('keeps only ids, and copes with what is not a list of them', async () => {
    s.state.kept.set('followed', { not: 'a list' });
    await watch.monitor().look();
    s.state.kept.set('followed', [1, null, id]);
    await watch.monitor().look();
    assert.equal(s.script.count('listConnections'), 1);
  });

  it('pauses while nobody looks', async () => {
    s.state.kept.set('followed', [id]);
    watch.looking = false;
    watch.monitor();
    await s.clock.pass(60 * minuteMs);
    assert.deepEqual(s.script.calls, []);
  });

  it('skips an instance that is gone', async () => {
    s.state.kept.set('followed', ['gone', id]);
    s.world.connections.push(posted);
    const m = watch.monitor();
    await m.look();
    assert.deepEqual(
      m.health.map(({ instance }) => instance.id),
      [id],
    );
    await settle();
    assert.deepEqual(watch.followed, [id], 'and looks for it no more');
  });

  it('reads what is followed without listing everything there is', async () => {
    s.state.kept.set('followed', [id]);
    s.world.connections.push(posted);
    const m = watch.monitor();
    await m.look();
    assert.equal(m.worst?.instance.name, anInstance.name);
    assert.equal(s.script.count('listInstances'), 0);
  });

  it('asks nothing at the start of a window in which nobody looks', async () => {
    s.state.kept.set('followed', [id]);
    watch.looking = false;
    watch.monitor().lookNow();
    await settle();
    assert.deepEqual(s.script.calls, []);
  });

  it('is silent once nobody is signed in any more', async () => {
    s.state.kept.set('followed', [id]);
    s.world.connections.push({ ...posted, state: 'FAILED' });
    const m = watch.monitor();
    await m.look();
    assert.equal(m.health.length, 1);
    const [account] = await s.accounts.list('TiDB Cloud');
    await s.accounts.signOut(account ?? assert.fail());
    s.log.lines.length = 0;
    await s.clock.pass(10 * minuteMs);
    assert.deepEqual(m.health, []);
    assert.deepEqual(
      s.log.lines.filter((line) => /error/i.test(line)),
      [],
    );
  });

  it('sorts from worst to best', async () => {
    const m = watch.monitor();
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
    s.script.fail('listInstances', tidbError('unreachable'));
    await s.inventory.refreshInstances();
    s.script.fail('listInstances', tidbError('throttled', { retryAfterMs: 20 * minuteMs }));
    s.script.calls.length = 0;
    watch.monitor();
    await s.clock.pass(minuteMs);
    assert.equal(s.script.count('listInstances'), 1);
    await s.clock.pass(20 * minuteMs - 1);
    assert.equal(s.script.count('listInstances'), 1);
    await s.clock.pass(1);
    assert.equal(s.script.count('listInstances'), 2);
  });

  it('backs off when the details cannot be read', async () => {
    s.state.kept.set('followed', [id]);
    for (let i = 0; i < 3; i++) {
      s.script.fail('listConnections', tidbError('throttled', { retryAfterMs: 20 * minuteMs }));
    }
    const m = watch.monitor();
    await s.clock.pass(20 * minuteMs);
    assert.equal(s.script.count('listConnections'), 1);
    assert.deepEqual(m.health, []);
    await s.clock.pass(minuteMs);
    assert.equal(s.script.count('listConnections'), 2);
  });

  it('returns to its interval after a failure to list the instances that is over', async () => {
    watch.monitor();
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    s.script.fail('listInstances', tidbError('unreachable'));
    await s.inventory.refreshAll();
    s.log.errors.length = 0;
    s.script.calls.length = 0;
    await s.clock.pass(3 * minuteMs);
    assert.equal(s.script.count('listConnections'), 3);
    assert.deepEqual(s.log.errors, []);
  });

  it('notices a change of health between two looks', async () => {
    const m = watch.monitor();
    s.world.connections.push(posted);
    s.world.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    await s.inventory.refreshInstances();
    await s.inventory.refreshDetails(id);
    assert.equal(m.worst?.verdict.level, 'healthy');
    s.world.endpoints[0] = { ...anEndpoint, connectionStatus: 'ServiceDeleted', token: 't', createdAtMs: 0 };
    await s.clock.pass(minuteMs + 20_000);
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
      watch.monitor();
      await s.clock.pass(10 * minuteMs);
      assert.ok(calls() <= 10 * 50, `${calls()} calls in 10 minutes`);
      await s.clock.pass(30 * minuteMs);
      assert.deepEqual([...new Set(seen)].sort(), many);
      const times = many.map((id) => seen.filter((each) => each === id).length);
      assert.ok(Math.max(...times) - Math.min(...times) <= 1, 'no one’s turn comes twice before the others’');
    });

    it('keeps within it when those in view cannot make up their minds', async () => {
      watch.inView = many.slice(0, 20);
      watch.monitor();
      await s.clock.pass(2 * minuteMs);
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
      watch.inView = many.slice(488);
      const m = watch.monitor();
      for (let i = 0; i < 3; i++) {
        s.script.calls.length = 0;
        await m.look();
        assert.ok(watch.inView.every((id) => s.inventory.details(id).value !== undefined));
        assert.ok(calls() <= 40, `${calls()} calls`);
      }
    });

    it('is not slowed down by one that cannot be read', async () => {
      const m = watch.monitor();
      s.script.fail('listConnections', tidbError('notAllowed'));
      await m.look();
    });
  });

  it('looks at what is in view though nothing is followed', async () => {
    watch.inView = [id];
    watch.monitor();
    await s.inventory.refreshInstances();
    s.script.calls.length = 0;
    await s.clock.pass(2 * minuteMs);
    assert.equal(s.script.count('listConnections'), 2);
    assert.equal(s.script.count('getPrivateLinkService'), 1, 'a service that is ACTIVE is not read again');
  });

  it('stops when disposed', async () => {
    s.state.kept.set('followed', [id]);
    watch.monitor().dispose();
    await s.clock.pass(10 * minuteMs);
    s.world.connections.push(posted);
    await s.inventory.refreshInstances();
    s.script.calls.length = 0;
    await s.clock.pass(10 * minuteMs);
    assert.deepEqual(s.script.calls, []);
  });
});
