import type { CancellationToken, TextDocument } from 'vscode';
import { contextAt, type SqlContext } from '../core/completion/context';
import { writtenAt } from '../core/completion/written';
import type { EndpointRef } from '../services/connections';
import type { SqlDocuments } from '../services/sqlDocuments';
import type { StatementIndex } from '../services/statementIndex';

/** A place in a bound document. */
export interface PlaceInStatement {
  readonly endpoint: EndpointRef;
  readonly slot: string;
  readonly context: SqlContext;
  /** Where the document has the offset 0 of the statement. */
  readonly origin: number;
}

/** What is at an offset of a document; undefined where it is not bound, or nothing can be there. */
export async function placeInStatement(
  document: TextDocument,
  offset: number,
  parts: { readonly documents: SqlDocuments; readonly statements: StatementIndex },
  token: CancellationToken,
): Promise<PlaceInStatement | undefined> {
  const uri = document.uri.toString();
  const endpoint = parts.documents.endpointOf(uri);
  if (endpoint === undefined) {
    return undefined;
  }
  const { version } = document;
  const statements = await parts.statements.of(document);
  if (token.isCancellationRequested || document.version !== version) {
    return undefined;
  }
  const { text, start } = writtenAt(document.getText(), statements, offset);
  const context = contextAt(text, offset - start);
  return context && { endpoint, slot: parts.documents.slotOf(uri), context, origin: start };
}
