import { commands } from '../ids';
import type { Command } from './command';
import { targetOf } from './target';

/** All instances, or the one whose row was clicked. */
export const refresh: Command = {
  id: commands.refresh,
  title: 'Refresh',
  handler:
    ({ inventory }) =>
    async (argument) => {
      const { instanceId } = targetOf(argument);
      await (instanceId === undefined ? inventory.refreshAll() : inventory.refreshDetails(instanceId));
    },
};
