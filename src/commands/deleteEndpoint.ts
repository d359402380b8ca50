import { hasEndpoint } from '../core/health';
import { commands } from '../ids';
import { createdByTag, endpointTags } from '../services/provisioning/tags';
import type { Command } from './command';
import { endpointQuestion, foreignQuestion } from './deletionWords';
import { confirm, endpointToDelete, remove } from './removal';
import { targetOf } from './target';

/** Deletes an endpoint in Alibaba Cloud and, before it, its connection in TiDB Cloud. */
export const deleteEndpoint: Command = {
  id: commands.deleteEndpoint,
  title: 'Delete Endpoint',
  handler: (services) => async (argument) => {
    const found = await endpointToDelete(services, targetOf(argument), {
      placeHolder: 'Delete Endpoint: choose a private endpoint',
      source: 'Alibaba Cloud',
      what: 'an endpoint of this Alibaba Cloud account',
      fits: hasEndpoint,
    });
    const { endpoint, dependents } = found;
    await confirm(endpointQuestion(dependents), 'Delete Endpoint');
    if (endpoint.endpoint?.tags[createdByTag] !== endpointTags('', '')[createdByTag]) {
      await confirm(foreignQuestion(dependents), 'Delete It All the Same');
    }
    const state = endpoint.connection?.state;
    await remove(services, found, {
      connection: state !== undefined && state !== 'DISCOVERED',
      endpoint: true,
    });
  },
};
