import { window, type TextDocument } from 'vscode';
import { AppError } from '../core/errors';
import { endpointName } from '../core/health';
import { explained } from '../core/plan/explained';
import { commands } from '../ids';
import type { ResultEntry } from '../services/results';
import type { RunStatement, SqlRun } from '../services/sqlRunner';
import type { Command, CommandServices } from './command';
import { activeEndpoint, openSession } from './connect';
import { allStatements, chosenStatements, placeIn, sqlEditor, statementAtPlace } from './documentStatements';
import { askBeforeExplaining, guardProduction } from './sqlGuard';
import { endpointFor, type FoundEndpoint } from './target';

/** Runs the selection, or the statement under the cursor, and shows what comes of it in the results panel. */
export const runSql: Command = {
  id: commands.runSql,
  title: 'Run SQL',
  concurrent: true,
  handler: (services) => async (argument) => {
    const before = services.results.entry(againOf(argument) ?? '');
    if (before !== undefined) {
      await runAgain(services, before);
      return;
    }
    const { document, choose } = chosenIn(services, argument);
    await runInDocument(services, document, choose);
  },
};

/** Runs all statements of the document in their order, until one does not succeed. */
export const runAllSql: Command = {
  id: commands.runAllSql,
  title: 'Run All SQL',
  concurrent: true,
  handler: (services) => async (argument) => {
    const { document } = sqlEditor(argument);
    await runInDocument(services, document, () => allStatements(services.statements, document));
  },
};

/** Runs the selection, or the statement under the cursor, for the plan that the server took, and shows that. */
export const explainSql: Command = {
  id: commands.explainSql,
  title: 'Run and Explain SQL',
  concurrent: true,
  handler: (services) => async (argument) => {
    const { document, choose } = chosenIn(services, argument);
    await runInDocument(services, document, async () => (await choose()).map(forItsPlan), { explains: true });
  },
};

/** Stops what the panel shows, or what the active document runs; else everything that runs. */
export const cancelSql: Command = {
  id: commands.cancelSql,
  title: 'Cancel SQL',
  handler:
    ({ sqlRunner, documents }) =>
    (argument) => {
      const { tab } = (argument ?? {}) as Record<string, unknown>;
      const shown = typeof tab === 'string' ? sqlRunner.runOfEntry(tab)?.slot : undefined;
      const active = window.activeTextEditor?.document.uri.toString();
      const own = active === undefined ? undefined : documents.slotOf(active);
      sqlRunner.cancel(shown ?? (own !== undefined && sqlRunner.isRunning(own) ? own : undefined));
    },
};

interface Chosen {
  readonly document: TextDocument;
  readonly choose: () => Promise<readonly RunStatement[]>;
}

/** The place that a code lens names, else the selection of an editor, or the statement under its cursor. */
function chosenIn({ statements }: CommandServices, argument: unknown): Chosen {
  const place = placeIn(argument);
  if (place !== undefined) {
    return { document: place.document, choose: () => statementAtPlace(statements, place) };
  }
  const editor = sqlEditor(argument);
  return { document: editor.document, choose: () => chosenStatements(statements, editor) };
}

function forItsPlan({ text, start }: RunStatement): RunStatement {
  const found = explained(text);
  if (found === undefined) {
    throw new AppError('invalidInput', {
      source: 'Extension',
      reason:
        'Only queries and statements that change rows have a plan: SELECT, INSERT, UPDATE, DELETE and the like',
    });
  }
  return { text: found.text, start: start + found.start };
}

/** The result whose statement is to be run again. */
function againOf(argument: unknown): string | undefined {
  const { again } = (argument ?? {}) as Record<string, unknown>;
  return typeof again === 'string' ? again : undefined;
}

async function runAgain(
  services: CommandServices,
  { endpoint, statement, slot, explains }: ResultEntry,
): Promise<void> {
  const found = await endpointFor(services.inventory, endpoint, {
    placeHolder: 'Run SQL: choose a private endpoint',
    ...activeEndpoint,
  });
  await run(services, found, {
    ...{ slot: slot ?? 'results', statements: [{ text: statement, start: 0 }] },
    ...(explains && { explains }),
  });
}

async function runInDocument(
  services: CommandServices,
  document: TextDocument,
  choose: () => Promise<readonly RunStatement[]>,
  how: Pick<SqlRun, 'explains'> = {},
): Promise<void> {
  const uri = document.uri.toString();
  if (refuseWhileRunning(services, services.documents.slotOf(uri))) {
    return;
  }
  const statements = await choose();
  const found = await endpointOf(document, services);
  const slot = services.documents.slotOf(uri);
  await run(services, found, { slot, document: uri, statements, ...how }, () => {
    if (!document.isClosed) {
      services.documents.bind(uri, found.endpoint);
    }
  });
}

/** One at a time: the session has one, and a second one would wait for nobody knows how long. */
function refuseWhileRunning({ sqlRunner }: CommandServices, slot: string): boolean {
  if (!sqlRunner.isRunning(slot)) {
    return false;
  }
  const cancel = 'Cancel It';
  void window
    .showWarningMessage(
      'A statement of this document is still running. Wait for it, or cancel it first.',
      cancel,
    )
    .then((chosen) => chosen === cancel && sqlRunner.cancel(slot));
  return true;
}

async function run(
  services: CommandServices,
  { instance, endpoint }: FoundEndpoint,
  what: Pick<SqlRun, 'slot' | 'document' | 'statements' | 'explains'>,
  onOpen: () => void = () => undefined,
): Promise<void> {
  const { sqlRunner, production, resultsView } = services;
  const { instanceId, endpointId } = endpoint;
  const connection = `${instance.name} · ${endpointName(endpoint)}`;
  const texts = what.statements.map(({ text }) => text);
  const guard = what.explains === true ? askBeforeExplaining : guardProduction;
  await guard(production, { endpointId, connection }, texts);
  if (refuseWhileRunning(services, what.slot)) {
    return;
  }
  await sqlRunner.run(
    { ...what, endpoint: { instanceId, endpointId }, connection },
    (signal) => openSession(services, instance, endpoint, what.slot, undefined, signal),
    () => {
      onOpen();
      void resultsView.reveal();
    },
  );
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
