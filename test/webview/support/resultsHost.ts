import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { StoredRows } from '../../../src/core/ports';
import { RowAnswers } from '../../../src/panels/results/rowAnswers';
import { fromResultsSchema, type FromResults } from '../../../src/protocol/results';
import type { Webview } from './page';
import { GeneratedRows } from './generatedRows';

const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message: string, error: unknown) => assert.fail(`${message} ${String(error)}`),
};

/** The extension's side of the results panel, with rows that are made up. */
export class ResultsHost {
  /** What the page sent beside its requests. */
  readonly intents: FromResults[] = [];
  /** The rows of each tab; others have a million customers. */
  readonly rows = new Map<string, StoredRows>();
  requests = 0;
  private readonly answers = new RowAnswers((tab) => {
    const rows = this.rows.get(tab) ?? new GeneratedRows(1_000_000);
    this.rows.set(tab, rows);
    return {
      ...{ id: tab, statement: 'SELECT', connection: '' },
      endpoint: { instanceId: 'i', endpointId: 'e' },
      outcome: { kind: 'rows', rows, startedAtMs: 0, warnings: [] },
    };
  }, log);

  async attach(webview: Webview): Promise<this> {
    await webview.answerWith(async (sent) => {
      const message = v.parse(fromResultsSchema, sent);
      if ('requestId' in message) {
        this.requests += 1;
        return { type: 'answer', requestId: message.requestId, ...(await this.answers.answer(message)) };
      }
      this.intents.push(message);
      return undefined;
    });
    return this;
  }
}
