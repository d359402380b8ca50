import type { Uri, WebviewView, WebviewViewProvider } from 'vscode';
import { commands as vscodeCommands } from 'vscode';
import type { Log } from '../core/ports';
import { commands, views } from '../ids';
import { fromResultsSchema, type ResultsState } from '../protocol/results';
import { WebviewChannel } from './panelBase';

const empty: ResultsState = { connection: '', statement: '', outcome: { kind: 'empty' } };

/** The results panel: shows the last statement that was run and what came of it. */
export class ResultsView implements WebviewViewProvider {
  private channel: WebviewChannel<ResultsState, typeof fromResultsSchema> | undefined;
  private state = empty;

  constructor(
    private readonly extensionUri: Uri,
    private readonly log: Log,
  ) {}

  resolveWebviewView(view: WebviewView): void {
    const channel = new WebviewChannel<ResultsState, typeof fromResultsSchema>(view.webview, {
      extensionUri: this.extensionUri,
      bundle: { name: 'results', title: 'SQL Results' },
      schema: fromResultsSchema,
      onMessage: () => void vscodeCommands.executeCommand(commands.cancelSql),
      log: this.log,
    });
    this.channel = channel;
    channel.send(this.state);
    view.onDidDispose(() => {
      channel.dispose();
      this.channel = this.channel === channel ? undefined : this.channel;
    });
  }

  show(state: ResultsState): void {
    this.state = state;
    this.channel?.send(state);
  }

  clear(): void {
    this.show(empty);
  }

  /** Brings the panel up without taking the cursor out of the SQL document. */
  async reveal(): Promise<void> {
    await vscodeCommands.executeCommand(`${views.results}.focus`, { preserveFocus: true });
  }
}
