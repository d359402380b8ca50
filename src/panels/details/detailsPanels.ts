import * as v from 'valibot';
import {
  TabInputWebview,
  Uri,
  ViewColumn,
  window,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import type { Disposable } from '../../core/emitter';
import { panels } from '../../ids';
import { endpointKey, type EndpointRef } from '../../services/connections';
import { DetailsPanel, type DetailsPanelServices } from './detailsPanel';

const savedSchema = v.object({ instanceId: v.string(), endpointId: v.string() });

/** The open details panels, one for each endpoint. */
export class DetailsPanels implements WebviewPanelSerializer, Disposable {
  private readonly open = new Set<DetailsPanel>();

  constructor(private readonly services: DetailsPanelServices) {}

  show(ref: EndpointRef): void {
    const already = [...this.open].find((panel) => endpointKey(panel.ref) === endpointKey(ref));
    if (already !== undefined) {
      already.reveal();
      return;
    }
    this.adopt(
      window.createWebviewPanel(panels.details, 'Private Endpoint', ViewColumn.Active, {
        enableScripts: true,
      }),
      ref,
    );
  }

  /** After a reload: only ids were kept, everything else is read again. */
  deserializeWebviewPanel(panel: WebviewPanel, saved: unknown): Promise<void> {
    const parsed = v.safeParse(savedSchema, saved);
    if (parsed.success) {
      this.adopt(panel, parsed.output);
    } else {
      panel.dispose();
    }
    return Promise.resolve();
  }

  /** They show endpoints of clouds that the window has left. */
  close(): void {
    for (const panel of [...this.open]) {
      panel.close();
    }
    // After a reload, a panel behind another tab is not there until it is looked at.
    const unseen = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(panels.details));
    void window.tabGroups.close(unseen);
  }

  dispose(): void {
    for (const panel of [...this.open]) {
      panel.dispose();
    }
  }

  private adopt(panel: WebviewPanel, ref: EndpointRef): void {
    const icon = (theme: string): Uri =>
      Uri.joinPath(this.services.extensionUri, 'media', `panel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const details = new DetailsPanel(panel, this.services, ref);
    this.open.add(details);
    panel.onDidDispose(() => {
      this.open.delete(details);
      details.dispose();
    });
  }
}
