import { commands } from '../ids';
import type { Command } from './command';

export const showLog: Command = {
  id: commands.showLog,
  title: 'Show Log',
  handler:
    ({ showLog: show }) =>
    () =>
      show(),
};
