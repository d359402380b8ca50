import { codeTokens, type CodeToken } from '../codeTokens';

/** A statement that EXPLAIN ANALYZE takes. */
export interface Explained {
  /** Without an EXPLAIN that it had already. */
  readonly text: string;
  /** Where that begins in the statement. */
  readonly start: number;
  /** EXPLAIN ANALYZE runs it, so what it changes is changed. */
  readonly changesData: boolean;
}

const reads = new Set(['SELECT', 'TABLE', 'VALUES']);
const changes = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
const isSign = (token: CodeToken | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.text === sign;

/** Undefined for a statement that has no plan. */
export function explained(statement: string): Explained | undefined {
  const tokens = codeTokens(statement);
  const from = behindExplain(tokens);
  const verb = verbOf(tokens.slice(from));
  if (verb === undefined) {
    return undefined;
  }
  const behind = tokens[from - 1]?.end ?? 0;
  const start = behind + (/\S/.exec(statement.slice(behind))?.index ?? 0);
  return { text: statement.slice(start), start, changesData: changes.has(verb) };
}

/** Of a WITH statement it is what follows the list of its tables. */
function verbOf(tokens: readonly CodeToken[]): string | undefined {
  const first = tokens.findIndex((token) => !isSign(token, '('));
  const word = tokens[first]?.word ?? '';
  if (reads.has(word) || changes.has(word)) {
    return word;
  }
  if (word !== 'WITH') {
    return undefined;
  }
  let depth = 0;
  for (const token of tokens.slice(first)) {
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    if (depth === 0 && (reads.has(token.word) || changes.has(token.word))) {
      return token.word;
    }
  }
  return undefined;
}

/** The first token that is not of an EXPLAIN; of `ANALYZE TABLE`, which explains nothing, the first one. */
function behindExplain(tokens: readonly CodeToken[]): number {
  const at = ['EXPLAIN', 'DESC', 'DESCRIBE'].includes(tokens[0]?.word ?? '') ? 1 : 0;
  const analyzes = tokens[at]?.word === 'ANALYZE';
  if (at === 0 && analyzes && tokens[1]?.word === 'TABLE') {
    return 0;
  }
  const option = at + (analyzes ? 1 : 0);
  const hasOption = ['FORMAT', 'EXTENDED', 'PARTITIONS'].includes(tokens[option]?.word ?? '');
  return option === 0 || !hasOption ? option : option + (isSign(tokens[option + 1], '=') ? 3 : 1);
}

/**
 * How the server with this version is asked for the plan that it took; the statement is run for that. One that cannot
 * tell, such as the practice database, is asked for the plan that it would take.
 */
export function planStatement(text: string, serverVersion: string): string {
  if (/mariadb/i.test(serverVersion)) {
    return `ANALYZE FORMAT=JSON ${text}`;
  }
  return `${analyzes(serverVersion) ? 'EXPLAIN ANALYZE' : 'EXPLAIN'} ${text}`;
}

/** MySQL does since 8.0.18. TiDB's version begins with that of the MySQL which it is like. */
function analyzes(serverVersion: string): boolean {
  const [major = 0, minor = 0, patch = 0] = (serverVersion.match(/\d+/g) ?? []).map(Number);
  return /tidb/i.test(serverVersion) || major > 8 || (major === 8 && (minor > 0 || patch >= 18));
}
