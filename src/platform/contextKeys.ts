import { commands as vscodeCommands, Uri } from 'vscode';
import type { contexts } from '../ids';

export type ContextKey = (typeof contexts)[keyof typeof contexts];

/** Sets `when` clause context; a value that has not changed is not sent again. */
export class ContextKeys {
  private readonly sent = new Map<ContextKey, string>();

  set(key: ContextKey, value: boolean | readonly Uri[]): void {
    const text = JSON.stringify(value);
    if (this.sent.get(key) !== text) {
      this.sent.set(key, text);
      void vscodeCommands.executeCommand('setContext', key, value);
    }
  }

  /**
   * For `resource in …`. Given to the editor as URIs, not as text: in a remote window a file's URI is another one on its
   * side, and it translates only what it knows to be a URI.
   */
  setUris(key: ContextKey, uris: readonly string[]): void {
    this.set(
      key,
      uris.map((uri) => Uri.parse(uri)),
    );
  }
}
