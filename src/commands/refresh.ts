import { AppError } from '../core/errors';
import { commands } from '../ids';
import type { Command } from './command';
import { catalogTargetOf, targetOf } from './target';

/** All instances, or the one whose row was clicked. What fails is shown by the tree, save that nobody is signed in. */
export const refresh: Command = {
  id: commands.refresh,
  title: 'Refresh',
  handler:
    ({ inventory, catalog }) =>
    async (argument) => {
      const { instanceId, endpointId } = targetOf(argument);
      if (instanceId !== undefined && endpointId !== undefined) {
        const { database, table } = catalogTargetOf(argument);
        catalog.refresh({ instanceId, endpointId, ...(database && { database }), ...(table && { table }) });
        if (database !== undefined) {
          return;
        }
      }
      await (instanceId === undefined ? inventory.refreshAll() : inventory.refreshDetails(instanceId));
      const { error } = inventory.snapshot.instances;
      if (AppError.is(error) && error.code === 'notSignedIn') {
        throw error;
      }
    },
};
