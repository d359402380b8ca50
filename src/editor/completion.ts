import {
  commands as editorCommands,
  CompletionItem,
  CompletionItemKind,
  CompletionList,
  languages,
  Range,
  SnippetString,
  window,
  type CancellationToken,
  type CompletionItemProvider,
  type Disposable,
  type Position,
  type TextDocument,
} from 'vscode';
import type { SqlContext } from '../core/completion/context';
import type { Suggester, Suggestion, Suggestions } from '../services/catalog/suggestions';
import type { SqlDocuments } from '../services/sqlDocuments';
import type { StatementIndex } from '../services/statementIndex';
import { placeInStatement, type PlaceInStatement } from './statementContext';

export interface CompletionParts {
  readonly documents: SqlDocuments;
  readonly statements: StatementIndex;
  readonly suggester: Suggester;
}

const kinds: Readonly<Record<Suggestion['kind'], CompletionItemKind>> = {
  column: CompletionItemKind.Field,
  alias: CompletionItemKind.Variable,
  query: CompletionItemKind.Struct,
  table: CompletionItemKind.Class,
  view: CompletionItemKind.Interface,
  database: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
  keyword: CompletionItemKind.Keyword,
};

/** The databases, the tables of one, the columns of one of these. */
const mostLooks = 3;

/** With `sql` named, so that it comes before the words of the document, which are for every language. */
const everyDocument = [{ language: 'sql' }, { language: 'mysql' }, '*'];

/** Databases, tables, columns, functions and keywords in bound documents. */
export class StatementCompletion implements CompletionItemProvider, Disposable {
  private readonly registration: Disposable;

  constructor(private readonly parts: CompletionParts) {
    this.registration = languages.registerCompletionItemProvider(everyDocument, this, '.', '`');
  }

  async provideCompletionItems(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<CompletionList | undefined> {
    const { version } = document;
    const place = await placeInStatement(document, document.offsetAt(position), this.parts, token);
    if (place === undefined || token.isCancellationRequested) {
      return undefined;
    }
    const suggestions = this.parts.suggester.suggest(place.endpoint, place.slot, place.context);
    const isStillThere = (): boolean => {
      const editor = window.activeTextEditor;
      return (
        editor?.document === document &&
        document.version === version &&
        editor.selection.isEmpty &&
        editor.selection.active.isEqual(position)
      );
    };
    void this.followUp(place, suggestions, isStillThere);
    const ranges = rangesOf(document, position, place);
    const after = document.getText(new Range(ranges.replacing.end, ranges.replacing.end.translate(0, 1)));
    return new CompletionList(
      suggestions.items.map((item) => itemOf(item, ranges, place.context, after === '(')),
      suggestions.partial,
    );
  }

  /** Suggests again once more is known, where the person still waits for it. Tables are read before their columns. */
  private async followUp(
    { endpoint, slot, context }: PlaceInStatement,
    first: Suggestions,
    isStillThere: () => boolean,
  ): Promise<void> {
    let { loading } = first;
    for (let look = 0; look < mostLooks && loading !== undefined; look += 1) {
      await loading;
      if (!isStillThere()) {
        return;
      }
      const next = this.parts.suggester.suggest(endpoint, slot, context);
      if (next.items.length > first.items.length) {
        await editorCommands.executeCommand('editor.action.triggerSuggest');
        return;
      }
      loading = next.loading;
    }
  }

  dispose(): void {
    this.registration.dispose();
  }
}

interface Ranges {
  readonly inserting: Range;
  readonly replacing: Range;
}

function rangesOf(document: TextDocument, position: Position, { context, origin }: PlaceInStatement): Ranges {
  const start = document.positionAt(origin + context.start);
  const end = document.positionAt(origin + context.end);
  // A closing quote that the editor has put there belongs to what is inserted.
  const inserting = new Range(start, context.quoted ? end : position);
  return { inserting, replacing: new Range(start, end) };
}

function itemOf(
  suggestion: Suggestion,
  range: Ranges,
  context: SqlContext,
  isCalled: boolean,
): CompletionItem {
  const { kind, name, insert, detail, comment, rank } = suggestion;
  const label = insert.endsWith(name) && insert !== name ? insert : name;
  const item = new CompletionItem({ label, ...(detail !== '' && { description: detail }) }, kinds[kind]);
  item.range = range;
  item.filterText = context.quoted ? `\`${name}` : name;
  item.sortText = `${rank} ${name}`;
  if (comment !== undefined) {
    item.documentation = comment;
  }
  const isLower = context.prefix !== '' && context.prefix === context.prefix.toLowerCase();
  if (kind === 'function' || kind === 'keyword') {
    const word = isLower ? insert.toLowerCase() : insert;
    item.insertText = kind === 'function' && !isCalled ? new SnippetString(`${word}($0)`) : word;
  } else {
    item.insertText = insert;
  }
  return item;
}
