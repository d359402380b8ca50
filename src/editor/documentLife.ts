import { TabInputText, window, workspace, type TextDocument } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { Clock } from '../core/ports';
import type { Connections, EndpointRef } from '../services/connections';
import { isUntitled, type SqlDocuments } from '../services/sqlDocuments';
import type { SqlRunner } from '../services/sqlRunner';
import type { StatementIndex } from '../services/statementIndex';

export interface DocumentLifeOptions {
  readonly documents: SqlDocuments;
  readonly statements: StatementIndex;
  readonly runner: SqlRunner;
  readonly connections: Connections;
  readonly clock: Pick<Clock, 'now'>;
}

interface Seen {
  readonly uri: string;
  readonly text: string;
  readonly atMs: number;
  /** What it was bound to. */
  readonly endpoint?: EndpointRef;
}

/** The editor opens the file and closes the new document that was saved as it at about the same time. */
const togetherMs = 5_000;

/** Keeps the bindings right while documents are closed, renamed, saved under another name and deleted. */
export class DocumentLife implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private opened: readonly Seen[] = [];
  private closed: readonly Seen[] = [];

  constructor(private readonly options: DocumentLifeOptions) {
    const { documents } = options;
    this.subscriptions = [
      workspace.onDidOpenTextDocument((document) => this.onOpen(document)),
      workspace.onDidCloseTextDocument((document) => this.onClose(document)),
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) {
          documents.rename(oldUri.toString(), newUri.toString());
        }
      }),
      workspace.onDidDeleteFiles(({ files }) => {
        for (const deleted of files.map(String)) {
          documents.uris
            .filter((uri) => uri === deleted || uri.startsWith(`${deleted}/`))
            .forEach((uri) => this.forget(uri));
        }
      }),
    ];
  }

  /** After the window was opened again: which of the new documents did the editor bring back? */
  checkRestored(): void {
    const open = new Set([
      ...workspace.textDocuments.map(({ uri }) => uri.toString()),
      ...window.tabGroups.all.flatMap(({ tabs }) =>
        tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])),
      ),
    ]);
    this.options.documents.forgetUntitled((uri) => open.has(uri));
    this.options.documents.tell();
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  private onOpen(document: TextDocument): void {
    const { documents } = this.options;
    const uri = document.uri.toString();
    this.opened = this.recent(this.opened);
    this.closed = this.recent(this.closed);
    if (documents.endpointOf(uri) !== undefined || isUntitled(uri)) {
      return;
    }
    const saved = this.closed.find(({ text }) => isSame(text, document.getText()));
    if (saved?.endpoint !== undefined) {
      documents.bind(uri, saved.endpoint);
    } else if (documents.uris.some(isUntitled)) {
      this.opened = [...this.opened, this.seen(document)];
    }
  }

  private onClose(document: TextDocument): void {
    // A document whose language changes is said to close too, and stays.
    if (!document.isClosed) {
      return;
    }
    const { documents, statements, runner, connections } = this.options;
    const uri = document.uri.toString();
    statements.forget(uri);
    const endpoint = documents.endpointOf(uri);
    if (endpoint === undefined) {
      return;
    }
    if (isUntitled(uri)) {
      const file = this.recent(this.opened).find(
        (seen) => isSame(seen.text, document.getText()) && documents.endpointOf(seen.uri) === undefined,
      );
      if (file !== undefined) {
        documents.rename(uri, file.uri);
        return;
      }
      this.closed = [...this.recent(this.closed), { ...this.seen(document), endpoint }];
    }
    const slot = documents.slotOf(uri);
    runner.cancel(slot);
    void connections.release(slot);
    if (isUntitled(uri)) {
      // Its name may come anew; what is saved only now is found by its text.
      documents.unbind(uri);
    }
  }

  private forget(uri: string): void {
    const slot = this.options.documents.slotOf(uri);
    this.options.documents.unbind(uri);
    this.options.runner.cancel(slot);
    void this.options.connections.release(slot);
  }

  private seen(document: TextDocument): Seen {
    return { uri: document.uri.toString(), text: document.getText(), atMs: this.options.clock.now() };
  }

  private recent(seen: readonly Seen[]): readonly Seen[] {
    return seen.filter(({ atMs }) => this.options.clock.now() - atMs < togetherMs);
  }
}

/** Saving may have tidied the ends of lines. An empty document is like any other. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.replace(/\s+/g, ' ').trim());
  return a === b && a !== '';
}
