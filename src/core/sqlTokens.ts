/** The smallest part of a statement that means something; comments and blanks are left out. */
export interface SqlToken {
  readonly kind: 'word' | 'text' | 'name' | 'number' | 'sign' | 'executableComment';
  /** As written; of a quoted name, what is between the quotes. */
  readonly text: string;
  /** Where it is in the statement, with its quotes. */
  readonly start: number;
  readonly end: number;
}

const blank = /\s+/y;
const comment = /#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?![!]|[MT]!)[\s\S]*?(?:\*\/|$)/y;
const executable = /\/\*(?:!|[MT]!)[\s\S]*?(?:\*\/|$)/y;
// Runs of plain signs at once: taken one by one, a text of some megabytes would overflow the stack.
const text = /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|\\?$)|"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*(?:"|\\?$)/y;
const name = /`[^`]*(?:``[^`]*)*`?/y;
const number = /\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\w$\u0080-\uffff])/iy;
const word = /[\w$\u0080-\uffff]+/y;

/** Reads a statement as MySQL does in its usual mode (double quotes stand for text). */
export function* sqlTokens(statement: string): Generator<SqlToken> {
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(statement)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  while (position < statement.length) {
    const start = position;
    const at = (): Pick<SqlToken, 'start' | 'end'> => ({ start, end: position });
    if (take(blank) !== undefined || take(comment) !== undefined) {
      continue;
    }
    const hidden = take(executable);
    if (hidden !== undefined) {
      yield { kind: 'executableComment', text: hidden, ...at() };
      continue;
    }
    const quoted = take(text);
    if (quoted !== undefined) {
      yield { kind: 'text', text: quoted, ...at() };
      continue;
    }
    const named = take(name);
    if (named !== undefined) {
      yield {
        kind: 'name',
        text: named.slice(1, named.endsWith('`') ? -1 : undefined).replaceAll('``', '`'),
        ...at(),
      };
      continue;
    }
    const digits = take(number);
    if (digits !== undefined) {
      yield { kind: 'number', text: digits, ...at() };
      continue;
    }
    const plain = take(word);
    if (plain !== undefined) {
      yield { kind: 'word', text: plain, ...at() };
      continue;
    }
    position += 1;
    yield { kind: 'sign', text: statement.charAt(start), ...at() };
  }
}
