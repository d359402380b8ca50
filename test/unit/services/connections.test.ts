import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import type { PrivateEndpoint } from '../../../src/core/health';
import type { SqlResult, SqlRunOptions, SqlSession, SqlTarget } from '../../../src/core/ports';
import {
  addressOf,
  Connections,
  endpointKey,
  type AskCredentials,
  type Credentials,
} from '../../../src/services/connections';
import { SqlDocuments } from '../../../src/services/sqlDocuments';
import { aConnection, anEndpoint, settle, without } from '../fakes';
import { stage, type Stage } from './stage';

const endpoint: PrivateEndpoint = { instanceId: '1001', endpointId: anEndpoint.id, connection: aConnection };
const key = endpointKey(endpoint);
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
  readonly statements: string[] = [];
  answer: (options: SqlRunOptions) => Promise<SqlResult> = () => Promise.resolve(result);

  run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    this.statements.push(statement);
    return this.answer(options);
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
      },
      connector: () =>
        Promise.resolve({
          open: async (target) => {
            assert.ok(learnt.includes(target.password), 'the password is known to the log before it is used');
            targets.push(target);
            await dial();
            const refusal = server(target);
            if (refusal !== undefined) {
              throw sqlError(refusal);
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
      const session = await connections.open(endpoint, asking(root));
      assert.equal(session, sessions[0]);
      assert.deepEqual(questions, [{ user: 'root', refused: false }]);
      assert.deepEqual(targets, [{ host: aConnection.host, port: 4000, ...root, caCertificatePem: 'CA 1' }]);
      assert.equal(storedPassword(), root.password);
      assert.deepEqual(changes, [key]);
      assert.ok(connections.isOpen(endpoint));
      await connections.disconnect(endpoint);
      await connections.open(endpoint, never);
      assert.equal(targets.length, 2);
    });

    it('gives the open session again', async () => {
      const first = await connections.open(endpoint, asking(root));
      assert.equal(await connections.open(endpoint, never), first);
      assert.equal(targets.length, 1);
    });

    it('makes one session of two requests at the same time', async () => {
      const both = await Promise.all([
        connections.open(endpoint, asking(root)),
        connections.open(endpoint, asking(root)),
      ]);
      assert.equal(both[0], both[1]);
      assert.equal(sessions.length, 1);
      assert.equal(questions.length, 1);
    });

    it('asks again when the server refuses, until it works', async () => {
      const wrong = { user: 'root', password: 'wrong password' };
      const admin = { user: 'admin', password: root.password };
      await connections.open(endpoint, asking(wrong, admin));
      assert.deepEqual(questions, [
        { user: 'root', refused: false },
        { user: 'root', refused: true },
      ]);
      assert.equal(storedPassword('root'), undefined);
      assert.equal(storedPassword('admin'), root.password);
      assert.ok(!s.log.lines.some((line) => line.includes('password:') || line.includes(wrong.password)));
      await connections.disconnect(endpoint);
      await connections.open(endpoint, never);
      assert.equal(targets.at(-1)?.user, 'admin', 'the user that last connected');
    });

    it('forgets a stored password that is refused', async () => {
      s.secrets.kept.set('password/1001/root', 'of last year');
      await connections.open(endpoint, asking(root));
      assert.deepEqual(questions, [{ user: 'root', refused: true }]);
      assert.equal(storedPassword(), root.password);
    });

    it('keeps nothing when the person cancels', async () => {
      assert.equal(await connections.open(endpoint, asking()), undefined);
      s.secrets.kept.set('password/1001/root', 'of last year');
      assert.equal(await connections.open(endpoint, asking()), undefined);
      assert.equal(storedPassword(), undefined);
      assert.equal(connections.isOpen(endpoint), false);
      assert.deepEqual(changes, []);
    });

    it('keeps nothing that did not work for another reason, and forgets nothing', async () => {
      server = () => 'sqlUnreachable';
      await assert.rejects(connections.open(endpoint, asking(root)), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), undefined);
      s.secrets.kept.set('password/1001/root', root.password);
      await assert.rejects(connections.open(endpoint, never), { code: 'sqlUnreachable' });
      assert.equal(storedPassword(), root.password);
      server = () => undefined;
      assert.ok(await connections.open(endpoint, never), 'the next attempt starts afresh');
    });

    it('opens also when the password cannot be kept', async () => {
      s.secrets.set = () => Promise.reject(new Error('the keyring is locked'));
      assert.ok(await connections.open(endpoint, asking(root)));
      assert.ok(connections.isOpen(endpoint));
      assert.equal(s.log.errors.length, 1);
    });

    it('needs an Active connection', async () => {
      const noHost = without(aConnection, 'host');
      for (const connection of [{ ...aConnection, state: 'PENDING' as const }, noHost]) {
        await assert.rejects(connections.open({ ...endpoint, connection }, asking(root)), {
          code: 'conflict',
        });
      }
      assert.throws(() => addressOf({ instanceId: '1001', endpointId: 'ep-x' }), { code: 'conflict' });
      assert.equal(targets.length, 0);
    });

    it('keeps endpoints apart', async () => {
      const other = { ...endpoint, endpointId: 'ep-bbbb0002' };
      await connections.open(endpoint, asking(root));
      assert.equal(connections.isOpen(other), false);
      await connections.open(other, never);
      assert.equal(sessions.length, 2);
      await connections.disconnect(other);
      assert.ok(connections.isOpen(endpoint));
    });
  });

  describe('the CA certificate', () => {
    beforeEach(async () => {
      await connections.open(endpoint, asking(root));
      await connections.disconnect(endpoint);
      targets.length = 0;
    });

    it('is downloaded once', async () => {
      await connections.open(endpoint, never);
      assert.equal(s.script.count('getCaCertificate'), 1);
    });

    it('is downloaded again, once, when the server is not trusted', async () => {
      s.world.caPem = 'CA 2';
      await connections.open(endpoint, never);
      assert.deepEqual(
        targets.map(({ caCertificatePem }) => caCertificatePem),
        ['CA 1', 'CA 2'],
      );
      assert.equal(s.state.get('ca/1001'), 'CA 2');
      assert.equal(s.script.count('getCaCertificate'), 2);
    });

    it('that is the same as before leaves it at the refusal', async () => {
      server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 1);
      assert.equal(s.script.count('getCaCertificate'), 2);
    });

    it('that is new but no better leaves it at the refusal', async () => {
      s.world.caPem = 'CA 2';
      server = () => 'sqlCertificateUntrusted';
      await assert.rejects(connections.open(endpoint, never), { code: 'sqlCertificateUntrusted' });
      assert.equal(targets.length, 2);
    });

    it('is not asked for anew for another host’s certificate', async () => {
      server = () => 'sqlCertificateHost';
      await assert.rejects(connections.open(endpoint, never), { code: 'sqlCertificateHost' });
      assert.equal(s.script.count('getCaCertificate'), 1);
    });

    it('that cannot be downloaded is an error of its own, and nothing is dialled', async () => {
      s.state.kept.clear();
      for (const account of await s.accounts.list('TiDB Cloud')) {
        await s.accounts.signOut(account);
      }
      await assert.rejects(connections.open(endpoint, asking(root)), { code: 'notSignedIn' });
      assert.equal(targets.length, 0);
    });
  });

  describe('running', () => {
    let running: boolean[];

    beforeEach(async () => {
      running = [];
      connections.onDidChangeRunning((now) => running.push(now));
      await connections.open(endpoint, asking(root));
      changes.length = 0;
    });

    const session = (): FakeSession => sessions[0] ?? assert.fail('no session');

    it('runs on the open session with the limits', async () => {
      let given: SqlRunOptions | undefined;
      session().answer = (options) => {
        given = options;
        return Promise.resolve(result);
      };
      assert.equal(await connections.run(endpoint, 'SELECT 1', limits), result);
      assert.deepEqual(session().statements, ['SELECT 1']);
      assert.equal(given?.maxRows, 10);
      assert.equal(given.timeoutMs, 1000);
      assert.deepEqual(running, [true, false]);
    });

    it('tells when the first statement starts and when the last one ends, and only then', async () => {
      const ends: (() => void)[] = [];
      session().answer = () => new Promise((resolve) => ends.push(() => resolve(result)));
      const both = [connections.run(endpoint, 'a', limits), connections.run(endpoint, 'b', limits)];
      ends[0]?.();
      await both[0];
      assert.deepEqual(running, [true]);
      ends[1]?.();
      await both[1];
      assert.deepEqual(running, [true, false]);
    });

    it('needs a session', async () => {
      await connections.disconnect(endpoint);
      await assert.rejects(connections.run(endpoint, 'SELECT 1', limits), { code: 'sqlConnectionLost' });
      assert.deepEqual(running, []);
    });

    it('cancels what runs; the session stays', async () => {
      session().answer = ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        });
      const run = connections.run(endpoint, 'SELECT SLEEP(9)', limits);
      connections.cancelRunning();
      await assert.rejects(run, { name: 'AbortError' });
      assert.deepEqual(running, [true, false]);
      assert.ok(connections.isOpen(endpoint));
      assert.deepEqual(changes, []);
    });

    it('keeps the session after a statement that fails', async () => {
      session().answer = () => Promise.reject(sqlError('sqlStatement'));
      await assert.rejects(connections.run(endpoint, 'SELEC 1', limits), { code: 'sqlStatement' });
      assert.ok(connections.isOpen(endpoint));
    });

    it('forgets a session that is lost, and opens another one', async () => {
      session().answer = () => {
        session().open = false;
        return Promise.reject(sqlError('sqlConnectionLost'));
      };
      await assert.rejects(connections.run(endpoint, 'SELECT 1', limits), { code: 'sqlConnectionLost' });
      assert.equal(connections.isOpen(endpoint), false);
      assert.deepEqual(changes, [key]);
      assert.equal(await connections.open(endpoint, never), sessions[1]);
    });

    it('notices a session that was lost while idle', async () => {
      session().open = false;
      assert.equal(connections.isOpen(endpoint), false);
      assert.equal(await connections.open(endpoint, never), sessions[1]);
      await connections.run(endpoint, 'SELECT 1', limits);
      assert.deepEqual(sessions[1]?.statements, ['SELECT 1']);
    });

    it('does not forget a newer session because an older one ends', async () => {
      let fail = (): void => undefined;
      session().answer = () =>
        new Promise((_, reject) => (fail = () => reject(sqlError('sqlConnectionLost'))));
      const run = connections.run(endpoint, 'SELECT 1', limits);
      session().open = false;
      await connections.open(endpoint, never);
      fail();
      await assert.rejects(run, { code: 'sqlConnectionLost' });
      assert.ok(connections.isOpen(endpoint));
    });
  });

  describe('closing', () => {
    it('closes and tells once; again is nothing', async () => {
      await connections.open(endpoint, asking(root));
      changes.length = 0;
      await connections.disconnect(endpoint);
      await connections.disconnect(endpoint);
      assert.equal(sessions[0]?.closed, 1);
      assert.deepEqual(changes, [key]);
    });

    it('closes every session at the end, though one refuses', async () => {
      await connections.open(endpoint, asking(root));
      await connections.open({ ...endpoint, endpointId: 'ep-bbbb0002' }, never);
      const [first, second] = sessions;
      assert.ok(first && second);
      first.close = () => Promise.reject(new Error('already gone'));
      await connections.dispose();
      assert.equal(second.closed, 1);
    });

    it('leaves no session behind that was being opened when it ended', async () => {
      let answer = (): void => undefined;
      dial = () => new Promise((resolve) => (answer = resolve));
      const opening = connections.open(endpoint, asking(root));
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
