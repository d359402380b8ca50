import { sqlTokens, type SqlToken } from './sqlTokens';

/** A token of what a server may run: the content of executable comments is part of it. */
export interface CodeToken extends SqlToken {
  /** The word in capitals; empty for what is no word. */
  readonly word: string;
  /** Within an executable comment: some servers run it, others do not. */
  readonly conditional: boolean;
}

const opening = /^\/\*(?:[MT]?!)(?:\[[^\]]*\]|\d{5,6})?/;

/** Reads a statement with its executable comments opened. */
export function codeTokens(statement: string, offset = 0, conditional = false): readonly CodeToken[] {
  return [...sqlTokens(statement)].flatMap((token): readonly CodeToken[] => {
    if (token.kind === 'executableComment') {
      const begin = opening.exec(token.text)?.[0].length ?? 0;
      const content = token.text.slice(begin, token.text.endsWith('*/') ? -2 : undefined);
      return codeTokens(content, offset + token.start + begin, true);
    }
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    return [{ ...token, start: offset + token.start, end: offset + token.end, word, conditional }];
  });
}

/** The text of a quoted text, without its quotes and escapes. */
export const quotedContent = ({ text }: Pick<SqlToken, 'text'>): string =>
  text
    .slice(1, text.length > 1 && text.endsWith(text.charAt(0)) ? -1 : undefined)
    .replace(/\\([\s\S])|''|""/g, (pair, escaped: string | undefined) => escaped ?? pair.charAt(0));
