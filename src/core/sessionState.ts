/**
 * What a session holds on the server besides its database, as far as its statements tell: it is gone when the connection
 * is, and nothing can put it back.
 */
export type SessionState =
  'transaction' | 'tableLocks' | 'temporaryTables' | 'variables' | 'preparedStatements' | 'namedLocks';

export interface StatementEffect {
  readonly begins?: SessionState;
  readonly ends?: readonly SessionState[];
  /** True or false when the statement turns autocommit on or off. */
  readonly autocommit?: boolean;
  /** The database that is in use after it. */
  readonly database?: string;
}

const comments = /^(?:\s+|--(?=\s)[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?![!+])[\s\S]*?(?:\*\/|$))+/;
const identifier = /^use\s+(?:`((?:[^`]|``)+)`|([^\s;`]+))\s*;?\s*$/i;
const autocommit =
  /^set\s+(?:(?:session|local)\s+|@@(?:session\.|local\.)?)?autocommit\s*:?=\s*['"]?(\w+)['"]?/i;
/** What commits a transaction by itself. */
const definition = /^(?:create|alter|drop|rename|truncate|grant|revoke|analyze|flush)\s/i;

const effects: readonly (readonly [RegExp, StatementEffect])[] = [
  [
    /^(?:begin\s*(?:work|optimistic|pessimistic)?|start\s+transaction\b.*)\s*;?\s*$/is,
    { begins: 'transaction' },
  ],
  [/^(?:commit|rollback)\b(?!.*\bto\b).*\band\s+chain/is, { begins: 'transaction' }],
  [/^rollback\s+(?:work\s+)?to\b/i, {}],
  [/^(?:commit|rollback)\b/i, { ends: ['transaction'] }],
  [/^lock\s+tables?\b/i, { begins: 'tableLocks', ends: ['transaction'] }],
  [/^unlock\s+tables?\b/i, { ends: ['tableLocks'] }],
  [/^create\s+(?:or\s+replace\s+)?temporary\s/i, { begins: 'temporaryTables' }],
  [/^drop\s+temporary\s/i, {}],
  [/^prepare\s/i, { begins: 'preparedStatements' }],
  [definition, { ends: ['transaction'] }],
  [/^set\s+(?:@@?)?(?:global\b|persist|password|default\s+role|transaction\b)/i, {}],
  [/^set\s/i, { begins: 'variables' }],
  [/\bget_lock\s*\(/i, { begins: 'namedLocks' }],
  [/@\w+\s*:=|\binto\s+@\w/i, { begins: 'variables' }],
];

/** What one statement that succeeded did to its session. What happens inside a procedure is not seen. */
export function effectOf(statement: string): StatementEffect {
  const text = statement.replace(comments, '');
  const used = identifier.exec(text);
  if (used !== null) {
    const name = used[1]?.replaceAll('``', '`') ?? used[2];
    return name === undefined ? {} : { database: name };
  }
  const committing = autocommit.exec(text)?.[1]?.toLowerCase();
  if (committing !== undefined) {
    const on = committing === '1' || committing === 'on' || committing === 'true' || committing === 'default';
    return on ? { autocommit: true, ends: ['transaction'] } : { autocommit: false };
  }
  return effects.find(([pattern]) => pattern.test(text))?.[1] ?? {};
}

/** In the order of their weight. */
const words: Readonly<Record<SessionState, string>> = {
  transaction: 'an open transaction',
  tableLocks: 'table locks',
  temporaryTables: 'temporary tables',
  variables: 'variables that were set',
  preparedStatements: 'prepared statements',
  namedLocks: 'named locks',
};

/** `an open transaction and temporary tables` */
export function wordsForState(states: readonly SessionState[]): string {
  const told = (Object.keys(words) as SessionState[])
    .filter((state) => states.includes(state))
    .map((state) => words[state]);
  const last = told.pop();
  return told.length === 0 ? (last ?? '') : `${told.join(', ')} and ${last ?? ''}`;
}
