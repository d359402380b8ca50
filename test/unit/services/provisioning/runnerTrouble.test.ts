import assert from 'node:assert/strict';
import { aCreation, anEndpoint, settle, tidbError } from '../../fakes';
import { aliKeys, secretKeys, tidbKey } from '../stage';
import { minute, Running } from './running';

describe('CreationRunner in trouble', () => {
  let r: Running;

  beforeEach(() => {
    r = new Running();
  });
  afterEach(() => r.dispose());

  describe('when an answer is lost', () => {
    for (const [operation, phase] of [
      ['createEndpoint', 'before'],
      ['createEndpoint', 'after'],
      ['createConnection', 'before'],
      ['createConnection', 'after'],
    ] as const) {
      it(`${operation}, ${phase} it took effect: one endpoint, one connection`, async () => {
        r.script.fail(operation, tidbError('timeout'), phase);
        await r.runner.start(aCreation);
        await r.clock.pass(10 * minute);
        r.assertDone();
      });
    }

    it('sees what TiDB Cloud says also while the endpoint is being modified', async () => {
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      const [created] = r.world.endpoints;
      assert.ok(created);
      r.world.endpoints[0] = { ...created, status: 'Pending' };
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('asks with the same token while the list does not show the endpoint by its tag', async () => {
      r.script.fail('createEndpoint', tidbError('timeout'), 'after');
      r.world.showsTags = false;
      await r.runner.start(aCreation);
      await r.clock.pass(10 * minute);
      assert.equal(r.script.count('createEndpoint'), 2);
      assert.equal(r.world.endpoints[0]?.token, aCreation.clientToken);
      r.assertDone();
    });

    it('finds its endpoint by its tag, not another one in the same VPC for the same service', async () => {
      r.world.endpoints.push({ ...anEndpoint, id: 'ep-other001', tags: {}, token: 'other', createdAtMs: 0 });
      r.script.fail('createEndpoint', tidbError('unreachable'), 'after');
      await r.runner.start(aCreation);
      await r.clock.pass(10 * minute);
      assert.equal(r.world.endpoints.length, 2);
      assert.notEqual(r.record().endpointId, 'ep-other001');
      assert.equal(r.record().finished?.outcome, 'active');
    });

    it('keeps the record readable when the answer has no domain yet', async () => {
      r.world.domainOf = () => '';
      await r.runner.start(aCreation);
      await r.clock.pass(2 * minute);
      assert.equal(r.decision(), 'endpointActive');
      assert.notEqual(r.record().endpointDomain, '');
      const [created] = r.world.endpoints;
      assert.ok(created);
      r.world.endpoints[0] = { ...created, domain: anEndpoint.domain };
      await r.clock.pass(6 * minute);
      r.assertDone();
      assert.equal(r.record().endpointDomain, anEndpoint.domain);
    });
  });

  describe('errors', () => {
    it('that pass are tried again, less and less often, and shown meanwhile', async () => {
      for (let i = 0; i < 4; i++) {
        r.script.fail('getPrivateLinkService', tidbError('cloudFault'));
      }
      await r.runner.start(aCreation);
      await r.clock.pass(0);
      assert.equal(r.code(), 'cloudFault');
      const waits: (number | undefined)[] = [r.clock.waits[0]];
      for (let i = 0; i < 2; i++) {
        await r.clock.pass(r.clock.waits[0] ?? 0);
        waits.push(r.clock.waits[0]);
      }
      assert.deepEqual(waits, [4_000, 8_000, 16_000]);
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('back off from the start again after a success', async () => {
      r.script.fail('getPrivateLinkService', tidbError('timeout'));
      await r.runner.start(aCreation);
      await r.clock.pass(5_000);
      assert.equal(r.code(), undefined);
      r.script.fail('listConnections', tidbError('timeout'));
      const nextLook = (): Promise<void> => r.clock.pass(r.clock.waits[0] ?? 0);
      await nextLook();
      assert.equal(r.code(), 'timeout');
      await nextLook();
      assert.equal(r.code(), undefined, 'it has not passed');
      r.script.fail('listConnections', tidbError('timeout'));
      await nextLook();
      assert.equal(r.code(), 'timeout');
      assert.ok((r.clock.waits[0] ?? Infinity) <= 4_000);
    });

    it('that name a time are not tried before', async () => {
      r.script.fail('getPrivateLinkService', tidbError('throttled', { retryAfterMs: minute }));
      await r.runner.start(aCreation);
      await r.clock.pass(minute - 1);
      assert.equal(r.script.count('getPrivateLinkService'), 1);
      await r.clock.pass(1);
      assert.equal(r.script.count('getPrivateLinkService'), 2);
    });

    it('that need the person wait for Retry', async () => {
      r.script.fail('createEndpoint', tidbError('quota', { source: 'Alibaba Cloud' }));
      await r.runner.start(aCreation);
      await r.clock.pass(60 * minute);
      assert.equal(r.code(), 'quota');
      assert.equal(r.script.count('createEndpoint'), 1);
      r.runner.retry('c1');
      assert.equal(r.code(), undefined);
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('of the journal itself wait for Retry, and nothing is created twice', async () => {
      await r.runner.start(aCreation);
      r.script.fail('journal.write', new Error('the disk is full'));
      await r.clock.pass(60 * minute);
      assert.ok(r.latest().error instanceof Error);
      r.runner.retry('c1');
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('before anything is written leave nothing behind', async () => {
      r.script.fail('journal.write', new Error('the disk is full'));
      await assert.rejects(r.runner.start(aCreation), /full/);
      await r.clock.pass(minute);
      assert.ok(r.script.calls.every((call) => call.startsWith('journal.')));
      assert.equal(r.runner.progressOf('1001'), undefined);
    });

    it('of not being signed in are over with the sign-in', async () => {
      r = new Running({ ali: false });
      await r.runner.start(aCreation);
      await r.clock.pass(60 * minute);
      assert.equal(r.code(), 'notSignedIn');
      await r.secrets.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
      await r.clock.pass(10 * minute);
      r.assertDone();
    });

    it('are over with a sign-in that came while the call that fails was on its way', async () => {
      const release = r.script.hold('getPrivateLinkService');
      r.script.fail('getPrivateLinkService', tidbError('credentialsExpired'), 'after');
      await r.runner.start(aCreation);
      await settle();
      await r.secrets.set(secretKeys.tidbCloud, JSON.stringify(tidbKey));
      release();
      await r.clock.pass(10 * minute);
      r.assertDone();
    });
  });

  describe('after a crash', () => {
    /** Runs a creation that stops dead at the nth passage of a call, then a second window that takes it up. */
    async function crashAt(point: number, way: 'api' | 'console'): Promise<boolean> {
      r = new Running();
      r.world.offersCreateConnection = way === 'api';
      r.world.endpointTakesMs = 4_000;
      r.world.connectionTakesMs = 10_000;
      let passed = 0;
      r.script.passing = () => {
        if (passed++ === point) {
          r.script.passing = () => Promise.resolve();
          r.kill(r.runner);
          return new Promise(() => undefined);
        }
        return Promise.resolve();
      };
      void r.runner.start(aCreation);
      await livePast(way);
      if (passed <= point) {
        return false;
      }
      r.runner = r.aRunner();
      await r.runner.resumeAll();
      await livePast(way);
      return true;
    }

    /** A quarter of an hour, with a person who accepts in the console when asked to. */
    async function livePast(way: 'api' | 'console'): Promise<void> {
      await r.clock.pass(3 * minute);
      const [endpoint] = r.world.endpoints;
      const asked = way === 'console' && r.progress.length > 0 && r.decision() === 'acceptInConsole';
      if (asked && endpoint !== undefined && r.world.connections.length === 0) {
        r.world.register({ instanceId: '1001', endpointId: endpoint.id, privateDomainName: endpoint.domain });
      }
      await r.clock.pass(12 * minute);
    }

    for (const way of ['api', 'console'] as const) {
      it(`at any point ends with one endpoint and one connection, or with none (by ${way})`, async () => {
        let points = 0;
        const failures: string[] = [];
        while (await crashAt(points, way)) {
          const made = `${r.world.endpoints.length} endpoint(s), ${r.world.connections.length} connection(s)`;
          const known = r.world.journal.records.has('c1');
          const right = known
            ? made === '1 endpoint(s), 1 connection(s)' && r.record().finished?.outcome === 'active'
            : made === '0 endpoint(s), 0 connection(s)';
          if (!right) {
            failures.push(`point ${points}: ${made}, ${JSON.stringify(r.world.journal.records.get('c1'))}`);
          }
          points++;
        }
        console.log(`        crash points: ${points}, failures: ${failures.length}`);
        assert.deepEqual(failures, []);
        assert.ok(points > 30, String(points));
        r.assertDone();
      });
    }

    it('leaves finished ones alone', async () => {
      const finished = { atMs: r.clock.now() - 29 * 24 * 60 * minute, outcome: 'active' } as const;
      r.world.journal.records.set('c1', { ...aCreation, finished });
      await r.runner.resumeAll();
      await r.clock.pass(minute);
      assert.deepEqual(r.script.calls, ['journal.list']);
      assert.equal(r.runner.progressOf('1001'), undefined);
    });

    it('forgets what has been finished for a month, unless another window has it', async () => {
      const finished = { atMs: r.clock.now() - 31 * 24 * 60 * minute, outcome: 'removed' } as const;
      const { window } = r.aWindow();
      for (const id of ['c1', 'c2']) {
        r.world.journal.records.set(id, { ...aCreation, id, finished });
      }
      r.world.journal.records.set('c3', { ...aCreation, id: 'c3', startedAtMs: 0 });
      const lease = await window.lease('c2');
      assert.ok(lease);
      await r.runner.resumeAll();
      assert.deepEqual([...r.world.journal.records.keys()], ['c2', 'c3']);
      await lease.release();
      await r.runner.resumeAll();
      assert.deepEqual([...r.world.journal.records.keys()], ['c3']);
    });

    it('tries again by itself to take the record', async () => {
      r.world.journal.records.set('c1', aCreation);
      r.script.fail('journal.lease', new Error('the disk is away'));
      await r.runner.resumeAll();
      await r.clock.pass(0);
      assert.match(String(r.latest().error), /away/);
      await r.clock.pass(10 * minute);
      r.assertDone();
    });
  });
});
