import * as v from 'valibot';
import type { WebviewPanel, WebviewPanelSerializer } from 'vscode';
import type { Disposable } from '../../core/emitter';
import { panels } from '../../ids';
import { PanelSet } from '../panelSet';
import { CreationPanel, type CreationPanelServices } from './creationPanel';

const savedSchema = v.object({ instanceId: v.optional(v.string()) });

/** The open creation panels: one for each instance, and one where none is chosen yet. */
export class CreationPanels implements WebviewPanelSerializer, Disposable {
  private readonly open: PanelSet<CreationPanel>;

  constructor(private readonly services: CreationPanelServices) {
    this.open = new PanelSet({ viewType: panels.creation, extensionUri: services.extensionUri });
  }

  /** Brings up the panel of an instance; an unfinished creation goes on where it is. */
  show(instanceId?: string): void {
    const already = this.open.pages.find((panel) => panel.instanceId === instanceId);
    if (already !== undefined) {
      already.reveal();
    } else {
      this.open.create('Create Private Endpoint', (panel) => this.pageOf(panel, instanceId));
    }
  }

  /** After a reload: only the instance's id was kept, everything else is read again. */
  deserializeWebviewPanel(panel: WebviewPanel, saved: unknown): Promise<void> {
    const parsed = v.safeParse(savedSchema, saved);
    const instanceId = parsed.success ? parsed.output.instanceId : undefined;
    this.open.adopt(panel, (adopted) => this.pageOf(adopted, instanceId));
    return Promise.resolve();
  }

  /** They show what nobody follows any more. */
  close(): void {
    this.open.close();
  }

  dispose(): void {
    this.open.dispose();
  }

  private pageOf(panel: WebviewPanel, instanceId: string | undefined): CreationPanel {
    return new CreationPanel(panel, this.services, instanceId);
  }
}
