import { window, type TextDocument, type TextEditor } from 'vscode';
import { AppError, isCancellation } from '../core/errors';
import type { SqlResult } from '../core/ports';
import { statementAt } from '../core/statements';
import { commands } from '../ids';
import { readSettings } from '../platform/settings';
import { HeldRows } from '../services/heldRows';
import type { ResultOutcome } from '../services/results';
import { activeEndpoint, openSession } from './connect';
import type { Command, CommandServices } from './command';
import { endpointFor, type FoundEndpoint } from './target';

/** Runs the selection, or the statement under the cursor, and shows what comes of it in the results panel. */
export const runSql: Command = {
  id: commands.runSql,
  title: 'Run SQL',
  concurrent: true,
  handler: (services) => async (argument) => {
    const before = services.results.entry(againOf(argument) ?? '');
    if (before !== undefined) {
      const { instance, endpoint } = await endpointFor(services.inventory, before.endpoint, {
        placeHolder: 'Run SQL: choose a private endpoint',
        ...activeEndpoint,
      });
      await run(services, { instance, endpoint }, before.statement, 'again');
      return;
    }
    const editor = window.activeTextEditor;
    if (editor === undefined) {
      throw new AppError('invalidInput', { source: 'Extension', reason: 'Open a SQL document first' });
    }
    const statement = statementOf(editor);
    const { instance, endpoint } = await endpointOf(editor.document, services);
    await run(services, { instance, endpoint }, statement, editor.document.uri.toString(), () => {
      if (!editor.document.isClosed) {
        services.documents.bind(editor.document.uri.toString(), endpoint);
      }
    });
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

/** The result whose statement is to be run again. */
function againOf(argument: unknown): string | undefined {
  const { again } = (argument ?? {}) as Record<string, unknown>;
  return typeof again === 'string' ? again : undefined;
}

async function run(
  services: CommandServices,
  { instance, endpoint }: FoundEndpoint,
  statement: string,
  slot: string,
  onOpen: () => void = () => undefined,
): Promise<void> {
  if ((await openSession(services, instance, endpoint, slot)) === undefined) {
    return;
  }
  onOpen();
  const connection = `${instance.name} · ${endpoint.endpointId}`;
  const id = services.newId();
  const startedAtMs = services.clock.now();
  const show = (outcome: ResultOutcome): void => services.results.update(id, outcome);
  services.results.set([{ id, statement, endpoint, connection, outcome: { kind: 'running', startedAtMs } }]);
  await services.resultsView.reveal();
  try {
    const result = await services.connections.run(endpoint, slot, statement, {
      maxRows: readSettings.sqlMaxRows(),
      timeoutMs: readSettings.sqlQueryTimeoutSeconds() * 1000,
    });
    show(outcomeOf(result, startedAtMs));
  } catch (error) {
    if (isCancellation(error)) {
      show({ kind: 'cancelled' });
      return;
    }
    show({ kind: 'failed', error });
    services.log.error('Run SQL: failed', error);
  }
}

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

function outcomeOf(result: SqlResult, startedAtMs: number): ResultOutcome {
  const { columns, affectedRows, elapsedMs } = result;
  return columns.length > 0
    ? { kind: 'rows', rows: new HeldRows(result), startedAtMs, elapsedMs, warnings: [] }
    : { kind: 'done', affectedRows: affectedRows ?? 0, info: '', elapsedMs, warnings: [] };
}
