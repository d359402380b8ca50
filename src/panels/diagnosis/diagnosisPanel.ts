import { commands as vscodeCommands, env, Uri, window, type WebviewPanel } from 'vscode';
import { conclude, type DiagnosisAction } from '../../core/diagnosis/conclusion';
import { valueOf, type DiagnosisFacts } from '../../core/diagnosis/facts';
import { reportOf } from '../../core/diagnosis/report';
import type { Disposable } from '../../core/emitter';
import { cancellation, isCancellation } from '../../core/errors';
import type { Log } from '../../core/ports';
import type { Redactor } from '../../core/redact';
import { commands } from '../../ids';
import { guideUrl, openSettingsCommand, type Notifications } from '../../platform/notifications';
import { fromDiagnosisSchema, type DiagnosisState, type FromDiagnosis } from '../../protocol/diagnosis';
import type { Credentials } from '../../services/connections';
import type { Diagnoses, DiagnosisSubject } from '../../services/diagnosis';
import { confirmRules } from '../creation/ask';
import { WebviewChannel } from '../panelBase';
import { isAction, stateOf } from './view';

export interface DiagnosisPanelServices {
  readonly extensionUri: Uri;
  readonly diagnoses: Diagnoses;
  readonly redactor: Pick<Redactor, 'redact'>;
  readonly versions: readonly string[];
  readonly notifications: Notifications;
  readonly log: Log;
}

/** Lines come in bursts; the page is drawn once for each. */
const drawEveryMs = 30;

/** The host side of one diagnosis panel: runs the diagnosis and shows it as it goes. */
export class DiagnosisPanel implements Disposable {
  private readonly channel: WebviewChannel<DiagnosisState, typeof fromDiagnosisSchema>;
  private facts: DiagnosisFacts | undefined;
  private running: AbortController | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: DiagnosisPanelServices,
    readonly subject: DiagnosisSubject,
  ) {
    this.channel = new WebviewChannel<DiagnosisState, typeof fromDiagnosisSchema>(panel.webview, {
      extensionUri: services.extensionUri,
      bundle: { name: 'diagnosis', title: 'Diagnose Connection' },
      schema: fromDiagnosisSchema,
      onMessage: (message) => void this.attempt(() => this.perform(message)),
      log: services.log,
    });
  }

  /** Brings it to the front and looks again. */
  again(): void {
    this.panel.reveal();
    void this.attempt(() => this.run());
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.drawing);
    this.running?.abort(cancellation());
    this.channel.dispose();
  }

  private async run(credentials?: Credentials): Promise<void> {
    if (this.running !== undefined) {
      return;
    }
    const running = new AbortController();
    this.running = running;
    try {
      this.facts = await this.services.diagnoses.run({
        ...{ instance: this.subject.instance, endpoint: this.subject.endpoint },
        signal: running.signal,
        ...(credentials && { credentials }),
        onChange: (facts) => {
          this.facts = facts;
          this.drawing ??= setTimeout(() => this.draw(), drawEveryMs);
        },
      });
    } finally {
      this.running = undefined;
      this.draw();
    }
  }

  private draw(): void {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    if (this.facts !== undefined && !this.disposed) {
      this.channel.send(stateOf(this.facts, this.services.redactor));
    }
  }

  private async perform(message: Exclude<FromDiagnosis, { type: 'ready' }>): Promise<void> {
    switch (message.type) {
      case 'cancel':
        this.running?.abort(cancellation());
        return;
      case 'runAgain':
        return this.run();
      case 'copyReport':
        return this.copyReport();
      case 'act':
        if (isAction(message.action)) {
          await this.act(message.action);
        }
    }
  }

  private async copyReport(): Promise<void> {
    const { facts } = this;
    if (facts !== undefined) {
      await env.clipboard.writeText(reportOf(facts, this.services.versions, this.services.redactor));
      window.setStatusBarMessage('$(check) Copied the report', 3000);
    }
  }

  private async act(action: DiagnosisAction): Promise<void> {
    const { instanceId, endpointId } = this.subject.endpoint;
    const target = { instanceId, endpointId };
    switch (action) {
      case 'runAgain':
        return this.run();
      case 'enterPassword':
        return this.enterPassword();
      case 'addRule':
        return this.addRules();
      case 'openGuide':
        await env.openExternal(Uri.parse(guideUrl));
        return;
      case 'openNetworkSettings':
        await vscodeCommands.executeCommand(openSettingsCommand, 'http.proxy');
        return;
      case 'openTidbCloud':
        await vscodeCommands.executeCommand(commands.openInTidbCloud, target);
        return;
      case 'openAlibabaCloud':
        await vscodeCommands.executeCommand(commands.openInAlibabaCloud, target);
        return;
      default:
        await vscodeCommands.executeCommand(commands[action], target);
    }
  }

  private async enterPassword(): Promise<void> {
    const { facts, subject } = this;
    if (facts !== undefined) {
      const refused = conclude(facts).cause === 'wrongPassword';
      const credentials = await subject.ask({ user: facts.user, refused });
      if (credentials !== undefined) {
        await this.run(credentials);
      }
    }
  }

  private async addRules(): Promise<void> {
    const { facts } = this;
    const ports = facts && valueOf(facts.ports);
    const id = ports?.groupIds[0];
    if (facts !== undefined && ports !== undefined && id !== undefined) {
      if (await confirmRules({ id, name: '' }, ports.missing)) {
        await this.services.diagnoses.addRules(facts, ports.missing);
        await this.run();
      }
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isCancellation(error)) {
        this.services.notifications.showError('Diagnose Connection', error, () => void this.attempt(work));
      }
    }
  }
}
