import { TabInputWebview, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { Disposable } from '../core/emitter';

export interface PanelSetOptions {
  readonly viewType: string;
  readonly extensionUri: Uri;
  /** The page keeps running behind another tab. */
  readonly retainContextWhenHidden?: boolean;
  /** Called when one is gone. */
  readonly onDidClose?: () => void;
}

/** The open panels of one kind, each with the host side of its page, from when the editor shows them to their end. */
export class PanelSet<Page extends Disposable> implements Disposable {
  private readonly open = new Map<Page, WebviewPanel>();

  constructor(private readonly options: PanelSetOptions) {}

  /** The host sides of those that are open, the oldest first. */
  get pages(): readonly Page[] {
    return [...this.open.keys()];
  }

  create(title: string, make: (panel: WebviewPanel) => Page): Page {
    const { viewType, retainContextWhenHidden = false } = this.options;
    const panel = window.createWebviewPanel(viewType, title, ViewColumn.Active, {
      enableScripts: true,
      retainContextWhenHidden,
    });
    return this.adopt(panel, make);
  }

  /** Takes in a panel that the editor has made: a new one, or one that is there again after a reload. */
  adopt(panel: WebviewPanel, make: (panel: WebviewPanel) => Page): Page {
    const icon = (theme: string): Uri =>
      Uri.joinPath(this.options.extensionUri, 'media', `panel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = make(panel);
    this.open.set(page, panel);
    panel.onDidDispose(() => {
      this.open.delete(page);
      page.dispose();
      this.options.onDidClose?.();
    });
    return page;
  }

  /**
   * Takes them out of the editor: they show what the window has left. Not for the end of the window: after a reload they
   * are there again.
   */
  close(): void {
    for (const panel of [...this.open.values()]) {
      panel.dispose();
    }
    // After a reload, a panel behind another tab is not there until it is looked at.
    const unseen = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(this.options.viewType),
      );
    void window.tabGroups.close(unseen);
  }

  dispose(): void {
    this.pages.forEach((page) => page.dispose());
  }
}
