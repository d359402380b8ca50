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
      const target = targetOf(argument);
      const active = window.activeTextEditor?.document.uri.toString();
      const bound = active === undefined ? undefined : documents.endpointOf(active);
      if (target.endpointId === undefined && bound !== undefined && connections.isOpen(bound)) {
        await connections.disconnect(bound);
      } else if (!inventory.endpoints().some(({ endpoint }) => connections.isOpen(endpoint))) {
        void window.showInformationMessage('No SQL connection is open.');
        return;
      } else {
        const { endpoint } = await endpointFor(inventory, target, {
          placeHolder: 'Disconnect: choose a private endpoint',
          what: 'a private endpoint with an open connection',
          fits: (candidate) => connections.isOpen(candidate),
        });
        if (!connections.isOpen(endpoint)) {
          void window.showInformationMessage(`No SQL connection to ${endpoint.endpointId} is open.`);
          return;
        }
        await connections.disconnect(endpoint);
      }
      window.setStatusBarMessage('$(check) Disconnected', 3000);
    },
};
