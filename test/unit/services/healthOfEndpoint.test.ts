import assert from 'node:assert/strict';
import { HealthHistory } from '../../../src/services/health/history';
import { aConnection, anEndpoint, anInstance, tidbError } from '../fakes';
import { minuteMs, Monitored } from './monitored';
import type { Stage } from './stage';

const id = anInstance.id;
const posted = { ...aConnection, postedAtMs: 0 };

describe('the health of an endpoint that is Active', () => {
  let watch: Monitored;
  let s: Stage;

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
    watch = new Monitored();
    ({ s } = watch);
    s.state.kept.set('followed', [id]);
    recover();
  });

  it('tells of a failure once it has lasted, once, and keeps it in the history', async () => {
    const m = watch.monitor();
    await s.clock.pass(minuteMs);
    assert.equal(m.worst?.verdict.word, 'Active');
    fail();
    await s.clock.pass(minuteMs);
    assert.deepEqual([m.worst.verdict.word, watch.settled.length], ['Active', 0], 'seen once only');
    await s.clock.pass(20_000);
    assert.deepEqual(
      watch.settled.map(({ to }) => to.word),
      ['Failed'],
    );
    await s.clock.pass(5 * minuteMs);
    assert.equal(watch.settled.length, 1);
    assert.equal(m.worst.verdict.word, 'Failed');
  });

  it('tells of nothing that is gone at the next look', async () => {
    watch.monitor();
    await s.clock.pass(minuteMs);
    for (let time = 0; time < 4; time += 1) {
      fail();
      await s.inventory.refreshDetails(id);
      recover();
      await s.clock.pass(minuteMs);
    }
    assert.deepEqual(watch.settled, []);
  });

  it('is tried from here with each look, and later where this is the wrong place', async () => {
    const m = watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1.5 };
    await s.clock.pass(2 * minuteMs);
    assert.equal(watch.tried.length, 2);
    assert.deepEqual(m.worst?.reach, watch.reach);
    watch.reach = { kind: 'notFromHere', reason: 'its name is not known' };
    await s.clock.pass(4 * minuteMs);
    assert.equal(watch.tried.length, 3);
    assert.equal(m.worst.verdict.level, 'healthy', 'not reachable from here is not unhealthy');
    await s.clock.pass(3 * minuteMs);
    assert.equal(watch.tried.length, 4);
    await m.probe({ instanceId: id, endpointId: anEndpoint.id });
    assert.equal(watch.tried.length, 5, 'at once when the person asks');
  });

  it('is failed where its domain stops answering, and not only once', async () => {
    const m = watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1.5 };
    await s.clock.pass(minuteMs);
    watch.reach = { kind: 'broken', reason: 'the connection was refused' };
    await s.clock.pass(minuteMs);
    assert.equal(m.worst?.verdict.word, 'Active');
    await s.clock.pass(minuteMs);
    assert.deepEqual(
      watch.settled.map(({ to }) => to.word),
      ['Not answering'],
    );
  });

  it('is not failed for what an earlier look has found, and this one has not', async () => {
    watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1.5 };
    await s.clock.pass(minuteMs);
    watch.reach = { kind: 'broken', reason: 'the connection was refused' };
    await s.clock.pass(minuteMs);
    watch.reach = { kind: 'reached', latencyMs: 1.5 };
    await s.clock.pass(5 * minuteMs);
    assert.deepEqual(watch.settled, []);
  });

  const zone = {
    ...{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a', networkInterfaceId: 'eni-a' },
    ...{ ip: '10.0.0.5', domain: '', status: 'Connected' as const },
  };

  it('needs attention while one of its zones is disconnected', async () => {
    const m = watch.monitor();
    s.world.endpoints.push({ ...anEndpoint, token: '', createdAtMs: -minuteMs * 60 });
    s.world.endpointZones.set(anEndpoint.id, [zone]);
    await s.clock.pass(2 * minuteMs);
    s.world.endpointZones.set(anEndpoint.id, [zone, { ...zone, zoneId: 'b', status: 'Disconnected' }]);
    await s.clock.pass(2 * minuteMs);
    assert.deepEqual(
      watch.settled.map(({ to }) => to.word),
      ['Zone disconnected'],
    );
    assert.match(m.worst?.verdict.explanation ?? '', /no connection in b\./);
    s.world.endpointZones.set(anEndpoint.id, [zone]);
    await s.clock.pass(2 * minuteMs);
    assert.equal(m.worst?.verdict.level, 'healthy');
  });

  it('is healthy as far as anybody knows where its zones may not be read', async () => {
    const m = watch.monitor();
    s.world.endpoints.push({ ...anEndpoint, token: '', createdAtMs: -minuteMs * 60 });
    s.script.fail('listEndpointZones', tidbError('notAllowed'));
    await s.clock.pass(3 * minuteMs);
    assert.equal(m.worst?.verdict.level, 'healthy');
    assert.equal(s.script.count('listEndpointZones'), 3);
  });

  it('needs attention where TiDB Cloud reports that it does not reach it', async () => {
    watch.monitor();
    const at = (reachable: boolean): void => {
      const report = { reachable, serviceActive: true, endpointActive: reachable };
      const { host = '', port = 4000 } = active;
      s.world.instances.set(id, {
        ...anInstance,
        endpoints: [{ host, port, type: 'PRIVATE_ENDPOINT', reachability: report }],
      });
    };
    at(true);
    await s.clock.pass(2 * minuteMs);
    at(false);
    await s.clock.pass(2 * minuteMs);
    assert.deepEqual(
      watch.settled.map(({ to }) => [to.word, to.level]),
      [['Not reachable', 'attention']],
    );
    assert.equal(s.script.count('listInstances'), 0);
  });

  it('that has failed since an earlier window saw it is told once it has settled, once', async () => {
    const earlier = watch.monitor();
    await s.clock.pass(minuteMs);
    earlier.dispose();
    fail();
    watch.monitor();
    await s.clock.pass(minuteMs);
    assert.equal(watch.settled.length, 0);
    await s.clock.pass(5 * minuteMs);
    assert.deepEqual(
      watch.settled.map(({ from, to }) => [from.word, to.word]),
      [['Active', 'Failed']],
    );
  });

  it('that has not answered in an earlier window, and does not now, is no news', async () => {
    const earlier = watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1 };
    await s.clock.pass(minuteMs);
    watch.reach = { kind: 'broken', reason: 'it was refused' };
    await s.clock.pass(3 * minuteMs);
    earlier.dispose();
    watch.settled.length = 0;
    const m = watch.monitor();
    await s.clock.pass(5 * minuteMs);
    assert.deepEqual(watch.settled, []);
    assert.equal(m.worst?.verdict.word, 'Not answering');
  });

  it('is not failed by a look that failed itself', async () => {
    watch.monitor();
    await s.clock.pass(minuteMs);
    fail();
    await s.inventory.refreshDetails(id);
    recover();
    for (let i = 0; i < 20; i++) {
      s.script.fail('listConnections', tidbError('unreachable'));
    }
    await s.clock.pass(5 * minuteMs);
    assert.deepEqual(watch.settled, []);
  });

  it('says when it could not be read any more', async () => {
    const m = watch.monitor();
    await s.clock.pass(minuteMs);
    const readMs = s.clock.now();
    assert.deepEqual([m.worst?.isStale, m.worst?.readMs], [undefined, readMs]);
    s.script.fail('listConnections', tidbError('unreachable'));
    await s.clock.pass(minuteMs);
    assert.deepEqual([m.worst?.isStale, m.worst?.readMs], [true, readMs]);
  });

  it('is not well again because Alibaba Cloud could not be asked', async () => {
    const m = watch.monitor();
    const locked = { ...anEndpoint, businessStatus: 'FinancialLocked' as const };
    s.world.endpoints.push({ ...locked, token: '', createdAtMs: -minuteMs * 60 });
    await s.clock.pass(minuteMs);
    assert.equal(m.worst?.verdict.word, 'Locked');
    for (let i = 0; i < 20; i++) {
      s.script.fail('listEndpoints', tidbError('credentialsExpired'));
    }
    await s.clock.pass(5 * minuteMs);
    assert.equal(m.worst.verdict.word, 'Locked');
    assert.deepEqual(watch.settled, []);
  });

  it('is as both clouds say once the way leads through a bastion', async () => {
    const m = watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1 };
    await s.clock.pass(minuteMs);
    watch.reach = { kind: 'broken', reason: 'it was refused' };
    await s.clock.pass(3 * minuteMs);
    assert.equal(m.worst?.verdict.word, 'Not answering');
    watch.reach = null;
    await s.clock.pass(2 * minuteMs);
    assert.deepEqual([m.worst.verdict.word, m.worst.reach], ['Active', undefined]);
  });

  it('is measured anew in another network', async () => {
    const m = watch.monitor();
    watch.reach = { kind: 'reached', latencyMs: 1 };
    await s.clock.pass(minuteMs);
    assert.equal(watch.forgotten, 0);
    watch.reach = undefined;
    watch.network = 'café';
    await s.clock.pass(minuteMs);
    assert.deepEqual([watch.forgotten, m.worst?.reach], [1, undefined]);
    await s.clock.pass(5 * minuteMs);
    assert.equal(watch.forgotten, 1);
  });

  it('needs attention when it is under way for far longer than usual', async () => {
    const m = watch.monitor();
    s.world.connections.length = 0;
    s.world.connections.push({ ...posted, state: 'PENDING', postedAtMs: 10 ** 15 });
    await s.clock.pass(20 * minuteMs);
    assert.equal(m.worst?.verdict.level, 'changing');
    await s.clock.pass(15 * minuteMs);
    const { level, word } = m.health[0]?.verdict ?? assert.fail();
    assert.deepEqual([level, word], ['attention', 'Pending']);
    assert.equal(watch.settled.length, 1);
  });

  it('that is gone stays in the history', async () => {
    watch.monitor();
    await s.clock.pass(minuteMs);
    s.world.connections.length = 0;
    await s.clock.pass(minuteMs);
    assert.deepEqual(
      new HealthHistory(s.state, 'history', s.log)
        .of({ instanceId: id, endpointId: anEndpoint.id })
        .map(({ word }) => word),
      ['Deleted', 'Active'],
    );
    assert.deepEqual(watch.settled, []);
  });

  it('spends no more calls when it cannot make up its mind', async () => {
    watch.monitor();
    await s.clock.pass(minuteMs);
    s.script.calls.length = 0;
    for (let time = 0; time < 40; time += 1) {
      (time % 2 === 0 ? fail : recover)();
      await s.clock.pass(15_000);
    }
    assert.deepEqual(watch.settled, []);
    const calls = s.script.count('listConnections') + s.script.count('getInstance');
    assert.ok(calls <= 10 * 40, `${calls} calls in 10 minutes`);
  });

  it('is looked at as soon as somebody looks again', async () => {
    const { wake } = watch.watched();
    await s.clock.pass(minuteMs);
    watch.looking = false;
    wake();
    await s.clock.pass(30 * minuteMs);
    s.script.calls.length = 0;
    watch.looking = true;
    wake();
    await s.clock.pass(1);
    assert.equal(s.script.count('listConnections'), 1);
    await s.clock.pass(minuteMs - 2);
    assert.equal(s.script.count('listConnections'), 1);
  });

  it('is not tried while nobody looks', async () => {
    watch.monitor();
    watch.looking = false;
    await s.clock.pass(30 * minuteMs);
    assert.deepEqual(watch.tried, []);
  });
});
