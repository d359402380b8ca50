import { MarkdownString, StatusBarAlignment, ThemeColor, window, type StatusBarItem } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { HealthLevel } from '../core/health';
import { commands } from '../ids';
import type { EndpointHealth, HealthMonitor } from '../services/healthMonitor';
import type { Inventory } from '../services/inventory';

const icons: Record<HealthLevel, string> = {
  healthy: 'pass',
  changing: 'sync~spin',
  attention: 'warning',
  failed: 'error',
};

/** One item: the worst health among the endpoints. Hidden while there is none, or by setting. */
export class HealthItem implements Disposable {
  private readonly item: StatusBarItem;
  private readonly subscription: Disposable;

  constructor(
    private readonly monitor: HealthMonitor,
    inventory: Inventory,
    private readonly isWanted: () => boolean,
  ) {
    this.item = window.createStatusBarItem('health', StatusBarAlignment.Left, 0);
    this.item.name = 'TiDB Private Endpoint Health';
    this.item.command = commands.showHealth;
    this.subscription = inventory.onDidChange(() => this.render());
    this.render();
  }

  render(): void {
    const { worst, health } = this.monitor;
    if (worst === undefined || !this.isWanted()) {
      this.item.hide();
      return;
    }
    const text = summary(worst, health.length);
    this.item.text = `$(${icons[worst.verdict.level]}) ${text}`;
    this.item.accessibilityInformation = { label: `TiDB private endpoints: ${text}`, role: 'button' };
    this.item.backgroundColor =
      worst.verdict.level === 'failed' ? new ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.tooltip = table(health);
    this.item.show();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }
}

function summary({ instance, verdict }: EndpointHealth, count: number): string {
  return verdict.level === 'healthy'
    ? `${count} ${count === 1 ? 'endpoint' : 'endpoints'} healthy`
    : `${instance.name}: ${verdict.word}`;
}

function table(health: readonly EndpointHealth[]): MarkdownString {
  const tooltip = new MarkdownString('| Instance | Endpoint | State |\n|---|---|---|\n');
  for (const { instance, endpoint, verdict } of health) {
    tooltip.appendMarkdown('| ').appendText(instance.name);
    tooltip.appendMarkdown(' | ').appendText(endpoint.endpointId);
    tooltip.appendMarkdown(' | ').appendText(verdict.word).appendMarkdown(' |\n');
  }
  return tooltip;
}
