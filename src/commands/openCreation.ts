import { commands } from '../ids';
import type { Command } from './command';
import { targetOf } from './target';

/** Opens the creation panel as it is; the instance is chosen in it. */
export const openCreation: Command = {
  id: commands.openCreation,
  title: 'Open Creation Panel',
  handler:
    ({ creation }) =>
    (argument) =>
      creation.show(targetOf(argument).instanceId),
};
