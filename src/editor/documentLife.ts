import { TabInputText, window, workspace, type TextDocument } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { Clock } from '../core/ports';
import type { Connections } from '../services/connections';
import { isUntitled, type SqlDocuments } from '../services/sqlDocuments';
import type { SqlRunner } from '../services/sqlRunner';

export interface DocumentLifeOptions {
  readonly documents: SqlDocuments;
  readonly runner: SqlRunner;
  readonly connections: Connections;
  readonly clock: Pick<Clock, 'now'>;
}

/** Saving is done once the file is written; the new document is emptied and closed right after. */
const closedWithinMs = 10_000;

/** Keeps the bindings right while documents are closed, renamed, saved under another name and deleted. */
export class DocumentLife implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  /** By the URI of a new document: the file that it was just saved as. */
  private readonly saved = new Map<string, { readonly file: string; readonly atMs: number }>();

  constructor(private readonly options: DocumentLifeOptions) {
    const { documents } = options;
    this.subscriptions = [
      workspace.onDidSaveTextDocument((document) => this.onSave(document)),
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

  /** The editor does not tell what a file was saved from: it is the new document with the same text. */
  private onSave(document: TextDocument): void {
    const { documents, clock } = this.options;
    const file = document.uri.toString();
    if (isUntitled(file) || !documents.uris.some(isUntitled)) {
      return;
    }
    for (const other of workspace.textDocuments) {
      const uri = other.uri.toString();
      if (isUntitled(uri) && documents.endpointOf(uri) !== undefined && isSame(other, document)) {
        this.saved.set(uri, { file, atMs: clock.now() });
      }
    }
  }

  private onClose(document: TextDocument): void {
    // A document whose language changes is said to close too, and stays.
    if (!document.isClosed) {
      return;
    }
    const { documents, runner, connections, clock } = this.options;
    const uri = document.uri.toString();
    if (documents.endpointOf(uri) === undefined) {
      return;
    }
    const saved = this.saved.get(uri);
    this.saved.delete(uri);
    if (saved !== undefined && clock.now() - saved.atMs < closedWithinMs) {
      documents.rename(uri, saved.file);
      return;
    }
    const slot = documents.slotOf(uri);
    runner.cancel(slot);
    void connections.release(slot);
    if (isUntitled(uri)) {
      // Another document may get its name.
      documents.unbind(uri);
    }
  }

  private forget(uri: string): void {
    const slot = this.options.documents.slotOf(uri);
    this.options.documents.unbind(uri);
    this.options.runner.cancel(slot);
    void this.options.connections.release(slot);
  }
}

/** Saving may have tidied the ends of lines. */
function isSame(one: TextDocument, other: TextDocument): boolean {
  const [a, b] = [one, other].map((document) => document.getText().replace(/\s+/g, ' ').trim());
  return a === b;
}
