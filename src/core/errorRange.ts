import { codeTokens, type CodeToken } from './codeTokens';

/** Part of a statement: offsets from its beginning. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of a statement that a server's error is about: where its syntax is wrong, or the name that is not known; the
 * whole statement where the words do not tell.
 *
 * @param message in the server's words: MySQL's, MariaDB's or TiDB's
 */
export function errorRange(statement: string, message: string): TextRange {
  const whole = { start: 0, end: statement.length };
  if (statement === '') {
    return whole;
  }
  return syntaxRange(statement, message) ?? nameRange(statement, message) ?? whole;
}

const tidbSyntax = /\bline (\d+) column (\d+) near "([\s\S]*)"[^"]*$/;
const mysqlSyntax = /\bnear '([\s\S]*?)(?:' at line (\d+)|…?$)/;

function syntaxRange(statement: string, message: string): TextRange | undefined {
  const tidb = tidbSyntax.exec(message);
  if (tidb !== null) {
    const [, line = '1', column = '1', near = ''] = tidb;
    const scanned = lineStart(statement, Number(line)) + Math.max(Number(column) - 1, 0);
    return rangeOf(statement, near, Number(line), scanned);
  }
  const mysql = /\bsyntax\b/i.test(message) ? mysqlSyntax.exec(message) : null;
  if (mysql === null) {
    return undefined;
  }
  const [, near = '', line = '1'] = mysql;
  return rangeOf(statement, near, Number(line), lineStart(statement, Number(line)));
}

/** `near` is what is left of the statement from the wrong sign on; servers cut it after some length. */
function rangeOf(statement: string, near: string, line: number, otherwise: number): TextRange {
  if (near.trim() === '') {
    return lastToken(statement);
  }
  if (statement.endsWith(near)) {
    return tokenAt(statement, statement.length - near.length);
  }
  const from = lineStart(statement, line);
  const onLine = statement.indexOf(near, from);
  const anywhere = onLine >= 0 ? onLine : statement.indexOf(near);
  return tokenAt(statement, anywhere >= 0 ? anywhere : Math.min(otherwise, statement.length));
}

/** Lines count from 1. One that is not there is the last. */
function lineStart(statement: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = statement.indexOf('\n', start);
    if (next < 0) {
      break;
    }
    start = next + 1;
  }
  return start;
}

/** The token that is at this position, or the first one behind it. */
function tokenAt(statement: string, position: number): TextRange {
  const token = codeTokens(statement).find(({ end }) => end > position);
  return token === undefined
    ? lastToken(statement)
    : { start: Math.max(token.start, position), end: firstLineEnd(statement, token) };
}

/** A text that is not closed reaches far: its first line is enough. */
function firstLineEnd(statement: string, { start, end }: TextRange): number {
  const lineEnd = statement.indexOf('\n', start);
  return lineEnd > start && lineEnd < end ? lineEnd : end;
}

function lastToken(statement: string): TextRange {
  const token = codeTokens(statement).at(-1);
  return token === undefined
    ? { start: 0, end: statement.length }
    : { start: token.start, end: firstLineEnd(statement, token) };
}

/** Errors that quote a name which the statement has, and where to look for it first. */
const aboutNames: readonly RegExp[] = [
  /^Unknown column '(?<name>[^']+)' in '?(?<clause>[\w ]+)'?/i,
  /^Column '(?<name>[^']+)' in (?:'?(?<clause>[\w ]+)'? )?is ambiguous/i,
  /^Column '(?<name>[^']+)' (?:cannot be null|specified twice)/i,
  /^Field '(?<name>[^']+)' doesn't have a default/i,
  /^Table '(?<name>[^']+)' (?:doesn't exist|already exists)/i,
  /^Unknown (?:table|database|view|collation|system variable|prepared statement handler|storage engine)[^'`]*['`](?<name>[^'`]+)/i,
  /^Can't (?:DROP|create database|drop database)[^'`]*['`](?<name>[^'`]+)/i,
  /^(?:FUNCTION|PROCEDURE) (?<name>[^\s']+) (?:does not exist|already exists)/i,
  /^Not unique table\/alias: '(?<name>[^']+)'/i,
  /^Duplicate (?:column|key) name '(?<name>[^']+)'/i,
  /^(?:Key column|Key|Invalid column|Column) '(?<name>[^']+)' (?:doesn't exist|not found)/i,
  /^\w+ command denied to user .* for (?:table|column) ['`](?<name>.+)['`]/i,
  /^Data (?:too long|truncated) for column '(?<name>[^']+)'/i,
  /^Out of range value for column '(?<name>[^']+)'/i,
  /^Incorrect \w+ value: '[^']*' for column (?<name>[^\s]+)/i,
  /^'(?<name>[^']+)' is not (?:BASE TABLE|VIEW|SEQUENCE)/i,
  /^Variable '(?<name>[^']+)' /i,
];

const clauseWords: readonly (readonly [RegExp, string])[] = [
  [/where/i, 'WHERE'],
  [/having/i, 'HAVING'],
  [/order/i, 'ORDER'],
  [/group/i, 'GROUP'],
  [/\bon\b/i, 'ON'],
];

function nameRange(statement: string, message: string): TextRange | undefined {
  for (const pattern of aboutNames) {
    const { name, clause = '' } = pattern.exec(message)?.groups ?? {};
    if (name !== undefined) {
      const parts = name.replaceAll('`', '').replaceAll("'", '').split('.');
      return find(codeTokens(statement), parts, clause);
    }
  }
  return undefined;
}

/** The name as a whole, else without its first parts: the server adds the database. */
function find(tokens: readonly CodeToken[], parts: readonly string[], clause: string): TextRange | undefined {
  const word = clauseWords.find(([pattern]) => pattern.test(clause))?.[1];
  const begin =
    word === undefined
      ? 0
      : Math.max(
          tokens.findIndex((token) => token.word === word),
          0,
        );
  for (let skipped = 0; skipped < parts.length; skipped += 1) {
    const wanted = parts.slice(skipped);
    const places = tokens.map((_, index) => index).filter((index) => isNameAt(tokens, index, wanted));
    const place = places.find((index) => index >= begin) ?? places[0];
    const [first, last] = [tokens[place ?? -1], tokens[(place ?? 0) + 2 * (wanted.length - 1)]];
    if (place !== undefined && first !== undefined && last !== undefined) {
      return { start: first.start, end: last.end };
    }
  }
  return undefined;
}

function isNameAt(tokens: readonly CodeToken[], index: number, parts: readonly string[]): boolean {
  return parts.every((part, nth) => {
    const token = tokens[index + 2 * nth];
    const dot = tokens[index + 2 * nth - 1];
    const joined = nth === 0 || (dot?.kind === 'sign' && dot.text === '.');
    const isName = token?.kind === 'word' || token?.kind === 'name';
    return joined && isName && token.text.toLowerCase() === part.toLowerCase();
  });
}
