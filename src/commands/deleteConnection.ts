import { hasConnection } from '../core/health';
import { commands } from '../ids';
import type { Command } from './command';
import { connectionQuestion } from './deletionWords';
import { confirm, endpointToDelete, remove } from './removal';
import { targetOf } from './target';

/** Deletes the connection in TiDB Cloud; the endpoint in Alibaba Cloud stays. */
export const deleteConnection: Command = {
  id: commands.deleteConnection,
  title: 'Delete Private Endpoint Connection',
  handler: (services) => async (argument) => {
    const found = await endpointToDelete(services, targetOf(argument), {
      placeHolder: 'Delete Connection: choose a private endpoint',
      source: 'TiDB Cloud',
      what: 'a private endpoint connection',
      fits: hasConnection,
    });
    await confirm(connectionQuestion(found.dependents), 'Delete Connection');
    await remove(services, found, { connection: true, endpoint: false });
  },
};
