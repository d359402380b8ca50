import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AppError } from '../../src/core/errors';
import type { ErrorCode } from '../../src/core/errors';
import type { Log, SqlConnector, SqlResult, SqlSession, SqlTarget } from '../../src/core/ports';
import { createSqlConnector } from '../../src/sql';
import type { SqlConnectorOptions } from '../../src/sql';
import type { SqlServer } from '../support/mariadb';

/** Looks like nothing else, so that it is found wherever it should not be. */
export const password = 'pw-7Qx!nobody"else\'s';

export class RecordingLog implements Log {
  readonly lines: string[] = [];
  readonly debug = (message: string): void => void this.lines.push(message);
  readonly info = this.debug;
  readonly warn = this.debug;
  readonly error = (message: string, error?: unknown): void =>
    void this.lines.push(message, everything(error));
}

export const log = new RecordingLog();

export const connector = (options: Omit<SqlConnectorOptions, 'log'> = {}): SqlConnector =>
  createSqlConnector({ log, ...options });

export const targetOf = (
  server: SqlServer,
  more: Partial<Omit<SqlTarget, 'route'>> = {},
): Required<Omit<SqlTarget, 'route'>> => ({
  host: 'localhost',
  port: server.port,
  user: server.user,
  password: server.password,
  database: server.database,
  caCertificatePem: server.caCertificatePem,
  ...more,
});

export const run = (session: SqlSession, statement: string, maxRows = 1000): Promise<SqlResult> =>
  session.run(statement, { maxRows, timeoutMs: 0 });

/** The one value of a one-row, one-column result. */
export async function value(session: SqlSession, statement: string): Promise<string | null | undefined> {
  return (await run(session, statement)).rows[0]?.[0];
}

/** Waits for the AppError, of this code, and makes sure that no part of it holds a password. */
export async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error: unknown = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(AppError.is(error), everything(error));
  assert.equal(error.code, code, everything(error));
  assertNoSecret(everything(error));
  return error;
}

export function assertNoSecret(text: string): void {
  assert.ok(!text.includes(password) && !text.includes(inspect(password).slice(1, -1)), text);
}

/** Everything that a log could make of an error. */
export function everything(error: unknown): string {
  const plain = error instanceof Error ? `${String(error.stack)} ${JSON.stringify(error)}` : '';
  return `${plain} ${inspect(error, { depth: 20, showHidden: true })}`;
}

/** Polls until `condition` holds; fails after five seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what}: not in time`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
