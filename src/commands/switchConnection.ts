import { ThemeIcon, window, type QuickPickItem } from 'vscode';
import { cancellation, AppError } from '../core/errors';
import { endpointName } from '../core/health';
import { commands } from '../ids';
import { endpointKey } from '../services/connections';
import type { Command, CommandServices } from './command';
import { activeEndpoint, openSession } from './connect';
import { sqlEditor } from './documentStatements';
import { loadEndpoints, throwFailure, type FoundEndpoint } from './target';

interface Choice extends QuickPickItem {
  /** Left out: none any more. */
  readonly found?: FoundEndpoint;
}

/** Binds the active SQL document to another private endpoint, or to none. */
export const switchConnection: Command = {
  id: commands.switchConnection,
  title: 'Switch Connection',
  handler: (services) => async (argument) => {
    const { connections, documents, sqlRunner } = services;
    const { document } = sqlEditor(argument);
    const uri = document.uri.toString();
    if (sqlRunner.isRunning(documents.slotOf(uri))) {
      throw new AppError('conflict', {
        source: 'SQL',
        reason: 'a statement of this document is still running; cancel it first',
      });
    }
    const { found } = await choose(services, uri);
    const before = documents.endpointOf(uri);
    const slot = documents.slotOf(uri);
    if (found === undefined) {
      documents.unbind(uri);
      await connections.release(slot);
      return;
    }
    if (before !== undefined && endpointKey(before) !== endpointKey(found.endpoint)) {
      await connections.release(slot);
    }
    documents.bind(uri, found.endpoint);
    await openSession(services, found.instance, found.endpoint, slot);
  },
};

async function choose(services: CommandServices, uri: string): Promise<Choice> {
  const { inventory, documents, production } = services;
  const bound = documents.endpointOf(uri);
  const instances = await loadEndpoints(inventory);
  const fitting = inventory.endpoints().filter(({ endpoint }) => activeEndpoint.fits(endpoint));
  if (fitting.length === 0 && bound === undefined) {
    throwFailure(inventory, instances);
    throw new AppError('notFound', { source: 'TiDB Cloud', subject: activeEndpoint.what });
  }
  const items: readonly Choice[] = [
    ...fitting.map(({ instance, endpoint }) => ({
      label: endpointName(endpoint),
      iconPath: new ThemeIcon('plug'),
      description: [
        instance.name,
        ...(production.has(endpoint.endpointId) ? ['production'] : []),
        ...(bound !== undefined && endpointKey(bound) === endpointKey(endpoint) ? ['in use'] : []),
      ].join(' · '),
      found: { instance, endpoint },
    })),
    ...(bound === undefined
      ? []
      : [
          {
            label: 'Disconnect',
            iconPath: new ThemeIcon('debug-disconnect'),
            description: 'This document runs on no private endpoint',
          },
        ]),
  ];
  const chosen = await window.showQuickPick(items, {
    placeHolder: 'Choose the private endpoint that this document runs on',
    matchOnDescription: true,
  });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen;
}
