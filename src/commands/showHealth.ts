import { commands as vscodeCommands, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { endpointName, type HealthLevel } from '../core/health';
import { reachWords } from '../core/reach';
import { commands } from '../ids';
import { plainText } from '../platform/plainText';
import type { EndpointHealth } from '../services/healthMonitor';
import type { Command } from './command';
import { loadEndpoints, throwFailure } from './target';

const icons: Record<HealthLevel, string> = {
  healthy: 'pass',
  changing: 'sync',
  attention: 'warning',
  failed: 'error',
};

/** The endpoints from worst to best, and what can be done with the one that is picked. */
export const showHealth: Command = {
  id: commands.showHealth,
  title: 'Show Endpoint Health',
  handler:
    ({ monitor, inventory }) =>
    async () => {
      let { health } = monitor;
      if (health.length === 0) {
        await inventory.refreshAll();
        const instances = await loadEndpoints(inventory);
        health = monitor.health;
        if (health.length === 0) {
          throwFailure(inventory, instances);
          offerCreation();
          return;
        }
      }
      const picked = await window.showQuickPick(health.map(itemOf), {
        title: 'Endpoint Health',
        placeHolder: 'Choose an endpoint to see what can be done',
        matchOnDescription: true,
        matchOnDetail: true,
      });
      if (picked !== undefined) {
        await act(picked.health);
      }
    },
};

/** Returns at once: the message may be left unanswered, and the command must run again all the same. */
function offerCreation(): void {
  const create = 'Create Private Endpoint';
  void window.showInformationMessage('There is no private endpoint yet.', create).then((chosen) => {
    if (chosen === create) {
      void vscodeCommands.executeCommand(commands.createEndpoint);
    }
  });
}

const itemOf = (health: EndpointHealth): QuickPickItem & { health: EndpointHealth } => {
  const { instance, endpoint, verdict, reach } = health;
  const words = [
    verdict.word,
    ...(reach === undefined ? [] : [reachWords(reach)]),
    ...(health.isStale === true ? ['not read lately'] : []),
    endpointName(endpoint),
    ...(endpointName(endpoint) === endpoint.endpointId ? [] : [endpoint.endpointId]),
  ];
  return {
    label: plainText(instance.name),
    iconPath: new ThemeIcon(icons[verdict.level]),
    description: plainText(words.join(' · ')),
    detail: plainText(verdict.explanation),
    health,
  };
};

async function act({ instance, endpoint, verdict }: EndpointHealth): Promise<void> {
  const target = { instanceId: endpoint.instanceId, endpointId: endpoint.endpointId };
  const actions = [
    ...(verdict.level === 'healthy'
      ? [{ label: 'Connect', iconPath: new ThemeIcon('database'), command: commands.connect }]
      : []),
    { label: 'Show Details', iconPath: new ThemeIcon('info'), command: commands.showDetails },
    { label: 'Diagnose Connection', iconPath: new ThemeIcon('search-fuzzy'), command: commands.diagnose },
    { label: 'Open Creation Panel', iconPath: new ThemeIcon('list-ordered'), command: commands.openCreation },
    { label: 'Refresh', iconPath: new ThemeIcon('refresh'), command: commands.refresh },
    { label: 'Show Health History', iconPath: new ThemeIcon('history'), command: commands.showHealthHistory },
    { label: 'Copy Endpoint ID', iconPath: new ThemeIcon('copy'), command: commands.copyEndpointId },
    { label: 'Copy Domain Name', iconPath: new ThemeIcon('copy'), command: commands.copyDomainName },
    {
      label: 'Open in TiDB Cloud',
      iconPath: new ThemeIcon('link-external'),
      command: commands.openInTidbCloud,
    },
    {
      label: 'Open in Alibaba Cloud',
      iconPath: new ThemeIcon('link-external'),
      command: commands.openInAlibabaCloud,
    },
  ];
  const picked = await window.showQuickPick(actions, {
    title: plainText(`${instance.name} · ${endpointName(endpoint)}`),
    placeHolder: `${endpoint.endpointId}: ${verdict.word}`,
  });
  if (picked !== undefined) {
    await vscodeCommands.executeCommand(picked.command, target);
  }
}
