import { commands as vscodeCommands, window } from 'vscode';
import { healthLevels } from '../core/health';
import { commands } from '../ids';
import type { EndpointHealth } from '../services/healthMonitor';
import type { Command } from './command';

const icons = ['pass', 'sync', 'warning', 'error'] as const;

/** The endpoints from worst to best, and what can be done with the one that is picked. */
export const showHealth: Command = {
  id: commands.showHealth,
  title: 'Show Endpoint Health',
  handler:
    ({ monitor, inventory }) =>
    async () => {
      if (monitor.health.length === 0) {
        await inventory.refreshAll();
      }
      const { health } = monitor;
      if (health.length === 0) {
        const create = 'Create Private Endpoint';
        const chosen = await window.showInformationMessage('There is no private endpoint yet.', create);
        if (chosen === create) {
          await vscodeCommands.executeCommand(commands.createEndpoint);
        }
        return;
      }
      const picked = await window.showQuickPick(health.map(itemOf), {
        title: 'Endpoint Health',
        placeHolder: 'Choose an endpoint to see what can be done',
        matchOnDetail: true,
      });
      if (picked !== undefined) {
        await act(picked.health);
      }
    },
};

const itemOf = (
  health: EndpointHealth,
): { label: string; description: string; detail: string; health: EndpointHealth } => ({
  label: `$(${icons[healthLevels.indexOf(health.verdict.level)] ?? 'question'}) ${health.instance.name}`,
  description: `${health.verdict.word} · ${health.endpoint.endpointId}`,
  detail: health.verdict.explanation,
  health,
});

async function act({ endpoint, verdict }: EndpointHealth): Promise<void> {
  const target = { instanceId: endpoint.instanceId, endpointId: endpoint.endpointId };
  const actions = [
    ...(verdict.level === 'healthy' ? [{ label: '$(database) Connect', command: commands.connect }] : []),
    { label: '$(list-ordered) Open Creation Panel', command: commands.openCreation },
    { label: '$(refresh) Refresh', command: commands.refresh },
    { label: '$(copy) Copy Endpoint ID', command: commands.copyEndpointId },
    { label: '$(copy) Copy Domain Name', command: commands.copyDomainName },
    { label: '$(link-external) Open in TiDB Cloud', command: commands.openInTidbCloud },
    { label: '$(link-external) Open in Alibaba Cloud', command: commands.openInAlibabaCloud },
  ];
  const picked = await window.showQuickPick(actions, {
    placeHolder: `${endpoint.endpointId}: ${verdict.word}`,
  });
  if (picked !== undefined) {
    await vscodeCommands.executeCommand(picked.command, target);
  }
}
