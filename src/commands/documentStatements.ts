import { window, workspace, type TextDocument, type TextEditor } from 'vscode';
import { AppError } from '../core/errors';
import { delimiterAt, statementAt, statementsOf } from '../core/statements';
import type { RunStatement } from '../services/sqlRunner';
import type { StatementIndex } from '../services/statementIndex';

/** Names a place in a document, as a code lens does. */
export interface PlaceInDocument {
  readonly document: TextDocument;
  readonly offset: number;
}

/** Given by a code lens: `{ uri, offset }`. */
export function placeIn(argument: unknown): PlaceInDocument | undefined {
  const { uri, offset } = (argument ?? {}) as Record<string, unknown>;
  if (typeof uri !== 'string' || typeof offset !== 'number') {
    return undefined;
  }
  const document = workspace.textDocuments.find((each) => each.uri.toString() === uri);
  return document && { document, offset };
}

/** The editor that a menu of its title names, else the active one. */
export function sqlEditor(argument?: unknown): TextEditor {
  const named = String(argument);
  const editor =
    window.visibleTextEditors.find(({ document }) => document.uri.toString() === named) ??
    window.activeTextEditor;
  if (editor === undefined) {
    throw new AppError('invalidInput', { source: 'Extension', reason: 'Open a SQL document first' });
  }
  return editor;
}

export async function allStatements(
  index: StatementIndex,
  document: TextDocument,
): Promise<readonly RunStatement[]> {
  const statements = await index.of(document);
  return statements.length > 0 ? statements : nothing('There is no statement in this document');
}

export async function statementAtPlace(
  index: StatementIndex,
  { document, offset }: PlaceInDocument,
): Promise<readonly RunStatement[]> {
  const text = document.getText();
  const statement = statementAt(text, offset, await index.of(document));
  return statement === undefined ? nothing('There is no statement at the cursor') : [statement];
}

/** The statements of the selections, in their order in the document; without one, that under the cursor. */
export function chosenStatements(
  index: StatementIndex,
  editor: TextEditor,
): Promise<readonly RunStatement[]> {
  const { document, selection, selections } = editor;
  const selected = [...selections]
    .filter((each) => document.getText(each).trim() !== '')
    .sort((a, b) => a.start.compareTo(b.start));
  if (selected.length === 0) {
    return statementAtPlace(index, { document, offset: document.offsetAt(selection.active) });
  }
  const text = document.getText();
  const statements = selected.flatMap((each) => {
    const [from, to] = [document.offsetAt(each.start), document.offsetAt(each.end)];
    const delimiter = /delimiter/i.test(text) ? delimiterAt(text, from) : ';';
    return [...statementsOf(text.slice(from, to), delimiter)].map((statement) => ({
      text: statement.text,
      start: from + statement.start,
    }));
  });
  return Promise.resolve(
    statements.length > 0 ? statements : nothing('There is no statement in the selection'),
  );
}

function nothing(reason: string): never {
  throw new AppError('invalidInput', { source: 'Extension', reason });
}
