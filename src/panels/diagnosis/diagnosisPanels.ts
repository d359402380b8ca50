import type { Disposable } from '../../core/emitter';
import { diagnosisPanel } from '../../ids';
import { endpointKey } from '../../services/connections';
import type { DiagnosisSubject } from '../../services/diagnosis';
import { PanelSet } from '../panelSet';
import { DiagnosisPanel, type DiagnosisPanelServices } from './diagnosisPanel';

/** The open diagnosis panels, one for each endpoint. They are not restored after a reload. */
export class DiagnosisPanels implements Disposable {
  private readonly open: PanelSet<DiagnosisPanel>;

  constructor(private readonly services: DiagnosisPanelServices) {
    const { extensionUri } = services;
    this.open = new PanelSet({ viewType: diagnosisPanel, extensionUri, retainContextWhenHidden: true });
  }

  /** Diagnoses an endpoint in its panel, which goes on by itself. */
  show(subject: DiagnosisSubject): void {
    const key = endpointKey(subject.endpoint);
    const panel =
      this.open.pages.find((page) => endpointKey(page.subject.endpoint) === key) ?? this.create(subject);
    panel.again();
  }

  close(): void {
    this.open.close();
  }

  dispose(): void {
    this.open.dispose();
  }

  private create(subject: DiagnosisSubject): DiagnosisPanel {
    const { endpoint, instance } = subject;
    const name = endpoint.endpoint?.name || `${instance.name} · ${endpoint.endpointId}`;
    return this.open.create(
      `Diagnose: ${name}`,
      (panel) => new DiagnosisPanel(panel, this.services, subject),
    );
  }
}
