import {
  Hover,
  languages,
  MarkdownString,
  Range,
  type CancellationToken,
  type Disposable,
  type HoverProvider,
  type Position,
  type TextDocument,
} from 'vscode';
import type { Suggestion } from '../services/catalog/suggestions';
import type { CompletionParts } from './completion';
import { placeInStatement, type PlaceInStatement } from './statementContext';

const shown = new Set<Suggestion['kind']>(['column', 'alias', 'query', 'table', 'view', 'database']);

/** What the name under the pointer stands for. */
export class NameHover implements HoverProvider, Disposable {
  private readonly registration: Disposable;

  constructor(private readonly parts: CompletionParts) {
    this.registration = languages.registerHoverProvider('*', this);
  }

  async provideHover(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    const word = document.getWordRangeAtPosition(position, /`(?:[^`]|``)+`|[\w$\u0080-\uffff]+/);
    if (word === undefined) {
      return undefined;
    }
    const written = document.getText(word);
    const isQuoted = written.startsWith('`');
    const end = document.offsetAt(word.end) - (isQuoted ? 1 : 0);
    const place = await placeInStatement(document, end, this.parts, token);
    if (place === undefined) {
      return undefined;
    }
    const name = isQuoted ? written.slice(1, -1).replaceAll('``', '`') : written;
    const found = await this.find(place, name, token);
    if (found === undefined || token.isCancellationRequested) {
      return undefined;
    }
    return new Hover(textOf(found), new Range(word.start, word.end));
  }

  dispose(): void {
    this.registration.dispose();
  }

  /** Once more after what was not known is read; tables come before their columns. */
  private async find(
    { endpoint, slot, context }: PlaceInStatement,
    name: string,
    token: CancellationToken,
  ): Promise<Suggestion | undefined> {
    for (let look = 0; look < 3 && !token.isCancellationRequested; look += 1) {
      const { items, loading } = this.parts.suggester.suggest(endpoint, slot, context);
      const found = items.find(
        (item) => shown.has(item.kind) && item.name.toLowerCase() === name.toLowerCase(),
      );
      if (found !== undefined || loading === undefined) {
        return found;
      }
      await loading;
    }
    return undefined;
  }
}

const words: Readonly<Record<Suggestion['kind'], string>> = {
  column: 'column',
  alias: 'table of this statement',
  query: 'query of this statement',
  table: 'table',
  view: 'view',
  database: 'database',
  function: 'function',
  keyword: 'keyword',
};

function textOf({ kind, name, detail, comment }: Suggestion): MarkdownString {
  const text = new MarkdownString();
  text.appendCodeblock(`${name}  ${detail}`.trim(), 'sql');
  text.appendText(words[kind]);
  if (comment !== undefined) {
    text.appendText(`\n\n${comment}`);
  }
  return text;
}
