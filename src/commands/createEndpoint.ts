import { commands } from '../ids';
import type { Command } from './command';
import { instanceFor, targetOf } from './target';

/** Opens the creation panel on an instance. */
export const createEndpoint: Command = {
  id: commands.createEndpoint,
  title: 'Create Private Endpoint',
  handler:
    ({ inventory, creation }) =>
    async (argument) => {
      const instance = await instanceFor(inventory, targetOf(argument));
      creation.show(instance.id);
    },
};
