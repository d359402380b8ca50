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
import { CreationPanel, type CreationPanelServices } from './creationPanel';

const savedSchema = v.object({ instanceId: v.optional(v.string()) });

/** The open creation panels: one for each instance, and one where none is chosen yet. */
export class CreationPanels implements WebviewPanelSerializer, Disposable {
  private readonly open = new Set<CreationPanel>();

  constructor(private readonly services: CreationPanelServices) {}

  /** Brings up the panel of an instance; an unfinished creation goes on where it is. */
  show(instanceId?: string): void {
    const already = [...this.open].find((panel) => panel.instanceId === instanceId);
    if (already !== undefined) {
      already.reveal();
      return;
    }
    const panel = window.createWebviewPanel(panels.creation, 'Create Private Endpoint', ViewColumn.Active, {
      enableScripts: true,
    });
    this.adopt(panel, instanceId);
  }

  /** After a reload: only the instance's id was kept, everything else is read again. */
  deserializeWebviewPanel(panel: WebviewPanel, saved: unknown): Promise<void> {
    const parsed = v.safeParse(savedSchema, saved);
    this.adopt(panel, parsed.success ? parsed.output.instanceId : undefined);
    return Promise.resolve();
  }

  /** They show what nobody follows any more. Not for the end of the window: after a reload they are there again. */
  close(): void {
    for (const panel of [...this.open]) {
      panel.close();
    }
    // After a reload, a panel behind another tab is not there until it is looked at.
    const unseen = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(panels.creation));
    void window.tabGroups.close(unseen);
  }

  dispose(): void {
    for (const panel of [...this.open]) {
      panel.dispose();
    }
  }

  private adopt(panel: WebviewPanel, instanceId: string | undefined): void {
    const icon = (theme: string): Uri =>
      Uri.joinPath(this.services.extensionUri, 'media', `panel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const creation = new CreationPanel(panel, this.services, instanceId);
    this.open.add(creation);
    panel.onDidDispose(() => {
      this.open.delete(creation);
      creation.dispose();
    });
  }
}
