import { syntaxError } from './sqlError';

export type TokenKind = 'word' | 'name' | 'string' | 'blob' | 'number' | 'variable' | 'mark' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As it is written; for the rest of the sentence in a syntax error. */
  readonly text: string;
  /** word: upper case; name, string: what is meant; blob: hex digits; variable: lower case with its `@`. */
  readonly value: string;
  /** Where it begins in the statement. */
  readonly at: number;
  /** Whether white space or a comment stands before it. */
  readonly spaced: boolean;
}

const SPACE = /\s+/y;
const COMMENT = /(?:#|--(?=\s|$))[^\n]*|\/\*(?![!+])[\s\S]*?\*\//y;
/** Text for MySQL only is read as if it stood there; hints are not for this server. */
const VERSIONED_START = /\/\*!\d*/y;
const HINT = /\/\*\+[\s\S]*?\*\//y;
const VERSIONED_END = /\*\//y;
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const HEX = /0x([0-9a-fA-F]+)|[xX]'([0-9a-fA-F]*)'/y;
const BITS = /0b([01]+)|[bB]'([01]*)'/y;
const QUOTED = /(['"`])((?:\\[\s\S]|\1\1|(?!\1)[^\\])*)\1/y;
const NAMED = /`((?:``|[^`])*)`/y;
const VARIABLE = /@@?(?:[\w$.]+|`[^`]*`|'[^']*')/y;
const MARK = /<=>|<>|!=|<=|>=|:=|\|\||&&|->>|->|<<|>>|[-+*/%=<>!~&|^(),.;?@:{}]/y;
const INTRODUCERS = new Set(['_UTF8MB4', '_UTF8', '_LATIN1', '_BINARY', '_ASCII']);

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  Z: '\x1a',
  // For LIKE: the backslash stays.
  '%': '\\%',
  _: '\\_',
};

const unescape = (body: string, quote: string): string =>
  body.replace(
    /\\([\s\S])|(['"])\2/g,
    (all: string, escaped: string | undefined, doubled: string | undefined) => {
      if (escaped !== undefined) {
        return ESCAPES[escaped] ?? escaped;
      }
      return doubled === quote ? quote : all;
    },
  );

/** Cuts one MySQL statement into tokens, the last of which is `end`. @throws a syntax error for what is no token. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = false;
  let versioned = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  const skip = (pattern: RegExp): boolean => {
    const found = match(pattern);
    if (found === null || found[0] === '') {
      return false;
    }
    at += found[0].length;
    spaced = true;
    return true;
  };
  const push = (kind: TokenKind, text: string, value: string): void => {
    tokens.push({ kind, text, value, at, spaced });
    at += text.length;
    spaced = false;
  };
  while (at < sql.length) {
    if (skip(SPACE) || skip(COMMENT) || skip(HINT)) {
      continue;
    }
    if (skip(VERSIONED_START)) {
      versioned += 1;
      continue;
    }
    if (versioned > 0 && skip(VERSIONED_END)) {
      versioned -= 1;
      continue;
    }
    let found: RegExpExecArray | null;
    if ((found = match(HEX)) !== null) {
      const digits = found[1] ?? found[2] ?? '';
      push('blob', found[0], digits.length % 2 === 1 ? `0${digits}` : digits);
    } else if ((found = match(BITS)) !== null) {
      const bits = found[1] ?? found[2] ?? '';
      push('number', found[0], BigInt(`0b${bits === '' ? '0' : bits}`).toString());
    } else if ((found = match(NAMED)) !== null) {
      push('name', found[0], (found[1] ?? '').replaceAll('``', '`'));
    } else if ((found = match(QUOTED)) !== null) {
      const value = unescape(found[2] ?? '', found[1] ?? '');
      const before = tokens.at(-1);
      if (before?.kind === 'string') {
        // Texts side by side are one.
        tokens.pop();
        const text = sql.slice(before.at, at + found[0].length);
        at = before.at;
        push('string', text, before.value + value);
      } else {
        push('string', found[0], value);
      }
    } else if ((found = match(WORD)) !== null) {
      const value = found[0].toUpperCase();
      const introduces = INTRODUCERS.has(value) && /^\s*['"xX0]/.test(sql.slice(at + found[0].length));
      if (introduces) {
        at += found[0].length;
        spaced = true;
      } else {
        push('word', found[0], value);
      }
    } else if ((found = match(NUMBER)) !== null) {
      push('number', found[0], found[0]);
    } else if ((found = match(VARIABLE)) !== null) {
      push('variable', found[0], found[0].replace(/[`']/g, '').toLowerCase());
    } else if ((found = match(MARK)) !== null) {
      push('mark', found[0], found[0]);
    } else {
      throw syntaxError(sql.slice(at, at + 80));
    }
  }
  tokens.push({ kind: 'end', text: '', value: '', at, spaced });
  return tokens;
}

/** Walks over tokens. */
export class Cursor {
  #at = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly sql: string,
  ) {}

  get position(): number {
    return this.#at;
  }

  get token(): Token {
    const token = this.tokens[this.#at] ?? this.tokens[this.tokens.length - 1];
    if (token === undefined) {
      throw syntaxError('');
    }
    return token;
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  next(): Token {
    const token = this.token;
    this.#at += 1;
    return token;
  }

  /** Whether these words, or marks, come next. */
  sees(...words: string[]): boolean {
    return words.every((word, ahead) => isWord(this.tokens[this.#at + ahead], word));
  }

  /** Takes these words if they come next. */
  takes(...words: string[]): boolean {
    if (!this.sees(...words)) {
      return false;
    }
    this.#at += words.length;
    return true;
  }

  expect(...words: string[]): void {
    if (!this.takes(...words)) {
      throw this.unexpected();
    }
  }

  /** A name, quoted or not. */
  name(): string {
    const token = this.next();
    if (token.kind === 'name' || token.kind === 'word') {
      return token.kind === 'name' ? token.value : token.text;
    }
    this.#at -= 1;
    throw this.unexpected();
  }

  /** `name` or `database.name`. */
  qualified(): { database: string | undefined; name: string } {
    const first = this.name();
    return this.takes('.') ? { database: first, name: this.name() } : { database: undefined, name: first };
  }

  end(): void {
    this.takes(';');
    if (!this.atEnd) {
      throw this.unexpected();
    }
  }

  /** The tokens up to the closing mark of the group that has just been opened, which is taken too. */
  group(): Token[] {
    const inside: Token[] = [];
    for (let depth = 1; ;) {
      if (this.atEnd) {
        throw this.unexpected();
      }
      const token = this.next();
      depth += isWord(token, '(') ? 1 : isWord(token, ')') ? -1 : 0;
      if (depth === 0) {
        return inside;
      }
      inside.push(token);
    }
  }

  rest(): Token[] {
    const rest = this.tokens.slice(this.#at, -1);
    this.#at = this.tokens.length - 1;
    return rest;
  }

  unexpected(): Error {
    return syntaxError(this.sql.slice(this.token.at, this.token.at + 80));
  }
}

/** Whether a token is this word (upper case) or mark, not quoted. */
export const isWord = (token: Token | undefined, word: string): boolean =>
  token !== undefined && (token.kind === 'word' || token.kind === 'mark') && token.value === word;

/** Cuts at the commas that are in no parentheses. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += isWord(token, '(') ? 1 : isWord(token, ')') ? -1 : 0;
    if (depth === 0 && isWord(token, ',')) {
      parts.push([]);
    } else {
      parts[parts.length - 1]?.push(token);
    }
  }
  return parts;
}

/** As SQLite reads it, which takes a NUL for the end of the statement. */
export const quoteText = (text: string): string =>
  text.includes('\0')
    ? `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`
    : `'${text.replaceAll("'", "''")}'`;
/** Not in double quotes: SQLite takes what is in them for a text where there is no such column. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
