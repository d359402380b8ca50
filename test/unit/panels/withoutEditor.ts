import Module from 'node:module';

interface Loader {
  _load: (request: string, ...rest: unknown[]) => unknown;
}

type Answer = string | { readonly title: string } | undefined;

/** A question as it was asked. */
export interface Asked {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

class TabInputWebview {
  constructor(readonly viewType: string) {}
}

interface Tab {
  readonly input: unknown;
}

/** The little of the editor that panels use where there is none. */
export class FakeEditor {
  readonly asked: Asked[] = [];
  readonly errors: string[] = [];
  readonly executed: unknown[][] = [];
  readonly copied: string[] = [];
  readonly tabs: Tab[] = [];
  readonly closedTabs: Tab[] = [];
  /** What the person answers, by the title of a button; undefined closes the question. */
  answer: (asked: Asked) => string | undefined | Promise<string | undefined> = () => undefined;

  readonly vscode = {
    window: {
      showInformationMessage: (message: string, options: unknown, ...items: unknown[]): Promise<Answer> =>
        this.ask(message, options, items),
      showWarningMessage: (message: string, options: unknown, ...items: unknown[]): Promise<Answer> =>
        this.ask(message, options, items),
      showErrorMessage: (message: string): Promise<Answer> => {
        this.errors.push(message);
        return Promise.resolve(undefined);
      },
      setStatusBarMessage: () => undefined,
      tabGroups: {
        all: [{ tabs: this.tabs }],
        close: (tabs: readonly Tab[]) => {
          this.closedTabs.push(...tabs);
          return Promise.resolve(true);
        },
      },
    },
    env: {
      clipboard: {
        writeText: (text: string) => {
          this.copied.push(text);
          return Promise.resolve();
        },
      },
      openExternal: () => Promise.resolve(true),
    },
    commands: {
      executeCommand: (...args: unknown[]) => {
        this.executed.push(args);
        return Promise.resolve();
      },
    },
    Uri: {
      joinPath: (...parts: unknown[]) => parts.join('/'),
      parse: (text: string) => text,
    },
    ViewColumn: { Active: -1 },
    TabInputWebview,
  };

  reset(): void {
    for (const list of [this.asked, this.errors, this.executed, this.copied, this.tabs, this.closedTabs]) {
      list.length = 0;
    }
    this.answer = () => undefined;
  }

  private async ask(message: string, options: unknown, items: readonly unknown[]): Promise<Answer> {
    const titles = items.map((item) => (typeof item === 'string' ? item : (item as { title: string }).title));
    const { detail } = options as { readonly detail: string };
    const asked = { message, detail, buttons: titles };
    this.asked.push(asked);
    const chosen = await this.answer(asked);
    return items[titles.indexOf(chosen ?? '')] as Answer;
  }
}

/** The same one for every module that was loaded without an editor. */
export const fakeEditor = new FakeEditor();

/** Loads a module of the UI where there is no editor. */
export async function withoutEditor<T>(load: () => Promise<T>): Promise<T> {
  const loader = Module as unknown as Loader;
  const before = loader._load;
  loader._load = (request, ...rest) =>
    request === 'vscode' ? fakeEditor.vscode : before.call(Module, request, ...rest);
  try {
    return await load();
  } finally {
    loader._load = before;
  }
}
