import { codeTokens, type CodeToken } from '../codeTokens';

/** The tokens of a statement, one of which holds the cursor. */
export interface CursorTokens {
  readonly tokens: readonly CodeToken[];
  /** The token that is being written; an empty word where none is. */
  readonly cursor: CodeToken;
  /** What stands before the cursor in it, without its quote. */
  readonly prefix: string;
  readonly quoted: boolean;
  /** Where the token begins in the statement, and where it ends, with its quotes. */
  readonly start: number;
  readonly end: number;
}

/** Nobody writes a longer one by hand, and reading it with each letter would take too long. */
const longestStatement = 100_000;

const wordSigns = /^[\w$\u0080-\uffff]*/;

/** Undefined in comments, texts, numbers and variables, where no name or keyword can be. */
export function tokensAt(statement: string, offset: number): CursorTokens | undefined {
  if (statement.length > longestStatement || offset < 0 || offset > statement.length) {
    return undefined;
  }
  const mark = markFor(statement);
  const rest = statement.slice(offset);
  const marked = statement.slice(0, offset) + mark + rest;
  // A quote that was only just opened would reach to the next one.
  const isOpened = (statement.split('`').length - 1) % 2 === 1;
  const tail = wordSigns.exec(rest)?.[0].length ?? 0;
  const read = codeTokens(marked);
  const found = read.find(({ text }) => text.includes(mark));
  if (found?.kind === 'name' && isOpened) {
    const end = offset + mark.length + tail;
    return cursorIn(codeTokens(`${marked.slice(0, end)}\`${marked.slice(end)}`), mark, offset, tail);
  }
  return cursorIn(read, mark, offset, found?.kind === 'name' ? found.end - offset - mark.length : tail);
}

function cursorIn(
  tokens: readonly CodeToken[],
  mark: string,
  offset: number,
  tail: number,
): CursorTokens | undefined {
  const at = tokens.findIndex(({ text }) => text.includes(mark));
  const cursor = tokens[at];
  if (cursor === undefined || (cursor.kind !== 'word' && cursor.kind !== 'name')) {
    return undefined;
  }
  const prefix = cursor.text.slice(0, cursor.text.indexOf(mark));
  const before = tokens[at - 1];
  const isVariable = before?.text === '@' && before.kind === 'sign' && before.end === cursor.start;
  if (isVariable || (cursor.kind === 'word' && /^\d/.test(prefix))) {
    return undefined;
  }
  const quoted = cursor.kind === 'name';
  return { tokens, cursor, prefix, quoted, start: cursor.start, end: offset + tail };
}

/** A sign for private use that is no part of the statement; it reads as a letter. */
function markFor(statement: string): string {
  let code = 0xe000;
  while (statement.includes(String.fromCharCode(code))) {
    code += 1;
  }
  return String.fromCharCode(code);
}
