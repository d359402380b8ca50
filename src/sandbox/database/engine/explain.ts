import { alteration, insertion } from './changes';
import { rowsOf } from './outcome';
import type { Outcome } from './outcome';
import { translateQuery } from './query';
import type { Reach } from './reach';
import { describe } from './show';
import type { Shown } from './show';
import { unsupported } from './sqlError';
import type { Cursor } from './tokens';
import type { Scope } from './translate';

/** `EXPLAIN` of a statement: SQLite's plan. `EXPLAIN table` is what `DESCRIBE` is. @throws SqlError */
export function explain(cursor: Cursor, scope: Scope, reach: Reach, shown: () => Shown): Outcome {
  const format = cursor.takes('FORMAT');
  if (format || cursor.sees('ANALYZE')) {
    throw unsupported(format ? 'EXPLAIN FORMAT' : 'EXPLAIN ANALYZE');
  }
  const word = cursor.token.value;
  if (!['SELECT', 'WITH', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE'].includes(word)) {
    return describe(cursor, shown());
  }
  const sql =
    word === 'SELECT' || word === 'WITH'
      ? translateQuery(cursor.rest(), scope)
      : word === 'INSERT' || word === 'REPLACE'
        ? insertion(cursor, scope, reach)
        : alteration(cursor, scope, reach);
  const plan = reach.connection.all(`EXPLAIN QUERY PLAN ${sql}`);
  return rowsOf(
    ['id', 'parent', 'operator info'],
    plan.map(([id = null, parent = null, , info = null]) => [id, parent, info]),
  );
}
