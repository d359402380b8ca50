import { MarkdownString, StatusBarAlignment, ThemeColor, window, type StatusBarItem } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { HealthLevel } from '../core/health';
import { counted } from '../core/counted';
import { reachWords } from '../core/reach';
import { commands } from '../ids';
import type { EndpointHealth, HealthMonitor } from '../services/healthMonitor';

const icons: Record<HealthLevel, string> = {
  healthy: 'pass',
  changing: 'sync~spin',
  attention: 'warning',
  failed: 'error',
};

const gatheringMs = 50;

/** One item: the worst health among the endpoints. Hidden while there is none, or by setting. */
export class HealthItem implements Disposable {
  private readonly item: StatusBarItem;
  private readonly subscription: Disposable;
  private due: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly monitor: Pick<HealthMonitor, 'health' | 'onDidChange'>,
    private readonly isWanted: () => boolean,
  ) {
    this.item = window.createStatusBarItem('health', StatusBarAlignment.Left, 0);
    this.item.name = 'TiDB Private Endpoint Health';
    this.item.command = commands.showHealth;
    this.subscription = monitor.onDidChange(() => this.renderSoon());
    this.render();
  }

  render(): void {
    const { health } = this.monitor;
    const [worst] = health;
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

  /** Once for all that changes at the same time. */
  private renderSoon(): void {
    this.due ??= setTimeout(() => {
      this.due = undefined;
      this.render();
    }, gatheringMs);
  }

  dispose(): void {
    clearTimeout(this.due);
    this.subscription.dispose();
    this.item.dispose();
  }
}

function summary({ instance, endpoint, verdict }: EndpointHealth, count: number): string {
  if (verdict.level === 'healthy') {
    return `${counted(count, 'endpoint')} healthy`;
  }
  const isOfConnection = endpoint.connection?.state.toLowerCase() === verdict.word.toLowerCase();
  return `${instance.name}: ${isOfConnection ? 'connection ' : ''}${verdict.word}`;
}

/** The worst ones; nobody reads more in a tooltip. */
const mostRows = 20;

function table(health: readonly EndpointHealth[]): MarkdownString {
  const tooltip = new MarkdownString(
    '| Instance | Endpoint | State | From Here | Since |\n|---|---|---|---|---|\n',
  );
  for (const { instance, endpoint, verdict, reach, sinceMs } of health.slice(0, mostRows)) {
    const cells = [
      instance.name,
      endpoint.endpoint?.name ? endpoint.endpoint.name : endpoint.endpointId,
      verdict.word,
      reach === undefined ? '' : reachWords(reach),
      sinceMs === undefined ? '' : new Date(sinceMs).toLocaleString(),
    ];
    cells.forEach((text) => tooltip.appendMarkdown('| ').appendText(text).appendMarkdown(' '));
    tooltip.appendMarkdown('|\n');
  }
  if (health.length > mostRows) {
    tooltip.appendMarkdown(`\nand ${health.length - mostRows} more`);
  }
  return tooltip;
}
