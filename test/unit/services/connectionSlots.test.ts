import assert from 'node:assert/strict';
import { AppError, cancellation } from '../../../src/core/errors';
import type { SqlResult, SqlSession, SqlTarget } from '../../../src/core/ports';
import type { AskCredentials, Connections, Credentials, Restored } from '../../../src/services/connections';
import { anEndpoint, settle } from '../fakes';
import { Connecting, endpoint, here, key, never, root, runHere, type FakeSession } from './connecting';
import type { Stage } from './stage';

describe('Connections', () => {
  let c: Connecting;
  let s: Stage;
  let connections: Connections;
  let targets: SqlTarget[];
  let sessions: FakeSession[];
  let changes: string[];
  let questions: Connecting['questions'];
  let asking: Connecting['asking'];
  let storedPassword: Connecting['storedPassword'];

  beforeEach(() => {
    c = new Connecting();
    ({ s, connections, targets, sessions, changes, questions, asking, storedPassword } = c);
  });

  describe('slots', () => {
    const other = { slot: 'catalog' };

    it('have a session each, and share the password', async () => {
      await connections.open(endpoint, asking(root), here);
      await connections.open(endpoint, never, other);
      assert.equal(sessions.length, 2);
      assert.deepEqual(connections.openSlots(endpoint), [here.slot, other.slot]);
      assert.notEqual(connections.session(endpoint, here.slot), connections.session(endpoint, other.slot));
      assert.equal(connections.session(endpoint, 'another'), undefined);
    });

    it('tell the database that they run in: their own, else the one that was used last', async () => {
      assert.equal(connections.databaseOf(endpoint, here.slot), undefined);
      await connections.open(endpoint, asking(root), { ...here, database: 'orders' });
      assert.equal(connections.databaseOf(endpoint, here.slot), 'orders');
      assert.equal(connections.databaseOf(endpoint, other.slot), 'orders');
      await connections.open(endpoint, never, { ...other, database: 'shop' });
      assert.equal(connections.databaseOf(endpoint, here.slot), 'orders');
      assert.equal(connections.databaseOf(endpoint, other.slot), 'shop');
    });

    it('that are opened at once share one question', async () => {
      let answer: (credentials: Credentials | undefined) => void = () => undefined;
      const slowly: AskCredentials = (question) => {
        questions.push(question);
        return new Promise((resolve) => (answer = resolve));
      };
      const both = [here, other].map((slot) => connections.open(endpoint, slowly, slot));
      await settle();
      assert.equal(questions.length, 1);
      answer({ user: 'root', password: 'wrong password' });
      await settle();
      await settle();
      assert.deepEqual(
        questions.map(({ refused }) => refused),
        [false, true],
        'again, and once for both',
      );
      answer(root);
      await Promise.all(both);
      assert.equal(sessions.length, 2);
      assert.equal(questions.length, 2);
    });

    it('all end when the person cancels the question they share', async () => {
      const both = [here, other].map((slot) => connections.open(endpoint, asking(), slot));
      assert.deepEqual(await Promise.all(both), [undefined, undefined]);
      assert.equal(questions.length, 1);
      assert.deepEqual(connections.openSlots(endpoint), []);
    });

    it('do not lose a password that another one has just put in place of the refused one', async () => {
      s.secrets.kept.set('password/1001/root', 'of last year');
      const holds: (() => void)[] = [];
      c.dial = () => new Promise((resolve) => holds.push(resolve));
      const first = connections.open(endpoint, asking(root), here);
      const second = connections.open(endpoint, never, other);
      await settle();
      holds.shift()?.();
      await settle();
      holds.pop()?.();
      await first;
      assert.equal(storedPassword(), root.password);
      c.dial = () => Promise.resolve();
      holds.shift()?.();
      await second;
      assert.equal(storedPassword(), root.password);
      assert.equal(questions.length, 1);
    });

    it('are released one by one, on every endpoint', async () => {
      const elsewhere = { ...endpoint, endpointId: 'ep-bbbb0002' };
      await connections.open(endpoint, asking(root), here);
      await connections.open(elsewhere, never, here);
      await connections.open(endpoint, never, other);
      await connections.release(here.slot);
      assert.deepEqual(
        sessions.map(({ closed }) => closed),
        [1, 1, 0],
      );
      assert.deepEqual(connections.openSlots(endpoint), [other.slot]);
      await connections.disconnect(endpoint);
      assert.equal(connections.isOpen(endpoint), false);
    });

    it('that are released while they open end without a session', async () => {
      let answer = (): void => undefined;
      c.dial = () => new Promise((resolve) => (answer = resolve));
      const opening = connections.open(endpoint, asking(root), here);
      await settle();
      await connections.release(here.slot);
      answer();
      await assert.rejects(opening, { name: 'AbortError' });
      assert.equal(sessions[0]?.closed, 1);
      assert.ok(await openNow());
    });

    const openNow = (): Promise<SqlSession | undefined> => {
      c.dial = () => Promise.resolve();
      return connections.open(endpoint, never, here);
    };

    it('ends waiting for another one’s opening when its own caller gives up', async () => {
      let answer = (): void => undefined;
      c.dial = () => new Promise((resolve) => (answer = resolve));
      const first = connections.open(endpoint, asking(root), here);
      const abort = new AbortController();
      const second = connections.open(endpoint, never, { ...here, signal: abort.signal });
      await settle();
      abort.abort();
      await assert.rejects(second, { name: 'AbortError' });
      answer();
      assert.ok(await first);
    });

    it('forget what was typed when the database could not be reached', async () => {
      c.server = () => 'sqlUnreachable';
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'sqlUnreachable' });
      c.server = () => undefined;
      await connections.open(endpoint, asking(root), here);
      assert.deepEqual(
        questions.map(({ refused }) => refused),
        [false, false],
      );
    });

    it('open again without a question where the password cannot be kept', async () => {
      const get = s.secrets.get.bind(s.secrets);
      const locked = (): Promise<never> => Promise.reject(new Error('the keyring is locked'));
      s.secrets.get = (name) => (name.startsWith('password/') ? locked() : get(name));
      await connections.open(endpoint, asking(root), here);
      await connections.open(endpoint, never, other);
      assert.equal(questions.length, 1);
    });

    it('ask no end where a refused password cannot be forgotten', async () => {
      s.secrets.kept.set('password/1001/root', 'of last year');
      s.secrets.delete = () => Promise.reject(new Error('the keyring is locked'));
      assert.equal(await connections.open(endpoint, asking(), here), undefined);
      assert.equal(targets.length, 1);
    });

    it('ask for no other password when the password was not the trouble', async () => {
      s.secrets.kept.set('password/1001/root', root.password);
      c.refusal = new AppError('sqlAccessDenied', { source: 'SQL', serviceCode: 'ER_HOST_NOT_PRIVILEGED' });
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlAccessDenied' });
      assert.equal(storedPassword(), root.password);
    });
  });

  describe('opening without asking', () => {
    it('opens with what is known', async () => {
      s.secrets.kept.set('password/1001/root', root.password);
      const session = await connections.openKnown(endpoint, 'catalog');
      assert.equal(session, connections.session(endpoint, 'catalog'));
    });

    it('gives nothing where a question would be needed', async () => {
      assert.equal(await connections.openKnown(endpoint, 'catalog'), undefined);
      assert.equal(targets.length, 0);
      s.secrets.kept.set('password/1001/root', 'of last year');
      assert.equal(await connections.openKnown(endpoint, 'catalog'), undefined);
      assert.equal(storedPassword(), undefined, 'one that is refused is not tried again');
    });

    it('does not put a question on the way either', async () => {
      c.bastions = { [endpoint.endpointId]: 'bastion' };
      s.secrets.kept.set('password/1001/root', root.password);
      c.dial = () => Promise.reject(cancellation());
      assert.equal(await connections.openKnown(endpoint, 'catalog'), undefined);
      assert.deepEqual(targets[0]?.route, { kind: 'bastion', destination: 'bastion', unattended: true });
    });

    it('does not keep a person from being asked for the same slot', async () => {
      const known = connections.openKnown(endpoint, here.slot);
      const asked = connections.open(endpoint, asking(root), here);
      assert.equal(await known, undefined);
      assert.ok(await asked);
    });
  });

  describe('a session that was silent for long', () => {
    const states: Restored[] = [];

    beforeEach(async () => {
      states.length = 0;
      connections.onDidRestore((restored) => states.push(restored));
      await connections.open(endpoint, asking(root), here);
      changes.length = 0;
    });

    const first = (): FakeSession => sessions[0] ?? assert.fail('no session');
    const ran = (statement: string): Promise<SqlResult> => runHere(connections, statement);
    const afterSleep = async (): Promise<SqlSession | undefined> => {
      await s.clock.pass(60_000);
      return connections.open(endpoint, never, here);
    };

    it('is not asked whether it lives after a short while', async () => {
      await s.clock.pass(30_000);
      await connections.open(endpoint, never, here);
      assert.equal(first().pings, 0);
    });

    it('is kept where it answers, and not asked again at once', async () => {
      assert.equal(await afterSleep(), connections.session(endpoint, here.slot));
      await connections.open(endpoint, never, here);
      assert.equal(first().pings, 1);
      assert.equal(sessions.length, 1);
      assert.deepEqual(states, []);
    });

    it('is not disturbed while it runs a statement', async () => {
      first().answer = () => new Promise(() => undefined);
      void ran('SELECT SLEEP(100)');
      await afterSleep();
      assert.equal(first().pings, 0);
    });

    it('is replaced where it does not answer, with its database in use', async () => {
      await ran('USE `sales data`');
      first().answers = false;
      assert.equal(await afterSleep(), connections.session(endpoint, here.slot));
      assert.equal(sessions.length, 2);
      assert.equal(targets[1]?.database, 'sales data');
      assert.deepEqual(states, [
        { instanceId: '1001', endpointId: anEndpoint.id, slot: here.slot, lost: [] },
      ]);
      assert.deepEqual(changes, [key, key]);
      assert.deepEqual(sessions[1]?.statements, [], 'nothing is run again');
    });

    it('keeps what it was until it can be replaced', async () => {
      await ran('USE sales');
      first().answers = false;
      c.server = () => 'sqlUnreachable';
      await assert.rejects(afterSleep(), { code: 'sqlUnreachable' });
      c.server = () => undefined;
      await connections.open(endpoint, never, here);
      assert.equal(targets.at(-1)?.database, 'sales');
      assert.equal(states.length, 1);
    });

    it('tells what is gone with it', async () => {
      await ran('CREATE TEMPORARY TABLE t (a INT)');
      await ran('SET @a = 1');
      first().answers = false;
      await afterSleep();
      assert.deepEqual(states[0]?.lost, ['temporaryTables', 'variables']);
    });

    it('lets nothing run outside of the transaction it belongs to', async () => {
      await ran('BEGIN');
      first().answers = false;
      await assert.rejects(afterSleep(), { code: 'sqlTransactionLost' });
      assert.ok(await connections.open(endpoint, never, here), 'told once');
      assert.equal(sessions.length, 2);
    });

    it('says nothing of a transaction whose commit was lost on the way', async () => {
      await ran('BEGIN');
      first().answer = () => {
        first().open = false;
        return Promise.reject(new AppError('sqlConnectionLost', { source: 'SQL' }));
      };
      await assert.rejects(ran('COMMIT'), { code: 'sqlConnectionLost' });
      assert.ok(await connections.open(endpoint, never, here));
      assert.deepEqual(states[0]?.lost, []);
    });

    it('tells nothing of a transaction that was ended', async () => {
      await ran('BEGIN');
      await ran('COMMIT');
      first().answers = false;
      await afterSleep();
      assert.deepEqual(states[0]?.lost, []);
    });

    it('that the person has closed leaves nothing behind', async () => {
      await ran('SET @a = 1');
      await connections.disconnect(endpoint);
      await connections.open(endpoint, never, here);
      assert.deepEqual(states, []);
    });
  });

  describe('the database in use', () => {
    const last = (): unknown => s.state.get(`database/1001/${anEndpoint.id}`);

    it('is none at first, and the last one afterwards', async () => {
      await connections.open(endpoint, asking(root), here);
      assert.equal(targets[0]?.database, undefined);
      await runHere(connections, 'use sales;');
      assert.equal(last(), 'sales');
      await connections.open(endpoint, never, { slot: 'another' });
      assert.equal(targets[1]?.database, 'sales');
    });

    it('is the one that is asked for', async () => {
      await connections.open(endpoint, asking(root), { ...here, database: 'a`b' });
      assert.equal(targets[0]?.database, 'a`b');
      assert.equal(last(), 'a`b');
      await connections.open(endpoint, never, { ...here, database: 'a`b' });
      await connections.open(endpoint, never, { ...here, database: 'c`d' });
      assert.deepEqual(sessions[0]?.statements, ['USE `c``d`']);
      assert.equal(last(), 'c`d');
    });

    const gone = [
      new AppError('sqlUnknownDatabase', { source: 'SQL' }),
      new AppError('sqlAccessDenied', { source: 'SQL', serviceCode: 'ER_DBACCESS_DENIED_ERROR' }),
    ];
    for (const error of gone) {
      it(`is left out when it is the last one and cannot be used: ${error.code}`, async () => {
        await s.state.set(`database/1001/${anEndpoint.id}`, 'sales');
        c.refuseDatabase = error;
        assert.ok(await connections.open(endpoint, asking(root), here));
        assert.equal(questions.length, 1);
        await assert.rejects(connections.open(endpoint, never, { slot: 'another', database: 'sales' }), {
          code: error.code,
        });
        assert.equal(storedPassword(), root.password);
      });
    }
  });

  describe('the route', () => {
    const inVpc = { ...endpoint, endpoint: anEndpoint };

    it('is direct unless a bastion is chosen', async () => {
      await connections.open(inVpc, asking(root), here);
      assert.equal(targets[0]?.route, undefined);
      assert.deepEqual(connections.routeOf(anEndpoint.vpcId), { kind: 'direct' });
    });

    it('is the bastion of the VPC, or of the endpoint itself', async () => {
      c.bastions = { [anEndpoint.vpcId]: 'for-the-vpc' };
      await connections.open(inVpc, asking(root), here);
      assert.deepEqual(targets[0]?.route, { kind: 'bastion', destination: 'for-the-vpc' });
      assert.deepEqual(await connections.routeTo(endpoint), { kind: 'direct' }, 'its VPC is not known');
      c.bastions[anEndpoint.id] = 'for-the-endpoint';
      assert.deepEqual(await connections.routeTo(inVpc), {
        kind: 'bastion',
        destination: 'for-the-endpoint',
      });
      assert.deepEqual(connections.routeOf(anEndpoint.vpcId), {
        kind: 'bastion',
        destination: 'for-the-vpc',
      });
    });

    it('is direct on a machine that is in the VPC', async () => {
      c.bastions = { [anEndpoint.vpcId]: 'bastion' };
      c.machineVpc = anEndpoint.vpcId;
      assert.deepEqual(await connections.routeTo(inVpc), { kind: 'direct' });
      c.machineVpc = 'vpc-other';
      assert.deepEqual(await connections.routeTo(inVpc), { kind: 'bastion', destination: 'bastion' });
    });
  });
});
