import { fakeEditor, withoutEditor } from '../panels/withoutEditor';

/** A notification with progress, as the person sees it. */
export interface ShownProgress {
  readonly title: string;
  readonly messages: string[];
  readonly cancel: () => void;
  done: boolean;
}

export interface ShownDocument {
  readonly uri: string;
  text: string;
  languageId: string;
}

type Pick = (items: readonly { readonly label: string }[]) => unknown;

class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: unknown,
  ) {}
}

class PlainPosition {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

class FileDecoration {
  constructor(
    readonly badge: string,
    readonly tooltip: string,
    readonly color: unknown,
  ) {}
}

class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

class MarkdownString {
  constructor(public value = '') {}
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
  appendText(text: string): this {
    return this.appendMarkdown(text);
  }
}

class EventEmitter {
  private readonly listeners = new Set<(value: unknown) => void>();
  readonly event = (listener: (value: unknown) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: unknown): void {
    this.listeners.forEach((listener) => listener(value));
  }
  dispose(): void {
    this.listeners.clear();
  }
}

/** The view of the tree, as the person sees it. */
export class ShownView {
  visible = true;
  message = '';
  description = '';
  selection: readonly unknown[] = [];
  badge: { readonly value: number; readonly tooltip: string } | undefined;
  private readonly collapsed = new EventEmitter();
  readonly onDidCollapseElement = this.collapsed.event;
  readonly onDidExpandElement = new EventEmitter().event;
  readonly onDidChangeVisibility = new EventEmitter().event;

  collapse(element: unknown): void {
    this.collapsed.fire({ element });
  }

  dispose(): void {
    this.visible = false;
  }
}

export interface ShownInput {
  readonly type: (text: string) => void;
  readonly enter: () => void;
  readonly escape: () => void;
  /** Clicks somewhere else. */
  readonly leave: () => void;
}

/** What commands and the tree use of the editor, beside what panels do. */
export class CommandEditor {
  readonly progress: ShownProgress[] = [];
  readonly documents: ShownDocument[] = [];
  /** What is picked from a list; undefined closes it. */
  pick: Pick = () => undefined;
  languages: readonly string[] = ['yaml', 'shellscript'];
  view = new ShownView();
  /** The box that is open, or was last. */
  input: ShownInput | undefined;
  readonly decorations: unknown[] = [];

  reset(): void {
    fakeEditor.reset();
    this.progress.length = 0;
    this.documents.length = 0;
    this.pick = () => undefined;
    this.view = new ShownView();
    this.input = undefined;
    this.decorations.length = 0;
    this.languages = ['yaml', 'shellscript'];
  }

  /** The same object that panels have: modules that both use hold the one or the other, whichever came first. */
  install(): void {
    const { window } = fakeEditor.vscode;
    const modal = { info: window.showInformationMessage, warning: window.showWarningMessage };
    const asking =
      (ask: typeof modal.info): typeof modal.info =>
      (message, options, ...items) =>
        typeof options === 'object'
          ? ask(message, options, ...items)
          : ask(message, { detail: '' }, ...(options === undefined ? items : [options, ...items]));
    Object.assign(window, {
      showInformationMessage: asking(modal.info),
      showWarningMessage: asking(modal.warning),
      showQuickPick: (items: Parameters<Pick>[0]) => Promise.resolve(this.pick(items)),
      withProgress: (options: { readonly title: string }, task: (...args: unknown[]) => Promise<unknown>) =>
        this.withProgress(options, task),
      createTreeView: () => this.view,
      registerFileDecorationProvider: (provider: unknown) => {
        this.decorations.push(provider);
        return { dispose: () => undefined };
      },
      createInputBox: () => this.inputBox(),
      showTextDocument: (document: ShownDocument) =>
        Promise.resolve({
          edit: (change: (edit: { insert: (at: unknown, text: string) => void }) => void) => {
            change({ insert: (_, text) => (document.text += text) });
            return Promise.resolve(true);
          },
        }),
    });
    Object.assign(fakeEditor.vscode, {
      ...{ ThemeIcon, TreeItem, MarkdownString, EventEmitter, FileDecoration },
      ThemeColor: ThemeIcon,
      TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
      ProgressLocation: { Window: 10, Notification: 15 },
      Position: PlainPosition,
      Disposable: class {
        static from(...all: readonly { dispose(): unknown }[]): { dispose(): void } {
          return { dispose: () => all.forEach((each) => void each.dispose()) };
        }
        constructor(readonly dispose: () => void) {}
      },
      Uri: {
        ...fakeEditor.vscode.Uri,
        from: (parts: { readonly scheme: string; readonly path: string }) =>
          parts.scheme === 'untitled' ? `${parts.scheme}:${parts.path}` : parts,
      },
      languages: {
        getLanguages: () => Promise.resolve(this.languages),
        setTextDocumentLanguage: (document: ShownDocument, languageId: string) => {
          document.languageId = languageId;
          return Promise.resolve(document);
        },
      },
      workspace: {
        textDocuments: this.documents,
        openTextDocument: (uri: string) => {
          const document = { uri, text: '', languageId: 'plaintext' };
          this.documents.push(document);
          return Promise.resolve(document);
        },
      },
    });
  }

  private inputBox(): object {
    const changed = new EventEmitter();
    const accepted = new EventEmitter();
    const hidden = new EventEmitter();
    const input = {
      value: '',
      ignoreFocusOut: false,
      onDidChangeValue: changed.event,
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      show: () => undefined,
      hide: () => hidden.fire(undefined),
      dispose: () => undefined,
    };
    this.input = {
      type: (text) => {
        input.value = text;
        changed.fire(text);
      },
      enter: () => accepted.fire(undefined),
      escape: () => hidden.fire(undefined),
      leave: () => {
        if (!input.ignoreFocusOut) {
          hidden.fire(undefined);
        }
      },
    };
    return input;
  }

  private async withProgress(
    { title }: { readonly title: string },
    task: (...args: unknown[]) => Promise<unknown>,
  ): Promise<unknown> {
    const cancelling = new EventEmitter();
    const shown: ShownProgress = {
      title,
      messages: [],
      done: false,
      cancel: () => cancelling.fire(undefined),
    };
    this.progress.push(shown);
    try {
      return await task(
        { report: ({ message }: { readonly message: string }) => shown.messages.push(message) },
        { onCancellationRequested: cancelling.event },
      );
    } finally {
      shown.done = true;
    }
  }
}

export const editor = new CommandEditor();
editor.install();

export { fakeEditor, withoutEditor };
