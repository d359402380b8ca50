import { ThemeIcon, window } from 'vscode';
import type { HealthLevel } from '../core/health';
import { commands } from '../ids';
import { plainText } from '../platform/plainText';
import type { Command } from './command';
import { endpointFor, targetOf } from './target';

export const showDetails: Command = {
  id: commands.showDetails,
  title: 'Show Endpoint Details',
  handler:
    ({ inventory, details }) =>
    async (argument) => {
      const { endpoint } = await endpointFor(inventory, targetOf(argument), {
        placeHolder: 'Show Endpoint Details: choose a private endpoint',
        what: 'a private endpoint',
      });
      details.show({ instanceId: endpoint.instanceId, endpointId: endpoint.endpointId });
    },
};

const icons: Record<HealthLevel, string> = {
  healthy: 'pass',
  changing: 'sync',
  attention: 'warning',
  failed: 'error',
};

/** The changes of health that were seen, the newest first. */
export const showHealthHistory: Command = {
  id: commands.showHealthHistory,
  title: 'Show Health History',
  handler:
    ({ healthHistory, inventory, details }) =>
    async () => {
      const items = healthHistory.recent().map(({ atMs, level, word, explanation, ...ref }) => {
        const endpoint = inventory.endpoint(ref.instanceId, ref.endpointId)?.endpoint;
        return {
          label: plainText(
            [inventory.instance(ref.instanceId)?.name, endpoint?.name ? endpoint.name : ref.endpointId]
              .filter((name) => name !== undefined)
              .join(' · '),
          ),
          iconPath: new ThemeIcon(icons[level]),
          description: `${word} · ${new Date(atMs).toLocaleString()}`,
          detail: plainText(explanation),
          ref,
        };
      });
      if (items.length === 0) {
        void window.showInformationMessage('No change of health has been seen yet.');
        return;
      }
      const picked = await window.showQuickPick(items, {
        placeHolder: 'Changes of health; choose one to see the endpoint',
        matchOnDescription: true,
        matchOnDetail: true,
      });
      if (picked !== undefined) {
        details.show(picked.ref);
      }
    },
};
