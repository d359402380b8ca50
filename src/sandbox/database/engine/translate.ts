import { syntaxError, unsupported } from './sqlError';
import { isWord, quoteName, quoteText, splitAtCommas } from './tokens';
import type { Token } from './tokens';
import {
  MARKS,
  NO_MARKS,
  WORDS,
  FUNCTIONS,
  INTEGER_FUNCTIONS,
  UNITS,
  CAST_TYPES,
  AFTER_SELECT,
  SQLITE_KEYWORDS,
} from './words';

/** What the words of a statement are read against. */
export interface Scope {
  readonly sql: string;
  readonly database: string | undefined;
  /** `USER()` and the like. */
  readonly account: string;
  isDatabase(name: string): boolean;
  /** Of `@name`, `@@name`, `@@session.name`; as SQLite writes it. */
  variable(name: string): string;
  /** In the part of an INSERT where `VALUES(column)` is the value that was to be inserted. */
  readonly onDuplicate?: boolean;
  /** In a view, which SQLite keeps without the name of the database it is in. */
  readonly inView?: boolean;
  /** A database other than the current one is mentioned. */
  mention(database: string): void;
}

/** Writes an expression, or any stretch of a statement that both sides spell alike, in SQLite's words. */
export function translate(tokens: readonly Token[], scope: Scope): string {
  return new Translator(tokens, scope).run();
}

class Translator {
  readonly #tokens: readonly Token[];
  readonly #scope: Scope;
  readonly #out: string[] = [];
  /** Where in `#out` the last operand began. */
  #operand = 0;
  #at = 0;

  constructor(tokens: readonly Token[], scope: Scope) {
    this.#tokens = tokens;
    this.#scope = scope;
  }

  run(): string {
    while (this.#at < this.#tokens.length) {
      this.#step();
    }
    return this.#out.join(' ');
  }

  #sees(ahead: number, ...words: string[]): boolean {
    return words.every((word, index) => isWord(this.#tokens[this.#at + ahead + index], word));
  }

  #push(...pieces: string[]): void {
    this.#out.push(...pieces);
  }

  #operandBegins(): void {
    this.#operand = this.#out.length;
  }

  #step(): void {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      return;
    }
    switch (token.kind) {
      case 'string':
        this.#operandBegins();
        this.#push(quoteText(token.value));
        break;
      case 'blob':
        this.#operandBegins();
        this.#push(`x'${token.value}'`);
        break;
      case 'number':
        this.#operandBegins();
        this.#push(token.value);
        break;
      case 'variable':
        this.#operandBegins();
        this.#push(this.#scope.variable(token.value));
        break;
      case 'mark':
        this.#mark(token);
        return;
      case 'name':
        this.#name(token, token.value, quoteName(token.value));
        return;
      default:
        this.#word(token);
        return;
    }
    this.#at += 1;
  }

  #mark(token: Token): void {
    this.#at += 1;
    if (NO_MARKS.has(token.value)) {
      throw syntaxError(this.#scope.sql.slice(token.at, token.at + 80));
    }
    if (token.value === '(') {
      this.#operandBegins();
      this.#push('(', translate(this.#group(), this.#scope), ')');
    } else if (token.value === '/') {
      this.#push('* 1.0 /');
    } else {
      this.#push(MARKS[token.value] ?? token.value);
    }
  }

  #word(token: Token): void {
    const word = token.value;
    const afterDot = isWord(this.#tokens[this.#at - 1], '.');
    if (!afterDot && this.#sees(1, '(')) {
      this.#operandBegins();
      this.#at += 2;
      const call = this.#call(word, token.text, this.#group());
      this.#push(INTEGER_FUNCTIONS.has(word) ? `CAST(${call} AS INTEGER)` : call);
      return;
    }
    if (!afterDot && this.#dropped(word)) {
      return;
    }
    if (!afterDot && word === 'INTERVAL') {
      this.#interval();
      return;
    }
    if (!afterDot && word === 'CURRENT_USER') {
      this.#operandBegins();
      this.#push(quoteText(this.#scope.account));
      this.#at += 1;
      return;
    }
    if (!afterDot && word === 'CURRENT_DATE' && !this.#sees(1, '.')) {
      this.#operandBegins();
      this.#push('curdate()');
      this.#at += 1;
      return;
    }
    const replaced = afterDot || this.#sees(1, '.') ? undefined : word === 'MOD' ? '%' : WORDS[word];
    if (replaced !== undefined) {
      this.#operandBegins();
      this.#push(replaced);
      this.#at += 1;
      return;
    }
    this.#name(token, token.text, SQLITE_KEYWORDS.has(word) ? quoteName(token.text) : token.text);
  }

  /** A name or keyword; the first part of `database.table` is turned to where SQLite has that database. */
  #name(token: Token, name: string, written: string): void {
    const afterDot = isWord(this.#tokens[this.#at - 1], '.');
    if (!afterDot) {
      this.#operandBegins();
    }
    this.#at += 1;
    const qualifies = !afterDot && this.#sees(0, '.') && this.#scope.isDatabase(name);
    if (!qualifies) {
      this.#push(written);
      return;
    }
    if (name.toLowerCase() === this.#scope.database?.toLowerCase()) {
      if (this.#scope.inView === true) {
        this.#at += 1;
      } else {
        this.#push('main');
      }
      return;
    }
    this.#scope.mention(name.toLowerCase());
    this.#push(quoteName(name.toLowerCase()));
  }

  /** What SQLite has no word for and that changes no result. */
  #dropped(word: string): boolean {
    const drop = (count: number): true => {
      this.#at += count;
      return true;
    };
    const hint =
      ['USE', 'FORCE', 'IGNORE'].includes(word) && (this.#sees(1, 'INDEX') || this.#sees(1, 'KEY'));
    if (hint && this.#sees(2, '(')) {
      this.#at += 3;
      this.#group();
      return true;
    }
    if (word === 'FROM' && this.#sees(1, 'DUAL')) {
      return drop(2);
    }
    if (word === 'FOR' && (this.#sees(1, 'UPDATE') || this.#sees(1, 'SHARE'))) {
      return drop(this.#sees(2, 'NOWAIT') ? 3 : this.#sees(2, 'SKIP', 'LOCKED') ? 4 : 2);
    }
    if (word === 'LOCK' && this.#sees(1, 'IN', 'SHARE', 'MODE')) {
      return drop(4);
    }
    if (word === 'COLLATE') {
      return drop(2);
    }
    if (word === 'BINARY') {
      return drop(1);
    }
    return AFTER_SELECT.has(word) && drop(1);
  }

  /** `x + INTERVAL n UNIT` */
  #interval(): void {
    const sign = this.#out.at(-1);
    const unitAt = this.#tokens.findIndex((token, index) => index > this.#at && UNITS.has(token.value));
    const unit = this.#tokens[unitAt]?.value;
    const operand = this.#out.slice(this.#operand, -1);
    if ((sign !== '+' && sign !== '-') || unit === undefined || operand.length === 0) {
      throw unsupported('INTERVAL here');
    }
    const amount = translate(this.#tokens.slice(this.#at + 1, unitAt), this.#scope);
    this.#out.length = this.#operand;
    this.#push(`mysql_date_add(${operand.join(' ')}, ${sign}(${amount}), '${unit}')`);
    this.#at = unitAt + 1;
  }

  /** The tokens up to the mark that closes the group just entered. */
  #group(): Token[] {
    const start = this.#at;
    for (let depth = 1; this.#at < this.#tokens.length; this.#at += 1) {
      depth += this.#sees(0, '(') ? 1 : this.#sees(0, ')') ? -1 : 0;
      if (depth === 0) {
        this.#at += 1;
        return this.#tokens.slice(start, this.#at - 1);
      }
    }
    throw syntaxError(this.#scope.sql.slice((this.#tokens[start]?.at ?? 0) - 1).slice(0, 80));
  }

  #call(word: string, text: string, inside: readonly Token[]): string {
    const scope = this.#scope;
    const all = (tokens: readonly Token[]): string => translate(tokens, scope);
    const parts = splitAtCommas(inside);
    const [first = [], second = []] = parts;
    const at = (name: string): number => topLevel(inside, name);
    const between = (from: number, to: number): string => all(inside.slice(from + 1, to));
    switch (word) {
      case 'CONCAT':
        return `(${parts.map((part) => `(${all(part)})`).join(' || ')} || '')`;
      case 'CAST':
        return cast(all(inside.slice(0, at('AS'))), inside.slice(at('AS') + 1));
      case 'CONVERT':
        return at('USING') >= 0 ? `(${all(inside.slice(0, at('USING')))})` : cast(all(first), second);
      case 'VALUES':
        return scope.onDuplicate === true ? `excluded.${all(inside)}` : `VALUES (${all(inside)})`;
      case 'GROUP_CONCAT':
        return groupConcat(inside, all);
      case 'DATE_ADD':
      case 'ADDDATE':
      case 'DATE_SUB':
      case 'SUBDATE': {
        const sign = word.endsWith('ADD') || word === 'ADDDATE' ? '+' : '-';
        const given = isWord(second[0], 'INTERVAL');
        const amount = all(given ? second.slice(1, -1) : second);
        const unit = given ? (second.at(-1)?.value ?? '') : 'DAY';
        return `mysql_date_add(${all(first)}, ${sign}(${amount}), ${quoteText(unit)})`;
      }
      case 'TIMESTAMPADD':
        return `mysql_date_add(${all(parts[2] ?? [])}, ${all(second)}, ${quoteText(first[0]?.value ?? '')})`;
      case 'TIMESTAMPDIFF':
        return `timestampdiff(${quoteText(first[0]?.value ?? '')}, ${parts.slice(1).map(all).join(', ')})`;
      case 'EXTRACT':
        return `${inside[0]?.text ?? ''}(${between(at('FROM'), inside.length)})`;
      case 'POSITION':
        return `instr(${between(at('IN'), inside.length)}, ${between(-1, at('IN'))})`;
      case 'SUBSTR':
      case 'SUBSTRING': {
        if (at('FROM') < 0) {
          break;
        }
        const end = at('FOR') < 0 ? inside.length : at('FOR');
        const length = at('FOR') < 0 ? '' : `, ${between(end, inside.length)}`;
        return `substr(${between(-1, at('FROM'))}, ${between(at('FROM'), end)}${length})`;
      }
      case 'TRIM': {
        const side = { LEADING: 'ltrim', TRAILING: 'rtrim', BOTH: 'trim' }[inside[0]?.value ?? ''];
        const from = at('FROM');
        if (from < 0) {
          break;
        }
        const what = between(side === undefined ? -1 : 0, from);
        return `${side ?? 'trim'}(${between(from, inside.length)}${what === '' ? '' : `, ${what}`})`;
      }
      case 'COUNT':
        if (parts.length > 1) {
          throw unsupported('COUNT(DISTINCT a, b)');
        }
        break;
      default:
    }
    return `${FUNCTIONS[word] ?? text}(${all(inside)})`;
  }
}

/** Where a word stands outside of all parentheses; -1 where it does not. */
export function topLevel(tokens: readonly Token[], word: string): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += isWord(token, '(') ? 1 : isWord(token, ')') ? -1 : 0;
    return depth === 0 && isWord(token, word);
  });
}

function cast(expression: string, type: readonly Token[]): string {
  const name = type[0]?.value ?? '';
  if (['DATE', 'DATETIME', 'TIME'].includes(name)) {
    return `${name.toLowerCase()}(${expression})`;
  }
  const target = CAST_TYPES[name];
  if (target === undefined) {
    throw syntaxError(type[0]?.text ?? '');
  }
  const scale = name === 'DECIMAL' ? type[4]?.value : undefined;
  return scale === undefined ? `CAST(${expression} AS ${target})` : `mysql_decimal(${expression}, ${scale})`;
}

function groupConcat(inside: readonly Token[], all: (tokens: readonly Token[]) => string): string {
  const separatorAt = topLevel(inside, 'SEPARATOR');
  const separator = separatorAt < 0 ? "','" : all(inside.slice(separatorAt + 1));
  const rest = separatorAt < 0 ? inside : inside.slice(0, separatorAt);
  const orderAt = topLevel(rest, 'ORDER');
  const what = orderAt < 0 ? rest : rest.slice(0, orderAt);
  const order = orderAt < 0 ? '' : ` ${all(rest.slice(orderAt))}`;
  if (isWord(what[0], 'DISTINCT')) {
    // SQLite allows no separator beside DISTINCT: its own is the comma.
    if (separator !== "','") {
      throw unsupported('GROUP_CONCAT(DISTINCT … SEPARATOR …)');
    }
    return `group_concat(${all(what)}${order})`;
  }
  return `group_concat(${all(what)}, ${separator}${order})`;
}
