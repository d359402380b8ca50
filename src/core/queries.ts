import { sqlTokens, type SqlToken } from './sqlTokens';

const upper = (token: SqlToken | undefined): string | undefined =>
  token?.kind === 'word' ? token.text.toUpperCase() : undefined;

/** The tokens that are in no parentheses; what is in some is one sign, `()`. */
function outerTokens(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let depth = 0;
  return tokens.flatMap((token): readonly SqlToken[] => {
    const sign = token.kind === 'sign' ? token.text : '';
    depth -= sign === ')' ? 1 : 0;
    const kept = depth === 0 && sign !== ')' ? [sign === '(' ? { ...token, text: '()' } : token] : [];
    depth += sign === '(' ? 1 : 0;
    return kept;
  });
}

const reads = new Set(['SELECT', 'SHOW', 'TABLE', 'VALUES', 'WITH', 'DESCRIBE', 'DESC', 'EXPLAIN']);
const changes = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'CALL', 'INTO', 'ANALYZE']);

/**
 * Whether a statement does nothing but read, so that it can be run a second time without harm. What cannot be told for
 * certain is none: executable comments, locks, variables that are set on the way.
 */
export function isPlainQuery(statement: string): boolean {
  const tokens = [...sqlTokens(statement)].filter(({ kind, text }) => kind !== 'sign' || text !== ';');
  const opening = tokens.find(({ kind, text }) => kind !== 'sign' || text !== '(');
  const first = upper(opening);
  if (first === undefined || !reads.has(first) || tokens.some(({ kind }) => kind === 'executableComment')) {
    return false;
  }
  if (first === 'SHOW') {
    return true;
  }
  return !tokens.some((token, index) => {
    const here = upper(token);
    const next = upper(tokens[index + 1]);
    const before = tokens[index - 1];
    const isName = before?.kind === 'sign' && before.text === '.';
    if (token.kind === 'sign' && token.text === ':' && tokens[index + 1]?.text === '=') {
      return true;
    }
    if (here === undefined || isName) {
      return false;
    }
    if (here === 'FOR' || here === 'LOCK') {
      return next === 'UPDATE' || next === 'SHARE' || next === 'IN';
    }
    // INSERT() and REPLACE() are functions of text as well.
    const isFunction = tokens[index + 1]?.text === '(' && tokens[index + 1]?.kind === 'sign';
    return changes.has(here) && !(isFunction && (here === 'INSERT' || here === 'REPLACE'));
  });
}

export interface TableName {
  readonly database?: string;
  readonly table: string;
}

const afterTable = new Set(['WHERE', 'ORDER', 'LIMIT', 'FOR', 'USE', 'FORCE', 'IGNORE', 'PARTITION', 'AS']);
const notOneTable = new Set([
  'JOIN',
  'STRAIGHT_JOIN',
  'UNION',
  'EXCEPT',
  'INTERSECT',
  'GROUP',
  'HAVING',
  'WITH',
]);

/** The table whose rows a statement reads, where it reads the rows of one table and nothing else. */
export function tableOf(statement: string): TableName | undefined {
  const tokens = outerTokens([...sqlTokens(statement)]);
  const first = upper(tokens[0]);
  if (first === 'TABLE') {
    return nameAt(tokens, 1)?.name;
  }
  const from = tokens.findIndex((token) => upper(token) === 'FROM');
  if (first !== 'SELECT' || from < 0 || tokens.some((token) => notOneTable.has(upper(token) ?? ''))) {
    return undefined;
  }
  const found = nameAt(tokens, from + 1);
  if (found === undefined) {
    return undefined;
  }
  // Behind the name: nothing, a clause, or an alias and then one of these.
  const rest = tokens.slice(found.next).filter(({ kind, text }) => kind !== 'sign' || text !== ';');
  const end = rest.findIndex((token) => afterTable.has(upper(token) ?? '') && upper(token) !== 'AS');
  const between = rest.slice(0, end < 0 ? undefined : end);
  const aliases = between.filter((token) => upper(token) !== 'AS');
  return aliases.length <= 1 && aliases.every(({ kind }) => kind === 'word' || kind === 'name')
    ? found.name
    : undefined;
}

const isNamed = (token: SqlToken | undefined): token is SqlToken =>
  token?.kind === 'name' || (token?.kind === 'word' && !afterTable.has(token.text.toUpperCase()));

function nameAt(
  tokens: readonly SqlToken[],
  at: number,
): { readonly name: TableName; readonly next: number } | undefined {
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (!isNamed(first)) {
    return undefined;
  }
  if (dot?.kind === 'sign' && dot.text === '.') {
    return second !== undefined && (second.kind === 'name' || second.kind === 'word')
      ? { name: { database: first.text, table: second.text }, next: at + 3 }
      : undefined;
  }
  return { name: { table: first.text }, next: at + 1 };
}
