import { Position, ProgressLocation, Selection, window, workspace } from 'vscode';
import type { PrivateEndpoint } from '../core/health';
import type { Instance } from '../core/model';
import type { SqlSession } from '../core/ports';
import { commands } from '../ids';
import { addressOf } from '../services/connections';
import { askCredentials } from './askCredentials';
import type { Command, CommandServices } from './command';
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
    const session = await openSession(services, instance, endpoint);
    if (session !== undefined) {
      await openDocument(services, instance, endpoint, session);
    }
  },
};

/** What SQL can be run on. */
export const activeEndpoint = {
  what: 'a private endpoint that is Active',
  fits: ({ connection }: PrivateEndpoint) => connection?.state === 'ACTIVE',
};

/** Undefined when the person cancelled. */
export async function openSession(
  { connections, sandbox }: CommandServices,
  instance: Instance,
  endpoint: PrivateEndpoint,
): Promise<SqlSession | undefined> {
  if (connections.isOpen(endpoint)) {
    return connections.open(endpoint, () => Promise.resolve(undefined));
  }
  const password = sandbox.current?.databasePassword;
  const hint = password === undefined ? '' : ` (in the sandbox: ${password})`;
  return window.withProgress(
    { location: ProgressLocation.Notification, title: `Connecting to ${instance.name}…`, cancellable: true },
    (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return connections.open(
        endpoint,
        (question) => askCredentials(instance.name, question, abort.signal, hint),
        abort.signal,
      );
    },
  );
}

async function openDocument(
  { documents }: CommandServices,
  instance: Instance,
  endpoint: PrivateEndpoint,
  session: SqlSession,
): Promise<void> {
  const { host, port } = addressOf(endpoint);
  const heading = [`-- ${instance.name} (${session.serverVersion})`, `-- ${host}:${port}`, ''];
  const statement = 'SELECT VERSION(), CURRENT_USER(), NOW();';
  const name = `${instance.name}-${endpoint.endpointId.slice(-6)}.sql`;
  const uri = freeUntitledUri(name);
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
