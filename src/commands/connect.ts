import { Position, ProgressLocation, Selection, window, workspace, type Uri } from 'vscode';
import type { PrivateEndpoint } from '../core/health';
import type { Instance } from '../core/model';
import type { SqlSession } from '../core/ports';
import { commands } from '../ids';
import { addressOf } from '../services/connections';
import { askCredentials } from './askCredentials';
import type { Command, CommandServices } from './command';
import { passwordHint } from './password';
import { endpointFor, targetOf } from './target';
import { freeUntitledUri } from './untitled';

/** Opens SQL through an Active private endpoint: a session, and a SQL document bound to it. */
export const connect: Command = {
  id: commands.connect,
  title: 'Connect',
  handler: (services) => async (argument) => {
    const { instance, endpoint } = await endpointFor(services.inventory, targetOf(argument), {
      placeHolder: 'Connect: choose a private endpoint',
      ...activeEndpoint,
    });
    const uri = freeUntitledUri(`${instance.name}-${endpoint.endpointId.slice(-6)}.sql`);
    const slot = services.documents.slotOf(uri.toString());
    const database = textIn(argument, 'database');
    const session = await openSession(services, instance, endpoint, slot, database);
    if (session !== undefined) {
      const statement = textIn(argument, 'statement') ?? firstStatement;
      await openDocument(services, instance, endpoint, { session, uri, statement });
    }
  },
};

const firstStatement = 'SELECT VERSION(), CURRENT_USER(), NOW();';

/** What SQL can be run on. */
export const activeEndpoint = {
  what: 'a private endpoint that is Active',
  fits: ({ connection }: PrivateEndpoint) => connection?.state === 'ACTIVE',
};

/**
 * The session of one slot (a document's URI, or another user's name), opened with progress and questions where it is not
 * open. Undefined when the person cancelled. With `ended` aborted nobody wants it any more.
 */
export async function openSession(
  services: CommandServices,
  instance: Instance,
  endpoint: PrivateEndpoint,
  slot: string,
  database?: string,
  ended?: AbortSignal,
): Promise<SqlSession | undefined> {
  const { connections } = services;
  const hint = passwordHint(services);
  const abort = new AbortController();
  const isKept = connections.session(endpoint, slot) !== undefined;
  const signal = ended === undefined ? abort.signal : AbortSignal.any([abort.signal, ended]);
  const opening = connections.open(
    endpoint,
    (question) => askCredentials(instance.name, question, signal, hint),
    { slot, signal, ...(database !== undefined && { database }) },
  );
  if (isKept && (await endsWithin(unnoticedMs, opening))) {
    return opening;
  }
  return window.withProgress(
    { location: ProgressLocation.Notification, title: `Connecting to ${instance.name}…`, cancellable: true },
    (_, token) => {
      token.onCancellationRequested(() => abort.abort());
      return opening;
    },
  );
}

/** What takes no longer is shown no progress. */
const unnoticedMs = 300;

const endsWithin = (ms: number, work: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    work.then(end, end);
  });

/** Given by a row of a database, or by another command. */
function textIn(argument: unknown, name: 'database' | 'statement'): string | undefined {
  const { [name]: text } = (argument ?? {}) as Record<string, unknown>;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

async function openDocument(
  { documents }: CommandServices,
  instance: Instance,
  endpoint: PrivateEndpoint,
  {
    session,
    uri,
    statement,
  }: { readonly session: SqlSession; readonly uri: Uri; readonly statement: string },
): Promise<void> {
  const { host, port } = addressOf(endpoint);
  const heading = [`-- ${instance.name} (${session.serverVersion})`, `-- ${host}:${port}`, ''];
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document);
  if (document.getText() === '') {
    await editor.edit((edit) => edit.insert(new Position(0, 0), [...heading, statement, ''].join('\n')));
    editor.selection = new Selection(heading.length, 0, heading.length, 0);
  }
  if (!document.isClosed) {
    documents.bind(document.uri.toString(), endpoint);
  }
}
