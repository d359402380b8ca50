import { window, type TextDocument, type TextEditor } from 'vscode';
import { AppError, isCancellation, wordingOf } from '../core/errors';
import type { SqlResult } from '../core/ports';
import { statementAt } from '../core/statements';
import { commands } from '../ids';
import { readSettings } from '../platform/settings';
import type { ResultsState } from '../protocol/results';
import { activeEndpoint, openSession } from './connect';
import type { Command, CommandServices } from './command';
import { endpointFor, type FoundEndpoint } from './target';

/** Runs the selection, or the statement under the cursor, and shows what comes of it in the results panel. */
export const runSql: Command = {
  id: commands.runSql,
  title: 'Run SQL',
  concurrent: true,
  handler: (services) => async () => {
    const editor = window.activeTextEditor;
    if (editor === undefined) {
      throw new AppError('invalidInput', { source: 'Extension', reason: 'Open a SQL document first' });
    }
    const statement = statementOf(editor);
    const { instance, endpoint } = await endpointOf(editor.document, services);
    const slot = editor.document.uri.toString();
    if ((await openSession(services, instance, endpoint, slot)) === undefined) {
      return;
    }
    if (!editor.document.isClosed) {
      services.documents.bind(editor.document.uri.toString(), endpoint);
    }
    const connection = `${instance.name} · ${endpoint.endpointId}`;
    const show = (outcome: ResultsState['outcome']): void =>
      services.results.show({ connection, statement, outcome });
    show({ kind: 'running', startedAtMs: services.clock.now() });
    await services.results.reveal();
    try {
      const result = await services.connections.run(endpoint, slot, statement, {
        maxRows: readSettings.sqlMaxRows(),
        timeoutMs: readSettings.sqlQueryTimeoutSeconds() * 1000,
      });
      show(outcomeOf(result));
    } catch (error) {
      if (isCancellation(error)) {
        show({ kind: 'cancelled' });
        return;
      }
      const { message, nextStep } = wordingOf(error);
      show({ kind: 'failed', message, nextStep });
      services.log.error('Run SQL: failed', error);
    }
  },
};

export const cancelSql: Command = {
  id: commands.cancelSql,
  title: 'Cancel SQL',
  handler:
    ({ connections }) =>
    () =>
      connections.cancelRunning(),
};

/** The endpoint the document is bound to. When that one is gone, no other takes its place unless the person picks it. */
async function endpointOf(
  { uri }: TextDocument,
  { documents, inventory }: CommandServices,
): Promise<FoundEndpoint> {
  const bound = documents.endpointOf(uri.toString());
  try {
    return await endpointFor(inventory, bound ?? {}, {
      placeHolder: 'Run SQL: choose a private endpoint',
      ...activeEndpoint,
      always: true,
    });
  } catch (error) {
    if (AppError.is(error) && error.code === 'notFound') {
      documents.unbind(uri.toString());
    }
    throw error;
  }
}

function statementOf({ document, selection }: TextEditor): string {
  const selected = document.getText(selection).trim();
  if (selected !== '') {
    return selected;
  }
  const statement = statementAt(document.getText(), document.offsetAt(selection.active));
  if (statement === undefined) {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason: 'There is no statement at the cursor',
    });
  }
  return statement.text;
}

function outcomeOf(result: SqlResult): ResultsState['outcome'] {
  const { columns, rows, truncated, affectedRows, warningCount, elapsedMs } = result;
  return columns.length > 0
    ? { kind: 'rows', columns, rows, truncated, elapsedMs, warningCount }
    : { kind: 'done', affectedRows: affectedRows ?? 0, elapsedMs, warningCount };
}
