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
 */
export function statementAt(text: string, offset: number): Statement | undefined {
  let before: Statement | undefined;
  for (const statement of statementsOf(text)) {
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
 */
export function* statementsOf(text: string): Generator<Statement> {
  let delimiter = ';';
  let start = -1;
  let end = -1;
  let position = 0;
  const statement = (): Statement => ({ text: text.slice(start, end), start, end });
  while (position < text.length) {
    const command = start < 0 ? delimiterCommand(text, position) : undefined;
    if (command !== undefined) {
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
    const next = endOfComment(text, position);
    if (next !== undefined) {
      position = next;
      continue;
    }
    const after = endOfToken(text, position);
    if (!isBlank(text.charCodeAt(position))) {
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
function delimiterCommand(text: string, position: number): { delimiter: string; end: number } | undefined {
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
  if (text.startsWith(delimiter, position)) {
    return delimiter.length;
  }
  return text[position] === '\\' && (text[position + 1] === 'G' || text[position + 1] === 'g') ? 2 : 0;
}

/** The end of the comment that begins here, or undefined when none does. */
function endOfComment(text: string, position: number): number | undefined {
  const two = text.slice(position, position + 2);
  if (
    two.startsWith('#') ||
    (two === '--' && (position + 2 >= text.length || isBlank(text.charCodeAt(position + 2))))
  ) {
    return endOrLength(text.indexOf('\n', position), 1, text);
  }
  if (two === '/*' && !isCode(text, position + 2)) {
    return endOrLength(text.indexOf('*/', position + 2), 2, text);
  }
  return undefined;
}

/** What looks like a comment but is code: MySQL's and MariaDB's executable comments, TiDB's, optimizer hints. */
const isCode = (text: string, position: number): boolean =>
  /^(?:[!+]|M!|T!)/.test(text.slice(position, position + 2));

/** The end of a quoted part or of an executable comment, else of the one character. */
function endOfToken(text: string, position: number): number {
  const first = text[position];
  if (first === "'" || first === '"') {
    return endOfQuoted(text, position, first, true);
  }
  if (first === '`') {
    return endOfQuoted(text, position, first, false);
  }
  if (first === '/' && text[position + 1] === '*') {
    return endOrLength(text.indexOf('*/', position + 2), 2, text);
  }
  return position + 1;
}

/** A doubled quote needs no care: it reads as two quoted parts that touch. */
function endOfQuoted(text: string, position: number, quote: string, escapes: boolean): number {
  for (let at = position + 1; at < text.length; at += 1) {
    if (text[at] === quote) {
      return at + 1;
    }
    if (escapes && text[at] === '\\') {
      at += 1;
    }
  }
  return text.length;
}

const endOrLength = (found: number, length: number, text: string): number =>
  found < 0 ? text.length : found + length;
const isBlank = (code: number): boolean => code <= 0x20;
