import { commands as vscodeCommands } from 'vscode';
import type { contexts } from '../ids';

export type ContextKey = (typeof contexts)[keyof typeof contexts];

/** Sets `when` clause context; a value that has not changed is not sent again. */
export class ContextKeys {
  private readonly sent = new Map<ContextKey, string>();

  set(key: ContextKey, value: boolean | readonly string[]): void {
    const text = JSON.stringify(value);
    if (this.sent.get(key) !== text) {
      this.sent.set(key, text);
      void vscodeCommands.executeCommand('setContext', key, value);
    }
  }
}
