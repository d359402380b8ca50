import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settings } from '../../src/ids';
import { DATABASE_VARIABLE } from '../support/editor/suiteProtocol';

/** What several suites inside the editor do as a person does it, and wait for. */

export interface Database {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly caCertificatePem: string;
}

/** The one that was started for the suite, outside of the editor. */
export const databaseOfSuite = (): Database => JSON.parse(process.env[DATABASE_VARIABLE] ?? '') as Database;

const boundMs = 10_000;

/** Waits for a condition that has no event of its own. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = boundMs,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what} within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sets a setting of the extension. */
export const set = (key: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration(settings.section).update(key, value, vscode.ConfigurationTarget.Global);

/** Sends a form of the sandbox's pages. */
export async function submit(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  assert.ok(answer.ok, `${url}: ${answer.status}`);
}
