/** A statement in a text, from its first to its last sign that is not blank or comment; offsets are UTF-16 units. */
export interface Statement {
  readonly text: string;
  readonly start: number;
  /** After the last sign; the delimiter is not part of it. */
  readonly end: number;
}

/**
 * The statement that a person at `offset` means: the one the cursor is in; after its end on the same line, still that
 * one; in blank or comment lines, the next one; behind the last, the last. Undefined when there is none.
 *
 * @param statements those of the text, where they are known already
 */
export function statementAt(
  text: string,
  offset: number,
  statements: Iterable<Statement> = statementsOf(text),
): Statement | undefined {
  let before: Statement | undefined;
  for (const statement of statements) {
    if (offset < statement.start) {
      const sameLine = before !== undefined && !text.slice(before.end, offset).includes('\n');
      return sameLine ? before : statement;
    }
    if (offset <= statement.end) {
      return statement;
    }
    before = statement;
  }
  return before;
}

/**
 * Splits a text into statements the way the mysql client does: quotes, comments (`-- ` needs a blank after it, `#`
 * does not), executable comments and optimizer hints as part of a statement, `DELIMITER` lines, `\G` and `\g`. A quote
 * or comment that is not closed reaches to the end.
 *
 * @param delimiter the one in force where the text begins
 */
export function* statementsOf(text: string, delimiter = ';'): Generator<Statement> {
  for (const part of partsOf(text, delimiter)) {
    if ('text' in part) {
      yield part;
    }
  }
}

/** The delimiter in force at `offset`: that of the last `DELIMITER` line before it. */
export function delimiterAt(text: string, offset: number): string {
  let delimiter = ';';
  for (const part of partsOf(text, delimiter)) {
    if (part.end > offset) {
      break;
    }
    delimiter = 'delimiter' in part ? part.delimiter : delimiter;
  }
  return delimiter;
}

interface DelimiterCommand {
  readonly delimiter: string;
  readonly end: number;
}

function* partsOf(text: string, first: string): Generator<Statement | DelimiterCommand> {
  let delimiter = first;
  let start = -1;
  let end = -1;
  let position = 0;
  const statement = (): Statement => ({ text: text.slice(start, end), start, end });
  while (position < text.length) {
    const code = text.charCodeAt(position);
    const command = start < 0 && isD(code) ? delimiterCommand(text, position) : undefined;
    if (command !== undefined) {
      yield command;
      delimiter = command.delimiter;
      position = command.end;
      continue;
    }
    const terminator = terminatorLength(text, position, delimiter);
    if (terminator > 0) {
      if (start >= 0) {
        yield statement();
        start = -1;
      }
      position += terminator;
      continue;
    }
    const next = endOfComment(text, position, code);
    if (next !== undefined) {
      position = next;
      continue;
    }
    const after = endOfToken(text, position, code);
    if (!isBlank(code)) {
      start = start < 0 ? position : start;
      end = after;
    }
    position = after;
  }
  if (start >= 0) {
    yield statement();
  }
}

const delimiterLine = /delimiter[ \t]+(\S+)[^\n]*/iy;

/** `DELIMITER //` is a command of the client: alone on its line, at the beginning of a statement. */
function delimiterCommand(text: string, position: number): DelimiterCommand | undefined {
  delimiterLine.lastIndex = position;
  const match = delimiterLine.exec(text);
  if (match?.[1] === undefined) {
    return undefined;
  }
  const lineStart = text.lastIndexOf('\n', position - 1) + 1;
  if (text.slice(lineStart, position).trim() !== '') {
    return undefined;
  }
  return { delimiter: match[1], end: position + match[0].length };
}

function terminatorLength(text: string, position: number, delimiter: string): number {
  if (text.charCodeAt(position) === delimiter.charCodeAt(0) && text.startsWith(delimiter, position)) {
    return delimiter.length;
  }
  return text.charCodeAt(position) === backslash && /[Gg]/.test(text.charAt(position + 1)) ? 2 : 0;
}

/** The end of the comment that begins here, or undefined when none does. */
function endOfComment(text: string, position: number, code: number): number | undefined {
  const next = text.charCodeAt(position + 1);
  if (
    code === hash ||
    (code === dash &&
      next === dash &&
      (position + 2 >= text.length || isBlank(text.charCodeAt(position + 2))))
  ) {
    return endOrLength(text.indexOf('\n', position), 1, text);
  }
  if (code === slash && next === star && !isCode(text, position + 2)) {
    return endOrLength(text.indexOf('*/', position + 2), 2, text);
  }
  return undefined;
}

/** What looks like a comment but is code: MySQL's and MariaDB's executable comments, TiDB's, optimizer hints. */
const isCode = (text: string, position: number): boolean =>
  /^(?:[!+]|M!|T!)/.test(text.slice(position, position + 2));

/** The end of a quoted part or of an executable comment, else of the one character. */
function endOfToken(text: string, position: number, code: number): number {
  if (code === singleQuote || code === doubleQuote) {
    return endOfQuoted(text, position, code, true);
  }
  if (code === backtick) {
    return endOfQuoted(text, position, code, false);
  }
  if (code === slash && text.charCodeAt(position + 1) === star) {
    return endOrLength(text.indexOf('*/', position + 2), 2, text);
  }
  return position + 1;
}

/** A doubled quote needs no care: it reads as two quoted parts that touch. */
function endOfQuoted(text: string, position: number, quote: number, escapes: boolean): number {
  for (let at = position + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      return at + 1;
    }
    if (escapes && code === backslash) {
      at += 1;
    }
  }
  return text.length;
}

// Character codes: a dump has millions of them, and a string made for each would take seconds.
const [singleQuote, doubleQuote, backtick, backslash] = [0x27, 0x22, 0x60, 0x5c];
const [slash, star, dash, hash] = [0x2f, 0x2a, 0x2d, 0x23];

const endOrLength = (found: number, length: number, text: string): number =>
  found < 0 ? text.length : found + length;
const isBlank = (code: number): boolean => code <= 0x20;
const isD = (code: number): boolean => code === 0x64 || code === 0x44;
