import type { Uri, WebviewView, WebviewViewProvider } from 'vscode';
import { commands as vscodeCommands, env, window } from 'vscode';
import type { Disposable } from '../../core/emitter';
import type { Clock, Log } from '../../core/ports';
import { commands, views } from '../../ids';
import { isRemedy, type Notifications } from '../../platform/notifications';
import { fromResultsSchema, type FromResults, type ResultsState } from '../../protocol/results';
import type { ResultEntry, Results } from '../../services/results';
import { WebviewChannel } from '../panelBase';
import { RowAnswers } from './rowAnswers';
import { tabOf } from './shown';
import { Growth } from './growth';
import { copySelection, copyValue, openValue } from './values';

export interface ResultsViewOptions {
  readonly extensionUri: Uri;
  readonly clock: Pick<Clock, 'now'>;
  readonly notifications: Pick<Notifications, 'showError' | 'apply'>;
  readonly log: Log;
}

type Intent = Exclude<FromResults, { type: 'ready' }>;

/** The results panel: shows the answers to the statements that were run last, and hands out their rows as they are seen. */
export class ResultsView implements WebviewViewProvider, Disposable {
  private channel: WebviewChannel<ResultsState, typeof fromResultsSchema> | undefined;
  private results: Results | undefined;
  private subscription: Disposable | undefined;
  private shown: string | undefined;
  private readonly answers: RowAnswers;
  private readonly growth = new Growth(() => this.render());

  constructor(private readonly options: ResultsViewOptions) {
    this.answers = new RowAnswers((tab) => this.results?.entry(tab), options.log);
  }

  /** The result that is in sight, as far as the page has told. */
  get shownEntry(): ResultEntry | undefined {
    const entries = this.results?.entries ?? [];
    return entries.find(({ id }) => id === this.shown) ?? (entries.length === 1 ? entries[0] : undefined);
  }

  /** Shows these results from now on, in place of those before. */
  show(results: Results): void {
    this.subscription?.dispose();
    this.results = results;
    this.subscription = results.onDidChange(() => this.entriesChanged());
    this.entriesChanged();
  }

  resolveWebviewView(view: WebviewView): void {
    const { extensionUri, log } = this.options;
    const channel = new WebviewChannel<ResultsState, typeof fromResultsSchema>(view.webview, {
      extensionUri,
      bundle: { name: 'results', title: 'SQL Results' },
      schema: fromResultsSchema,
      onMessage: (message) => this.receive(message),
      log,
    });
    this.channel = channel;
    this.render();
    view.onDidDispose(() => {
      channel.dispose();
      this.channel = this.channel === channel ? undefined : this.channel;
    });
  }

  /** Brings the panel up without taking the cursor out of the SQL document. */
  async reveal(): Promise<void> {
    await vscodeCommands.executeCommand(`${views.results}.focus`, { preserveFocus: true });
  }

  dispose(): void {
    this.subscription?.dispose();
    this.growth.dispose();
  }

  private entriesChanged(): void {
    const entries = this.results?.entries ?? [];
    this.answers.forgetOthers();
    this.growth.watch(
      entries.flatMap(({ outcome }) =>
        outcome.kind === 'rows' && !outcome.rows.ended ? [outcome.rows] : [],
      ),
    );
    this.render();
  }

  private render(): void {
    const now = this.options.clock.now();
    this.channel?.send({ tabs: (this.results?.entries ?? []).map((entry) => tabOf(entry, now)) });
  }

  private receive(message: Intent): void {
    switch (message.type) {
      case 'rows':
      case 'arrange':
      case 'whole':
        void this.answer(message);
        return;
      case 'show':
        this.shown = message.tab;
        return;
      case 'cancel':
        void vscodeCommands.executeCommand(commands.cancelSql, { tab: this.shownEntry?.id });
        return;
      case 'export':
        void vscodeCommands.executeCommand(commands.exportResults, { tab: message.tab });
        return;
      default:
        this.act(message);
    }
  }

  private async answer(request: Extract<Intent, { type: 'rows' | 'arrange' | 'whole' }>): Promise<void> {
    const { channel } = this;
    channel?.answer(request.requestId, await this.answers.answer(request));
  }

  /** What a person asks of one tab; one that is gone by now is left alone. */
  private act(
    message: Exclude<Intent, { type: 'rows' | 'arrange' | 'whole' | 'show' | 'cancel' | 'export' }>,
  ): void {
    const entry = this.results?.entry(message.tab);
    if (entry === undefined) {
      return;
    }
    switch (message.type) {
      case 'copy':
        this.perform('Copy', () =>
          copySelection(this.answers.inView(entry.id, message.view), entry, message),
        );
        return;
      case 'copyValue':
        this.perform('Copy', () => copyValue(this.answers.inView(entry.id, message.view), message));
        return;
      case 'openValue':
        this.perform('Open Value', () => openValue(this.answers.inView(entry.id, message.view), message));
        return;
      case 'copyStatement':
        this.perform('Copy', () => copyText(entry.statement, 'statement'));
        return;
      case 'copyPlan':
        if (entry.outcome.kind === 'plan') {
          const { text } = entry.outcome.plan;
          this.perform('Copy', () => copyText(text, 'plan'));
        }
        return;
      case 'act':
        this.help(entry, message.action);
    }
  }

  private help(entry: ResultEntry, action: string): void {
    if (isRemedy(action)) {
      const error = entry.outcome.kind === 'failed' ? entry.outcome.error : undefined;
      const again = (): void => void vscodeCommands.executeCommand(commands.runSql, { again: entry.id });
      this.perform('Run SQL', () => this.options.notifications.apply(action, error, again));
    }
  }

  private perform(title: string, work: () => Promise<void>): void {
    const again = (): void => this.perform(title, work);
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => this.options.notifications.showError(title, error, again));
  }
}

async function copyText(text: string, what: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(`Copied the ${what}`, 3000);
}
