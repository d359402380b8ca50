import assert from 'node:assert/strict';
import { AppError, cancellation, type ErrorCode } from '../../../src/core/errors';
import type { PrivateEndpoint } from '../../../src/core/health';
import type { SqlResult, SqlRunOptions, SqlSession, SqlTarget } from '../../../src/core/ports';
import {
  addressOf,
  Connections,
  endpointKey,
  type AskCredentials,
  type Credentials,
  type Restored,
} from '../../../src/services/connections';
import { SqlDocuments } from '../../../src/services/sqlDocuments';
import { aConnection, anEndpoint, settle, without } from '../fakes';
import { stage, type Stage } from './stage';

const endpoint: PrivateEndpoint = { instanceId: '1001', endpointId: anEndpoint.id, connection: aConnection };
const key = endpointKey(endpoint);
const here = { slot: 'file:///a.sql' };
const limits = { maxRows: 10, timeoutMs: 1000 };
const sqlError = (code: ErrorCode): AppError => new AppError(code, { source: 'SQL' });
const result: SqlResult = { columns: [], rows: [], truncated: false, warningCount: 0, elapsedMs: 1 };

class FakeSession implements SqlSession {
  readonly serverVersion = '8.0.11-TiDB';
  readonly database = undefined;
  readonly stream = (): never => assert.fail('nothing is streamed');
  readonly export = (): never => assert.fail('nothing is exported');
  open = true;
  closed = 0;
  pings = 0;
  answers = true;
  readonly statements: string[] = [];
  answer: (options: SqlRunOptions) => Promise<SqlResult> = () => Promise.resolve(result);

  run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    this.statements.push(statement);
    return this.answer(options);
  }
  alive(): Promise<boolean> {
    this.pings++;
    this.open = this.open && this.answers;
    return Promise.resolve(this.open);
  }
  close(): Promise<void> {
    this.open = false;
    this.closed++;
    return Promise.resolve();
  }
}

describe('Connections', () => {
  let s: Stage;
  let connections: Connections;
  let targets: SqlTarget[];
  let sessions: FakeSession[];
  let learnt: string[];
  let changes: string[];
  /** What the server says to a target; an error is thrown. */
  let server: (target: SqlTarget) => ErrorCode | undefined;
  let dial: () => Promise<void>;
  /** In place of what the server says: to everybody, or to those who want a database. */
  let refusal: AppError | undefined;
  let refuseDatabase: AppError | undefined;
  let bastions: Record<string, string>;
  let machineVpc: string | undefined;

  const questions: Parameters<AskCredentials>[0][] = [];
  /** Answers in turn, then cancels. */
  const asking = (...answers: Credentials[]): AskCredentials => {
    const left = [...answers];
    return (question) => {
      questions.push(question);
      return Promise.resolve(left.shift());
    };
  };
  const never: AskCredentials = () => assert.fail('nothing should be asked');
  const root = { user: 'root', password: 'right password' };

  beforeEach(() => {
    s = stage();
    [targets, sessions, learnt, changes] = [[], [], [], []];
    questions.length = 0;
    [bastions, machineVpc] = [{}, undefined];
    [refusal, refuseDatabase] = [undefined, undefined];
    dial = () => Promise.resolve();
    server = ({ password, caCertificatePem }) =>
      caCertificatePem !== s.world.caPem
        ? 'sqlCertificateUntrusted'
        : password !== root.password
          ? 'sqlAccessDenied'
          : undefined;
    connections = new Connections({
      accounts: s.accounts,
      secrets: s.secrets,
      state: s.state,
      keys: {
        password: (instanceId, user) => `password/${instanceId}/${user}`,
        caCertificate: (instanceId) => `ca/${instanceId}`,
        user: (instanceId) => `user/${instanceId}`,
        database: (instanceId, endpointId) => `database/${instanceId}/${endpointId}`,
      },
      bastions: () => bastions,
      machine: { vpcId: () => Promise.resolve(machineVpc) },
      clock: s.clock,
      connector: () =>
        Promise.resolve({
          open: async (target) => {
            assert.ok(learnt.includes(target.password), 'the password is known to the log before it is used');
            targets.push(target);
            await dial();
            const code = server(target);
            const error =
              refusal ??
              (target.database === undefined ? undefined : refuseDatabase) ??
              (code && sqlError(code));
            if (error !== undefined) {
              throw error;
            }
            const session = new FakeSession();
            sessions.push(session);
            return session;
          },
        }),
      learnSecret: (secret) => learnt.push(secret),
      log: s.log,
    });
    connections.onDidChange((changed) => changes.push(changed));
  });

  const storedPassword = (user = 'root'): string | undefined => s.secrets.kept.get(`password/1001/${user}`);

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
      server = () => 'sqlUnreachable';
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), undefined);
      s.secrets.kept.set('password/1001/root', root.password);
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), root.password);
      server = () => undefined;
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
      server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 1);
      assert.equal(s.script.count('getCaCertificate'), 2);
    });

    it('that is new but no better leaves it at the refusal', async () => {
      s.world.caPem = 'CA 2';
      server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 2);
    });

    it('is downloaded again when the kept one has expired', async () => {
      s.world.caPem = 'CA 2';
      const trusted = server;
      server = (target) => (target.caCertificatePem === 'CA 1' ? 'sqlCertificateExpired' : trusted(target));
      await connections.open(endpoint, never, here);
      assert.equal(targets.length, 2);
    });

    it('is renewed after a week, once it has served', async () => {
      await s.clock.pass(8 * 24 * 60 * 60 * 1000);
      s.world.caPem = 'CA 2';
      server = () => undefined;
      await connections.open(endpoint, never, here);
      await settle();
      assert.equal(targets.at(-1)?.caCertificatePem, 'CA 1');
      assert.deepEqual(s.state.get('ca/1001'), { pem: 'CA 2', downloadedAtMs: s.clock.now() });
    });

    it('stays in use when it cannot be renewed', async () => {
      await s.secrets.delete('tidb');
      await s.clock.pass(8 * 24 * 60 * 60 * 1000);
      assert.ok(await connections.open(endpoint, never, here));
      await settle();
      assert.equal(s.log.errors.length, 1);
      await connections.disconnect(endpoint);
      assert.ok(await connections.open(endpoint, never, here));
    });

    it('that is not trusted and cannot be downloaded leaves it at the refusal', async () => {
      await s.secrets.delete('tidb');
      server = () => 'sqlCertificateUntrusted';
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
      server = () => 'sqlCertificateHost';
      await assert.rejects(connections.open(endpoint, never, here), { code: 'sqlCertificateHost' });
      assert.equal(s.script.count('getCaCertificate'), 1);
    });

    it('that cannot be downloaded is an error of its own, and nothing is dialled', async () => {
      s.state.kept.clear();
      await s.secrets.delete('tidb');
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'notSignedIn' });
      assert.equal(targets.length, 0);
    });
  });

  describe('running', () => {
    let running: boolean[];

    beforeEach(async () => {
      running = [];
      connections.onDidChangeRunning((now) => running.push(now));
      await connections.open(endpoint, asking(root), here);
      changes.length = 0;
    });

    const session = (): FakeSession => sessions[0] ?? assert.fail('no session');

    it('runs on the open session with the limits', async () => {
      let given: SqlRunOptions | undefined;
      session().answer = (options) => {
        given = options;
        return Promise.resolve(result);
      };
      assert.equal(await connections.run(endpoint, here.slot, 'SELECT 1', limits), result);
      assert.deepEqual(session().statements, ['SELECT 1']);
      assert.equal(given?.maxRows, 10);
      assert.equal(given.timeoutMs, 1000);
      assert.deepEqual(running, [true, false]);
    });

    it('tells when the first statement starts and when the last one ends, and only then', async () => {
      const ends: (() => void)[] = [];
      session().answer = () => new Promise((resolve) => ends.push(() => resolve(result)));
      const both = [
        connections.run(endpoint, here.slot, 'a', limits),
        connections.run(endpoint, here.slot, 'b', limits),
      ];
      ends[0]?.();
      await both[0];
      assert.deepEqual(running, [true]);
      ends[1]?.();
      await both[1];
      assert.deepEqual(running, [true, false]);
    });

    it('needs a session', async () => {
      await connections.disconnect(endpoint);
      await assert.rejects(connections.run(endpoint, here.slot, 'SELECT 1', limits), {
        code: 'sqlConnectionLost',
      });
      assert.deepEqual(running, []);
    });

    it('cancels what runs; the session stays', async () => {
      session().answer = ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        });
      const run = connections.run(endpoint, here.slot, 'SELECT SLEEP(9)', limits);
      connections.cancelRunning();
      await assert.rejects(run, { name: 'AbortError' });
      assert.deepEqual(running, [true, false]);
      assert.ok(connections.isOpen(endpoint));
      assert.deepEqual(changes, []);
    });

    it('keeps the session after a statement that fails', async () => {
      session().answer = () => Promise.reject(sqlError('sqlStatement'));
      await assert.rejects(connections.run(endpoint, here.slot, 'SELEC 1', limits), { code: 'sqlStatement' });
      assert.ok(connections.isOpen(endpoint));
    });

    it('forgets a session that is lost, and opens another one', async () => {
      session().answer = () => {
        session().open = false;
        return Promise.reject(sqlError('sqlConnectionLost'));
      };
      await assert.rejects(connections.run(endpoint, here.slot, 'SELECT 1', limits), {
        code: 'sqlConnectionLost',
      });
      assert.equal(connections.isOpen(endpoint), false);
      assert.deepEqual(changes, [key]);
      assert.ok(await connections.open(endpoint, never, here));
      assert.equal(sessions.length, 2);
    });

    it('notices a session that was lost while idle', async () => {
      session().open = false;
      assert.equal(connections.isOpen(endpoint), false);
      assert.ok(await connections.open(endpoint, never, here));
      await connections.run(endpoint, here.slot, 'SELECT 1', limits);
      assert.deepEqual(sessions[1]?.statements, ['SELECT 1']);
    });

    it('does not forget a newer session because an older one ends', async () => {
      let fail = (): void => undefined;
      session().answer = () =>
        new Promise((_, reject) => (fail = () => reject(sqlError('sqlConnectionLost'))));
      const run = connections.run(endpoint, here.slot, 'SELECT 1', limits);
      session().open = false;
      await connections.open(endpoint, never, here);
      fail();
      await assert.rejects(run, { code: 'sqlConnectionLost' });
      assert.ok(connections.isOpen(endpoint));
    });
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

    it('that are opened at once share one question', async () => {
      let answer = (_: Credentials | undefined): void => undefined;
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
      dial = () => new Promise((resolve) => holds.push(resolve));
      const first = connections.open(endpoint, asking(root), here);
      const second = connections.open(endpoint, never, other);
      await settle();
      holds.shift()?.();
      await settle();
      holds.pop()?.();
      await first;
      assert.equal(storedPassword(), root.password);
      dial = () => Promise.resolve();
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
      dial = () => new Promise((resolve) => (answer = resolve));
      const opening = connections.open(endpoint, asking(root), here);
      await settle();
      await connections.release(here.slot);
      answer();
      await assert.rejects(opening, { name: 'AbortError' });
      assert.equal(sessions[0]?.closed, 1);
      assert.ok(await openNow());
    });

    const openNow = (): Promise<SqlSession | undefined> => {
      dial = () => Promise.resolve();
      return connections.open(endpoint, never, here);
    };

    it('ends waiting for another one’s opening when its own caller gives up', async () => {
      let answer = (): void => undefined;
      dial = () => new Promise((resolve) => (answer = resolve));
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
      server = () => 'sqlUnreachable';
      await assert.rejects(connections.open(endpoint, asking(root), here), { code: 'sqlUnreachable' });
      server = () => undefined;
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
      refusal = new AppError('sqlAccessDenied', { source: 'SQL', serviceCode: 'ER_HOST_NOT_PRIVILEGED' });
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
      bastions = { [endpoint.endpointId]: 'bastion' };
      s.secrets.kept.set('password/1001/root', root.password);
      dial = () => Promise.reject(cancellation());
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
    const ran = (statement: string): Promise<SqlResult> =>
      connections.run(endpoint, here.slot, statement, limits);
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
      server = () => 'sqlUnreachable';
      await assert.rejects(afterSleep(), { code: 'sqlUnreachable' });
      server = () => undefined;
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
      await connections.run(endpoint, here.slot, 'use sales;', limits);
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
        refuseDatabase = error;
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
      bastions = { [anEndpoint.vpcId]: 'for-the-vpc' };
      await connections.open(inVpc, asking(root), here);
      assert.deepEqual(targets[0]?.route, { kind: 'bastion', destination: 'for-the-vpc' });
      assert.deepEqual(await connections.routeTo(endpoint), { kind: 'direct' }, 'its VPC is not known');
      bastions[anEndpoint.id] = 'for-the-endpoint';
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
      bastions = { [anEndpoint.vpcId]: 'bastion' };
      machineVpc = anEndpoint.vpcId;
      assert.deepEqual(await connections.routeTo(inVpc), { kind: 'direct' });
      machineVpc = 'vpc-other';
      assert.deepEqual(await connections.routeTo(inVpc), { kind: 'bastion', destination: 'bastion' });
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
      dial = () => new Promise((resolve) => (answer = resolve));
      const opening = connections.open(endpoint, asking(root), here);
      await settle();
      await connections.dispose();
      answer();
      await assert.rejects(opening, { name: 'AbortError' });
      assert.equal(sessions[0]?.closed, 1);
    });
  });
});

describe('SqlDocuments', () => {
  it('knows which document runs where', () => {
    const documents = new SqlDocuments((error) => assert.fail(String(error)));
    const changes: (readonly string[])[] = [];
    documents.onDidChange((uris) => changes.push(uris));
    documents.bind('a', endpoint);
    documents.bind('b', { instanceId: '2', endpointId: 'ep-2' });
    assert.deepEqual(documents.endpointOf('a'), { instanceId: '1001', endpointId: anEndpoint.id });
    documents.unbind('a');
    documents.unbind('a');
    assert.equal(documents.endpointOf('a'), undefined);
    assert.deepEqual(changes, [['a'], ['a', 'b'], ['b']]);
  });
});
