import { Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { Disposable } from '../../core/emitter';
import { diagnosisPanel } from '../../ids';
import { endpointKey } from '../../services/connections';
import type { DiagnosisSubject } from '../../services/diagnosis';
import { DiagnosisPanel, type DiagnosisPanelServices } from './diagnosisPanel';

/** The open diagnosis panels, one for each endpoint. They are not restored after a reload. */
export class DiagnosisPanels implements Disposable {
  private readonly open = new Map<
    string,
    { readonly panel: DiagnosisPanel; readonly webview: WebviewPanel }
  >();

  constructor(private readonly services: DiagnosisPanelServices) {}

  /** Diagnoses an endpoint in its panel, which goes on by itself. */
  show(subject: DiagnosisSubject): void {
    const key = endpointKey(subject.endpoint);
    const panel = this.open.get(key)?.panel ?? this.create(key, subject);
    panel.again();
  }

  close(): void {
    for (const { webview } of [...this.open.values()]) {
      webview.dispose();
    }
  }

  dispose(): void {
    for (const { panel } of this.open.values()) {
      panel.dispose();
    }
  }

  private create(key: string, subject: DiagnosisSubject): DiagnosisPanel {
    const { endpoint, instance } = subject;
    const name = endpoint.endpoint?.name || `${instance.name} · ${endpoint.endpointId}`;
    const webview = window.createWebviewPanel(diagnosisPanel, `Diagnose: ${name}`, ViewColumn.Active, {
      enableScripts: true,
      retainContextWhenHidden: true,
    });
    const icon = (theme: string): Uri =>
      Uri.joinPath(this.services.extensionUri, 'media', `panel-${theme}.svg`);
    webview.iconPath = { light: icon('light'), dark: icon('dark') };
    const panel = new DiagnosisPanel(webview, this.services, subject);
    this.open.set(key, { panel, webview });
    webview.onDidDispose(() => {
      this.open.delete(key);
      panel.dispose();
    });
    return panel;
  }
}
