import { window } from 'vscode';
import { commands } from '../ids';
import type { Command } from './command';
import { endpointFor, targetOf } from './target';

export const disconnect: Command = {
  id: commands.disconnect,
  title: 'Disconnect',
  handler:
    ({ connections, inventory, documents }) =>
    async (argument) => {
      const active = window.activeTextEditor?.document.uri.toString();
      const bound = active === undefined ? undefined : documents.endpointOf(active);
      const target = targetOf(argument);
      if (target.endpointId === undefined && bound !== undefined && connections.isOpen(bound)) {
        await connections.disconnect(bound);
        return;
      }
      if (!inventory.endpoints().some(({ endpoint }) => connections.isOpen(endpoint))) {
        void window.showInformationMessage('No SQL connection is open.');
        return;
      }
      const { endpoint } = await endpointFor(
        inventory,
        target,
        'Disconnect: choose a private endpoint',
        (candidate) => connections.isOpen(candidate),
      );
      await connections.disconnect(endpoint);
    },
};
