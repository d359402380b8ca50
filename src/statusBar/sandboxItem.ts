import { StatusBarAlignment, ThemeColor, window, type StatusBarItem } from 'vscode';
import type { Disposable } from '../core/emitter';
import { commands } from '../ids';

/** Stays in sight as long as nothing that is shown is real. */
export class SandboxItem implements Disposable {
  private readonly item: StatusBarItem;

  /** @param canStop false where the settings lead to a sandbox that was started elsewhere */
  constructor(
    private readonly isSandbox: () => boolean,
    canStop: boolean,
  ) {
    this.item = window.createStatusBarItem('sandbox', StatusBarAlignment.Left, 1);
    this.item.name = 'TiDB Private Endpoint Sandbox';
    this.item.text = '$(beaker) TiDB Sandbox';
    const meaning = 'Practice clouds on this machine: nothing is real, nothing costs money.';
    this.item.tooltip = canStop ? `${meaning} Click to stop the sandbox.` : meaning;
    this.item.accessibilityInformation = { label: `TiDB Sandbox. ${this.item.tooltip}`, role: 'button' };
    this.item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
    this.item.command = canStop ? commands.stopSandbox : undefined;
    this.render();
  }

  render(): void {
    if (this.isSandbox()) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  dispose(): void {
    this.item.dispose();
  }
}
