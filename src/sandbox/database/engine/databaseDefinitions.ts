import type { Databases } from './databases';
import { done } from './outcome';
import type { Outcome } from './outcome';
import type { Reach } from './reach';
import type { Cursor } from './tokens';

/** `CREATE DATABASE` and `DROP DATABASE`; undefined for any other definition. @throws SqlError */
export function defineDatabase(cursor: Cursor, databases: Databases, reach: Reach): Outcome | undefined {
  const makes = cursor.takes('CREATE', 'DATABASE') || cursor.takes('CREATE', 'SCHEMA');
  const drops = !makes && (cursor.takes('DROP', 'DATABASE') || cursor.takes('DROP', 'SCHEMA'));
  if (!makes && !drops) {
    return undefined;
  }
  const tolerant = makes ? cursor.takes('IF', 'NOT', 'EXISTS') : cursor.takes('IF', 'EXISTS');
  const name = cursor.name();
  if (makes) {
    if (!tolerant || !databases.has(name)) {
      databases.add(name);
    }
    return done(1);
  }
  if (tolerant && !databases.has(name)) {
    return done();
  }
  return done(reach.drop(name));
}
