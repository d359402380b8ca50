import { StatusBarAlignment, ThemeColor, window, type StatusBarItem } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { HealthLevel } from '../core/health';
import { counted, grouped } from '../core/counted';
import { commands } from '../ids';
import { plainText } from '../platform/plainText';
import type { EndpointHealth, HealthMonitor } from '../services/healthMonitor';
import { healthTable, notReadWords } from './healthTable';

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
    // Asked first: the health of everything costs something.
    const health = this.isWanted() ? this.monitor.health : [];
    const [worst] = health;
    if (worst === undefined) {
      this.item.hide();
      return;
    }
    const now = Date.now();
    const { icon, text } = summary(worst, health, now);
    this.item.text = `$(${icon}) ${text}`;
    this.item.accessibilityInformation = { label: `TiDB private endpoints: ${text}`, role: 'button' };
    this.item.backgroundColor =
      worst.verdict.level === 'failed' ? new ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.tooltip = healthTable(health, now);
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

interface Shown {
  readonly icon: string;
  readonly text: string;
}

function summary(worst: EndpointHealth, health: readonly EndpointHealth[], nowMs: number): Shown {
  const { instance, endpoint, verdict } = worst;
  if (verdict.level !== 'healthy') {
    const isOfConnection = endpoint.connection?.state.toLowerCase() === verdict.word.toLowerCase();
    return {
      icon: icons[verdict.level],
      text: `${plainText(instance.name)}: ${isOfConnection ? 'connection ' : ''}${verdict.word}`,
    };
  }
  const all = counted(health.length, 'endpoint');
  const stale = health.filter(({ isStale }) => isStale === true);
  if (stale.length === 0) {
    return { icon: icons.healthy, text: `${all} healthy` };
  }
  const which = stale.length === health.length ? `${all},` : `${grouped(stale.length)} of ${all}`;
  const times = stale.flatMap(({ readMs }) => readMs ?? []);
  const since = times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
  return { icon: 'debug-disconnect', text: `${which} ${notReadWords(since, nowMs)}` };
}
