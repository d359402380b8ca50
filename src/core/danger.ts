import { isAlwaysTrue } from './alwaysTrue';
import { codeTokens, quotedContent, type CodeToken } from './codeTokens';

type Tokens = readonly CodeToken[];

/** What a statement would do that cannot be taken back, in words that go on from «It …». */
export interface Danger {
  readonly kind: 'delete' | 'update' | 'drop' | 'truncate' | 'alter' | 'replace' | 'flashback';
  readonly does: string;
}

/**
 * Tells a statement that would change or drop everything: UPDATE and DELETE without a condition that chooses rows, DROP,
 * TRUNCATE, ALTER … DROP; also where it is in a CTE, is explained by running it, is prepared from a text, or stands in an
 * executable comment. In doubt it is one: a person is asked once too often rather than once too seldom.
 */
export function dangerOf(statement: string): Danger | undefined {
  const tokens = codeTokens(statement);
  const compound = compounds.has(tokens[0]?.word ?? '') || isEvent(tokens);
  if (!compound && definesProgram(tokens)) {
    return undefined;
  }
  for (const part of parts(tokens, compound)) {
    const found = dangerIn(part, statement);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

const compounds = new Set(['BEGIN', 'IF', 'WHILE', 'LOOP', 'REPEAT', 'FOR', 'CASE']);
const innerStarts = new Set(['BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT', 'ATOMIC']);
const programs = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'PACKAGE']);

/** What a program does is done when it is called. */
function definesProgram(tokens: Tokens): boolean {
  if (tokens[0]?.word !== 'CREATE') {
    return false;
  }
  const end = tokens.findIndex(
    ({ kind, word, text }) => word === 'TABLE' || (kind === 'sign' && text === '('),
  );
  return tokens.slice(0, end < 0 ? undefined : end).some(({ word }) => programs.has(word));
}

/** An event runs without anybody calling it. */
const isEvent = (tokens: Tokens): boolean =>
  tokens[0]?.word === 'CREATE' && tokens.slice(1, 8).some(({ word }) => word === 'EVENT');

function parts(tokens: Tokens, compound: boolean): readonly Tokens[] {
  const found: CodeToken[][] = [[]];
  for (const token of tokens) {
    if (isSign(token, ';') || (compound && innerStarts.has(token.word))) {
      found.push([]);
    } else {
      found.at(-1)?.push(token);
    }
  }
  return found.filter((part) => part.length > 0);
}

function dangerIn(part: Tokens, source: string): Danger | undefined {
  const tokens = part.slice(part.findIndex((token) => !isSign(token, '(')));
  const rest = tokens.slice(1);
  const has = (word: string): boolean => rest.some((token) => token.word === word);
  switch (tokens[0]?.word) {
    case 'EXPLAIN':
    case 'DESC':
    case 'DESCRIBE': {
      const verb = rest.findIndex(({ word }) => verbs.has(word));
      const runs = rest.slice(0, Math.max(verb, 0)).some(({ word }) => word === 'ANALYZE');
      return runs ? dangerIn(rest.slice(verb), source) : undefined;
    }
    case 'ANALYZE':
    case 'TRACE':
    case 'BATCH': {
      const verb = rest.findIndex(({ word }) => verbs.has(word));
      const first = rest[0]?.word ?? '';
      const only =
        ['TABLE', 'LOCAL', 'NO_WRITE_TO_BINLOG', 'PLAN'].includes(first) || (has('DRY') && has('RUN'));
      return only || verb < 0 ? undefined : dangerIn(rest.slice(verb), source);
    }
    case 'WITH': {
      const verb = outer(rest).find(({ word }) => verbs.has(word));
      return verb === undefined ? undefined : dangerIn(rest.slice(rest.indexOf(verb)), source);
    }
    case 'SET': {
      const to = rest.findIndex(({ word }) => word === 'FOR');
      return rest[0]?.word === 'STATEMENT' && to >= 0 ? dangerIn(rest.slice(to + 1), source) : undefined;
    }
    case 'PREPARE':
    case 'EXECUTE':
      return prepared(rest);
    case 'DELETE':
      return unlessChosen(rest, 'WHERE', () => ({
        kind: 'delete',
        does: `deletes every row of ${named(source, deleted(rest))}`,
      }));
    case 'UPDATE':
      return unlessChosen(rest, 'WHERE', () => ({
        kind: 'update',
        does: `changes every row of ${named(source, upTo(rest, 'SET'))}`,
      }));
    case 'DROP':
      return rest[0]?.word === 'PREPARE'
        ? undefined
        : { kind: 'drop', does: `drops ${named(source, rest, 'something')}` };
    case 'TRUNCATE':
      return { kind: 'truncate', does: `empties ${named(source, rest, 'a table')}` };
    case 'ALTER':
      return alters(rest, source);
    case 'CREATE': {
      const replaced = rest.findIndex(
        ({ word }) => word === 'TABLE' || word === 'DATABASE' || word === 'SCHEMA',
      );
      return rest[0]?.word === 'OR' && rest[1]?.word === 'REPLACE' && replaced > 0 && replaced <= 3
        ? {
            kind: 'replace',
            does: `drops ${named(source, rest.slice(replaced, replaced + 4))} before it creates it again`,
          }
        : undefined;
    }
    case 'FLASHBACK':
      return has('TIMESTAMP') || has('TSO')
        ? { kind: 'flashback', does: `takes ${named(source, rest)} back to an earlier state` }
        : undefined;
    default:
      return undefined;
  }
}

const verbs = new Set([
  ...['SELECT', 'DELETE', 'UPDATE', 'INSERT', 'REPLACE', 'TABLE', 'VALUES', 'WITH'],
  ...['DROP', 'TRUNCATE', 'ALTER', 'EXECUTE'],
]);

const isSign = (token: CodeToken | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.text === sign;

/** Those that are in no parentheses. */
function outer(tokens: Tokens): Tokens {
  let depth = 0;
  return tokens.filter((token) => {
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    return depth === 0;
  });
}

/** A condition that only some servers see chooses nothing. */
function unlessChosen(tokens: Tokens, clause: string, danger: () => Danger): Danger | undefined {
  const top = new Set(outer(tokens));
  const where = tokens.findIndex((token) => token.word === clause && top.has(token) && !token.conditional);
  if (where < 0) {
    return danger();
  }
  const behind = tokens.slice(where + 1);
  const end = behind.findIndex((token) => afterCondition.has(token.word) && top.has(token));
  const condition = behind.slice(0, end < 0 ? undefined : end);
  const certain = condition.filter(({ conditional }) => !conditional);
  return certain.length === 0 || isAlwaysTrue(certain) || isAlwaysTrue(condition) ? danger() : undefined;
}

const afterCondition = new Set(['ORDER', 'LIMIT', 'RETURNING']);
const modifiers = new Set(['LOW_PRIORITY', 'QUICK', 'IGNORE', 'HISTORY']);

/** Of `DELETE FROM t …`, `DELETE a, b FROM …` and `DELETE FROM a, b USING …`: what loses its rows. */
function deleted(tokens: Tokens): Tokens {
  const plain = tokens.filter(({ word }) => !modifiers.has(word));
  const list = plain[0]?.word === 'FROM' ? plain.slice(1) : upTo(plain, 'FROM');
  const end = list.findIndex(({ word }) => ['WHERE', 'USING', 'ORDER', 'LIMIT', 'RETURNING'].includes(word));
  return list.slice(0, end < 0 ? undefined : end);
}

function upTo(tokens: Tokens, word: string): Tokens {
  const plain = tokens.filter((token) => !modifiers.has(token.word));
  const end = plain.findIndex((token) => token.word === word);
  return plain.slice(0, end < 0 ? undefined : end);
}

function prepared(tokens: Tokens): Danger | undefined {
  const text = tokens.find(({ kind }) => kind === 'text');
  return text === undefined ? undefined : dangerOf(quotedContent(text));
}

function alters(tokens: Tokens, source: string): Danger | undefined {
  const top = outer(tokens);
  const drops = top.some(({ word }, index) => {
    const next = top[index + 1]?.word ?? '';
    const name = isSign(top[index - 1], '.');
    return (
      !name &&
      ((word === 'DROP' && next !== 'DEFAULT') ||
        (word === 'TRUNCATE' && next === 'PARTITION') ||
        (word === 'DISCARD' && (next === 'TABLESPACE' || next === 'PARTITION')))
    );
  });
  return drops
    ? { kind: 'alter', does: `drops parts of ${named(source, tokens.slice(0, alteredName(tokens)))}` }
    : undefined;
}

/** Behind the name in `TABLE a.b DROP …`. */
function alteredName(tokens: Tokens): number {
  const dot = tokens.findIndex((token) => isSign(token, '.'));
  const exists = tokens.findIndex(({ word }) => word === 'EXISTS');
  return dot > 0 && dot < 7 ? dot + 2 : exists > 0 && exists < 5 ? exists + 2 : 2;
}

const longestName = 80;

/** As it is written, on one line. */
function named(source: string, tokens: Tokens, otherwise = 'what it names'): string {
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined) {
    return otherwise;
  }
  const text = source.slice(first.start, last.end).replace(/\s+/g, ' ');
  return text.length > longestName ? `${text.slice(0, longestName)}…` : text;
}
