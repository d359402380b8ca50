import * as v from 'valibot';
import type { WebviewPanel, WebviewPanelSerializer } from 'vscode';
import { Emitter, type Disposable } from '../../core/emitter';
import { panels } from '../../ids';
import { endpointKey, type EndpointRef } from '../../services/connections';
import { PanelSet } from '../panelSet';
import { DetailsPanel, type DetailsPanelServices } from './detailsPanel';

const savedSchema = v.object({ instanceId: v.string(), endpointId: v.string() });

/** The open details panels, one for each endpoint. */
export class DetailsPanels implements WebviewPanelSerializer, Disposable {
  private readonly open: PanelSet<DetailsPanel>;
  private readonly visibleChanged: Emitter<void>;

  constructor(private readonly services: DetailsPanelServices) {
    const { extensionUri, log } = services;
    this.visibleChanged = new Emitter((error) => log.error('A listener of the details panels failed', error));
    this.open = new PanelSet({
      ...{ viewType: panels.details, extensionUri },
      onDidClose: () => this.visibleChanged.fire(),
    });
  }

  /** Ids of the instances whose endpoints are in sight. */
  visibleInstances(): readonly string[] {
    const visible = this.open.pages.filter((panel) => panel.visible);
    return [...new Set(visible.map(({ ref }) => ref.instanceId))];
  }

  /** Fires when a panel comes into sight, or goes out of it. */
  get onDidChangeVisible(): Emitter<void>['event'] {
    return this.visibleChanged.event;
  }

  show(ref: EndpointRef): void {
    const already = this.open.pages.find((panel) => endpointKey(panel.ref) === endpointKey(ref));
    if (already !== undefined) {
      already.reveal();
      return;
    }
    this.open.create('Private Endpoint', (panel) => this.pageOf(panel, ref));
    this.visibleChanged.fire();
  }

  /** After a reload: only ids were kept, everything else is read again. */
  deserializeWebviewPanel(panel: WebviewPanel, saved: unknown): Promise<void> {
    const parsed = v.safeParse(savedSchema, saved);
    if (parsed.success) {
      this.open.adopt(panel, (adopted) => this.pageOf(adopted, parsed.output));
      this.visibleChanged.fire();
    } else {
      panel.dispose();
    }
    return Promise.resolve();
  }

  /** They show endpoints of clouds that the window has left. */
  close(): void {
    this.open.close();
  }

  dispose(): void {
    this.open.dispose();
  }

  private pageOf(panel: WebviewPanel, ref: EndpointRef): DetailsPanel {
    let { visible } = panel;
    panel.onDidChangeViewState(() => {
      if (panel.visible !== visible) {
        ({ visible } = panel);
        this.visibleChanged.fire();
      }
    });
    return new DetailsPanel(panel, this.services, ref);
  }
}
