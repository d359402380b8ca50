import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import type { PrivateEndpoint } from '../../../src/core/health';
import type { SqlResult, SqlRunOptions, SqlSession, SqlTarget } from '../../../src/core/ports';
import {
  Connections,
  endpointKey,
  type AskCredentials,
  type Credentials,
} from '../../../src/services/connections';
import { aConnection, anEndpoint } from '../fakes';
import { stage, type Stage } from './stage';

export const endpoint: PrivateEndpoint = {
  instanceId: '1001',
  endpointId: anEndpoint.id,
  connection: aConnection,
};
export const key = endpointKey(endpoint);
export const here = { slot: 'file:///a.sql' };
export const limits = { maxRows: 10, timeoutMs: 1000 };
export const root = { user: 'root', password: 'right password' };
export const sqlError = (code: ErrorCode): AppError => new AppError(code, { source: 'SQL' });
export const result: SqlResult = { columns: [], rows: [], truncated: false, warningCount: 0, elapsedMs: 1 };
export const never: AskCredentials = () => assert.fail('nothing should be asked');

export class FakeSession implements SqlSession {
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

/** Connections on fakes, with a server that trusts one authority and knows one password. */
export class Connecting {
  readonly s: Stage = stage();
  readonly targets: SqlTarget[] = [];
  readonly sessions: FakeSession[] = [];
  readonly learnt: string[] = [];
  readonly changes: string[] = [];
  readonly questions: Parameters<AskCredentials>[0][] = [];
  readonly connections: Connections;
  dial: () => Promise<void> = () => Promise.resolve();
  /** In place of what the server says: to everybody, or to those who want a database. */
  refusal: AppError | undefined;
  refuseDatabase: AppError | undefined;
  bastions: Record<string, string> = {};
  machineVpc: string | undefined;

  constructor() {
    const { accounts, secrets, state, clock, log } = this.s;
    this.connections = new Connections({
      ...{ accounts, secrets, state, clock, log },
      keys: {
        password: (instanceId, user) => `password/${instanceId}/${user}`,
        caCertificate: (instanceId) => `ca/${instanceId}`,
        user: (instanceId) => `user/${instanceId}`,
        database: (instanceId, endpointId) => `database/${instanceId}/${endpointId}`,
      },
      bastions: () => this.bastions,
      machine: { vpcId: () => Promise.resolve(this.machineVpc) },
      connector: () => Promise.resolve({ open: (target) => this.open(target) }),
      learnSecret: (secret) => this.learnt.push(secret),
    });
    this.connections.onDidChange((changed) => this.changes.push(changed));
  }

  /** What the server says to a target; undefined lets it in. */
  server: (target: SqlTarget) => ErrorCode | undefined = ({ password, caCertificatePem }) =>
    caCertificatePem !== this.s.world.caPem
      ? 'sqlCertificateUntrusted'
      : password !== root.password
        ? 'sqlAccessDenied'
        : undefined;

  /** Answers in turn, then cancels. */
  readonly asking = (...answers: readonly Credentials[]): AskCredentials => {
    const left = [...answers];
    return (question) => {
      this.questions.push(question);
      return Promise.resolve(left.shift());
    };
  };

  readonly storedPassword = (user = 'root'): string | undefined =>
    this.s.secrets.kept.get(`password/1001/${user}`);

  private async open(target: SqlTarget): Promise<SqlSession> {
    assert.ok(this.learnt.includes(target.password), 'the password is known to the log before it is used');
    this.targets.push(target);
    await this.dial();
    const code = this.server(target);
    const refused =
      this.refusal ??
      (target.database === undefined ? undefined : this.refuseDatabase) ??
      (code && sqlError(code));
    if (refused !== undefined) {
      throw refused;
    }
    const session = new FakeSession();
    this.sessions.push(session);
    return session;
  }
}

/** Runs a statement on the session that the slot `here` has. */
export const runHere = (connections: Connections, statement: string): Promise<SqlResult> =>
  (connections.session(endpoint, here.slot) ?? assert.fail('no session')).run(statement, limits);
