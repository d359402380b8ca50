import assert from 'node:assert/strict';
import type { SqlRunOptions, SqlTarget } from '../../../src/core/ports';
import { addressOf, type Connections } from '../../../src/services/connections';
import { aConnection, settle, without } from '../fakes';
import {
  Connecting,
  endpoint,
  here,
  key,
  limits,
  never,
  result,
  root,
  runHere,
  sqlError,
  type FakeSession,
} from './connecting';
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

  /** From TiDB Cloud: nothing can be downloaded there. */
  const signOut = async (): Promise<void> => {
    for (const account of await s.accounts.list('TiDB Cloud')) {
      await s.accounts.signOut(account);
    }
  };

  beforeEach(() => {
    c = new Connecting();
    ({ s, connections, targets, sessions, changes, questions, asking, storedPassword } = c);
  });

  describe('opening', () => {
    it('asks for the password once, and keeps what worked', async () => {
      const session = await connections.open(endpoint, asking(root), here);
      assert.equal(session, connections.session(endpoint, here.slot));
      assert.deepEqual(questions, [{ user: 'root', refused: false }]);
      assert.deepEqual(targets, [{ host: aConnection.host, port: 4000, ...root, caCertificatePem: 'CA 1' }]);
      assert.equal(storedPassword(), root.password);
      assert.deepEqual(changes, [key]);
      assert.ok(connections.isOpen(endpoint));
      await connections.disconnect(endpoint);
      await connections.open(endpoint, never, here);
      assert.equal(targets.length, 2);
    });

    it('gives the open session again', async () => {
      const first = await connections.open(endpoint, asking(root), here);
      assert.equal(await connections.open(endpoint, never, here), first);
      assert.equal(targets.length, 1);
    });

    it('makes one session of two requests at the same time', async () => {
      const both = await Promise.all([
        connections.open(endpoint, asking(root), here),
        connections.open(endpoint, asking(root), here),
      ]);
      assert.equal(both[0], both[1]);
      assert.equal(sessions.length, 1);
      assert.equal(questions.length, 1);
    });

    it('asks again when the server refuses, until it works', async () => {
      const wrong = { user: 'root', password: 'wrong password' };
      const admin = { user: 'admin', password: root.password };
      await connections.open(endpoint, asking(wrong, admin), here);
      assert.deepEqual(questions, [
        { user: 'root', refused: false },
        { user: 'root', refused: true },
      ]);
      assert.equal(storedPassword('root'), undefined);
      assert.equal(storedPassword('admin'), root.password);
      assert.ok(!s.log.lines.some((line) => line.includes('password:') || line.includes(wrong.password)));
      await connections.disconnect(endpoint);
      await connections.open(endpoint, never, here);
      assert.equal(targets.at(-1)?.user, 'admin', 'the user that last connected');
    });

    it('forgets a stored password that is refused', async () => {
      s.secrets.kept.set('password/1001/root', 'of last year');
      await connections.open(endpoint, asking(root), here);
      assert.deepEqual(questions, [{ user: 'root', refused: true }]);
      assert.equal(storedPassword(), root.password);
    });

    it('keeps nothing when the person cancels', async () => {
      assert.equal(await connections.open(endpoint, asking(), here), undefined);
      s.secrets.kept.set('password/1001/root', 'of last year');
      assert.equal(await connections.open(endpoint, asking(), here), undefined);
      assert.equal(storedPassword(), undefined);
      assert.equal(connections.isOpen(endpoint), false);
      assert.deepEqual(changes, []);
    });

    it('keeps nothing that did not work for another reason, and forgets nothing', async () => {
      c.server = () => 'sqlUnreachable';
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), undefined);
      s.secrets.kept.set('password/1001/root', root.password);
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), root.password);
      c.server = () => undefined;
      assert.ok(await connections.open(endpoint, never, here), 'the next attempt starts afresh');
    });

    it('opens also when the password cannot be kept', async () => {
      s.secrets.set = () => Promise.reject(new Error('the keyring is locked'));
      assert.ok(await connections.open(endpoint, asking(root), here));
      assert.ok(connections.isOpen(endpoint));
      assert.equal(s.log.errors.length, 1);
    });

    it('needs an Active connection', async () => {
      const noHost = without(aConnection, 'host');
      for (const connection of [{ ...aConnection, state: 'PENDING' as const }, noHost]) {
        await assert.rejects(connections.open({ ...endpoint, connection }, asking(root), here), {
          code: 'conflict',
        });
      }
      assert.throws(() => addressOf({ instanceId: '1001', endpointId: 'ep-x' }), { code: 'conflict' });
      assert.equal(targets.length, 0);
    });

    it('keeps endpoints apart', async () => {
      const other = { ...endpoint, endpointId: 'ep-bbbb0002' };
      await connections.open(endpoint, asking(root), here);
      assert.equal(connections.isOpen(other), false);
      await connections.open(other, never, here);
      assert.equal(sessions.length, 2);
      await connections.disconnect(other);
      assert.ok(connections.isOpen(endpoint));
    });
  });

  describe('the CA certificate', () => {
    beforeEach(async () => {
      await connections.open(endpoint, asking(root), here);
      await connections.disconnect(endpoint);
      targets.length = 0;
    });

    it('is downloaded once', async () => {
      await connections.open(endpoint, never, here);
      assert.equal(s.script.count('getCaCertificate'), 1);
    });

    it('is downloaded again, once, when the server is not trusted', async () => {
      s.world.caPem = 'CA 2';
      await connections.open(endpoint, never, here);
      assert.deepEqual(
        targets.map(({ caCertificatePem }) => caCertificatePem),
        ['CA 1', 'CA 2'],
      );
      assert.deepEqual(s.state.get('ca/1001'), { pem: 'CA 2', downloadedAtMs: s.clock.now() });
      assert.equal(s.script.count('getCaCertificate'), 2);
    });

    it('that is the same as before leaves it at the refusal', async () => {
      c.server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 1);
      assert.equal(s.script.count('getCaCertificate'), 2);
    });

    it('that is new but no better leaves it at the refusal', async () => {
      s.world.caPem = 'CA 2';
      c.server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 2);
    });

    it('is downloaded again when the kept one has expired', async () => {
      s.world.caPem = 'CA 2';
      const trusted = c.server;
      c.server = (target) => (target.caCertificatePem === 'CA 1' ? 'sqlCertificateExpired' : trusted(target));
      await connections.open(endpoint, never, here);
      assert.equal(targets.length, 2);
    });

    it('is renewed after a week, once it has served', async () => {
      await s.clock.pass(8 * 24 * 60 * 60 * 1000);
      s.world.caPem = 'CA 2';
      c.server = () => undefined;
      await connections.open(endpoint, never, here);
      await settle();
      assert.equal(targets.at(-1)?.caCertificatePem, 'CA 1');
      assert.deepEqual(s.state.get('ca/1001'), { pem: 'CA 2', downloadedAtMs: s.clock.now() });
    });

    it('stays in use when it cannot be renewed', async () => {
      await signOut();
      await s.clock.pass(8 * 24 * 60 * 60 * 1000);
      assert.ok(await connections.open(endpoint, never, here));
      await settle();
      assert.equal(s.log.errors.length, 1);
      await connections.disconnect(endpoint);
      assert.ok(await connections.open(endpoint, never, here));
    });

    it('that is not trusted and cannot be downloaded leaves it at the refusal', async () => {
      await signOut();
      c.server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateUntrusted' });
    });

    it('is read as an earlier version has kept it', async () => {
      s.state.kept.set('ca/1001', 'CA 1');
      await connections.open(endpoint, never, here);
      assert.equal(targets.at(-1)?.caCertificatePem, 'CA 1');
      await settle();
      assert.deepEqual(s.state.get('ca/1001'), { pem: 'CA 1', downloadedAtMs: s.clock.now() });
    });

    it('is not asked for anew for another host’s certificate', async () => {
      c.server = () => 'sqlCertificateHost';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateHost' });
      assert.equal(s.script.count('getCaCertificate'), 1);
    });

    it('that cannot be downloaded is an error of its own, and nothing is dialled', async () => {
      s.state.kept.clear();
      await signOut();
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'notSignedIn' });
      assert.equal(targets.length, 0);
    });
  });

  describe('a session that is open', () => {
    beforeEach(async () => {
      await connections.open(endpoint, asking(root), here);
      changes.length = 0;
    });

    const session = (): FakeSession => sessions[0] ?? assert.fail('no session');

    it('runs with the limits', async () => {
      let given: SqlRunOptions | undefined;
      session().answer = (options) => {
        given = options;
        return Promise.resolve(result);
      };
      assert.equal(await runHere(connections, 'SELECT 1'), result);
      assert.deepEqual(session().statements, ['SELECT 1']);
      assert.deepEqual(given, limits);
    });

    it('is kept after a statement that fails', async () => {
      session().answer = () => Promise.reject(sqlError('sqlStatement'));
      await assert.rejects(runHere(connections, 'SELEC 1'), { code: 'sqlStatement' });
      assert.ok(connections.isOpen(endpoint));
    });

    it('is forgotten when it is lost, and another one opened', async () => {
      session().answer = () => {
        session().open = false;
        return Promise.reject(sqlError('sqlConnectionLost'));
      };
      await assert.rejects(runHere(connections, 'SELECT 1'), { code: 'sqlConnectionLost' });
      assert.equal(connections.isOpen(endpoint), false);
      assert.deepEqual(changes, [key]);
      assert.ok(await connections.open(endpoint, never, here));
      assert.equal(sessions.length, 2);
    });

    it('is replaced when it was lost while idle', async () => {
      session().open = false;
      assert.equal(connections.isOpen(endpoint), false);
      assert.ok(await connections.open(endpoint, never, here));
      await runHere(connections, 'SELECT 1');
      assert.deepEqual(sessions[1]?.statements, ['SELECT 1']);
    });

    it('is not forgotten because an older one ends', async () => {
      let fail = (): void => undefined;
      session().answer = () =>
        new Promise((_, reject) => (fail = () => reject(sqlError('sqlConnectionLost'))));
      const run = runHere(connections, 'SELECT 1');
      session().open = false;
      await connections.open(endpoint, never, here);
      fail();
      await assert.rejects(run, { code: 'sqlConnectionLost' });
      assert.ok(connections.isOpen(endpoint));
    });
  });

  describe('closing', () => {
    it('closes and tells once; again is nothing', async () => {
      await connections.open(endpoint, asking(root), here);
      changes.length = 0;
      await connections.disconnect(endpoint);
      await connections.disconnect(endpoint);
      assert.equal(sessions[0]?.closed, 1);
      assert.deepEqual(changes, [key]);
    });

    it('closes every session at the end, though one refuses', async () => {
      await connections.open(endpoint, asking(root), here);
      await connections.open({ ...endpoint, endpointId: 'ep-bbbb0002' }, never, here);
      const [first, second] = sessions;
      assert.ok(first && second);
      first.close = () => Promise.reject(new Error('already gone'));
      await connections.dispose();
      assert.equal(second.closed, 1);
    });

    it('leaves no session behind that was being opened when it ended', async () => {
      let answer = (): void => undefined;
      c.dial = () => new Promise((resolve) => (answer = resolve));
      const opening = connections.open(endpoint, asking(root), here);
      await settle();
      await connections.dispose();
      answer();
      await assert.rejects(opening, { name: 'AbortError' });
      assert.equal(sessions[0]?.closed, 1);
    });
  });
});
