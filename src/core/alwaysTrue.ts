import { quotedContent, type CodeToken } from './codeTokens';

type Tokens = readonly CodeToken[];

/** Words that may stand in a condition that looks at no column. */
const constants = new Set(
  `NOT AND OR XOR TRUE FALSE NULL UNKNOWN IS IN LIKE BETWEEN DIV MOD INTERVAL EXISTS SELECT FROM DUAL CASE WHEN THEN ELSE
   END RLIKE REGEXP ESCAPE COLLATE BINARY ANY ALL SOME UNION SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR DATE TIME
   TIMESTAMP CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME
   UTC_TIMESTAMP`.split(/\s+/),
);

/**
 * Whether a condition holds for every row, as far as its text tells: one that looks at no column (`1`, `TRUE`, `'a' = 'a'`),
 * that compares a column with itself, or one of these behind OR. A constant that is plainly false does not.
 */
export function isAlwaysTrue(condition: Tokens): boolean {
  const tokens = withoutParentheses(condition);
  const choices = split(tokens, (token, next) => token.word === 'OR' || isDouble(token, next, '|'));
  if (choices.length > 1) {
    return choices.some(isAlwaysTrue);
  }
  const parts = split(tokens, (token, next) => token.word === 'AND' || isDouble(token, next, '&'));
  if (parts.length > 1) {
    return parts.every(isAlwaysTrue);
  }
  if (tokens[0]?.word === 'NOT' || (isSign(tokens[0], '!') && !isSign(tokens[1], '='))) {
    const inner = withoutParentheses(tokens.slice(1));
    return isConstant(inner) && !isTruthy(inner);
  }
  return isConstant(tokens) ? isTruthy(tokens) : holdsForItself(tokens);
}

const isSign = (token: CodeToken | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.text === sign;

const isDouble = (token: CodeToken, next: CodeToken | undefined, sign: string): boolean =>
  isSign(token, sign) && isSign(next, sign) && next?.start === token.end;

function withoutParentheses(tokens: Tokens): Tokens {
  let inner = tokens;
  while (isSign(inner[0], '(') && closing(inner) === inner.length - 1) {
    inner = inner.slice(1, -1);
  }
  return inner;
}

/** Where the parenthesis closes that the tokens begin with. */
function closing(tokens: Tokens): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    return depth === 0;
  });
}

function split(
  tokens: Tokens,
  isBetween: (token: CodeToken, next: CodeToken | undefined) => boolean,
): readonly Tokens[] {
  const parts: CodeToken[][] = [[]];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) {
      break;
    }
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    if (depth === 0 && isBetween(token, tokens[at + 1])) {
      at += token.word === '' ? 1 : 0;
      parts.push([]);
    } else {
      parts.at(-1)?.push(token);
    }
  }
  return parts;
}

/** No column is looked at. Variables are the same for every row. */
const isConstant = (tokens: Tokens): boolean =>
  tokens.every((token, index) => {
    const [before, next] = [tokens[index - 1], tokens[index + 1]];
    if (token.kind === 'name') {
      return isSign(before, '@');
    }
    return (
      token.kind !== 'word' ||
      constants.has(token.word) ||
      /^\d/.test(token.word) ||
      isSign(before, '@') ||
      isSign(next, '(') ||
      (next?.kind === 'text' && next.start === token.end)
    );
  });

/** What cannot be told counts as true. */
function isTruthy(tokens: Tokens): boolean {
  if (tokens.length === 1) {
    const value = literal(tokens[0]);
    return value === undefined ? tokens[0]?.word !== 'NULL' : Number.parseFloat(String(value)) !== 0;
  }
  const { left, operator, right } = comparison(tokens) ?? {};
  const [a, b] = [literal(left?.[0]), literal(right?.[0])];
  if (left?.length !== 1 || right?.length !== 1 || a === undefined || b === undefined) {
    return true;
  }
  const order =
    typeof a === 'string' && typeof b === 'string'
      ? a.toLowerCase().localeCompare(b.toLowerCase())
      : (Number.parseFloat(String(a)) || 0) - (Number.parseFloat(String(b)) || 0);
  switch (operator) {
    case '=':
    case '<=>':
      return order === 0;
    case '<>':
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    default:
      return true;
  }
}

/** Undefined for what is none. */
function literal(token: CodeToken | undefined): number | string | undefined {
  switch (token?.kind) {
    case 'number':
      return Number(token.text);
    case 'text':
      return quotedContent(token);
    default:
      return token?.word === 'TRUE' ? 1 : token?.word === 'FALSE' ? 0 : undefined;
  }
}

/** `id = id`, `name LIKE '%'`. */
function holdsForItself(tokens: Tokens): boolean {
  const { left, operator, right } = comparison(tokens) ?? {};
  if (left !== undefined && right !== undefined && ['=', '<=>', '<=', '>='].includes(operator ?? '')) {
    return textOf(left) === textOf(right);
  }
  const [last, like] = [tokens.at(-1), tokens.at(-2)];
  return (
    like?.word === 'LIKE' &&
    tokens.at(-3)?.word !== 'NOT' &&
    last?.kind === 'text' &&
    /^%+$/.test(quotedContent(last))
  );
}

const textOf = (tokens: Tokens): string => tokens.map(({ text }) => text.toLowerCase()).join(' ');

/** The two sides of a comparison, where there is one and no more. */
function comparison(
  tokens: Tokens,
): { readonly left: Tokens; readonly operator: string; readonly right: Tokens } | undefined {
  const isOperator = (token: CodeToken): boolean => token.kind === 'sign' && '<=>!'.includes(token.text);
  const from = tokens.findIndex(isOperator);
  if (from < 0) {
    return undefined;
  }
  let to = from;
  let operator = '';
  for (let token = tokens[to]; token !== undefined && isOperator(token); token = tokens[to]) {
    operator += token.text;
    to += 1;
  }
  const right = tokens.slice(to);
  return right.some(isOperator) ? undefined : { left: tokens.slice(0, from), operator, right };
}
