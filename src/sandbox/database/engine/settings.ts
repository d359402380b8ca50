import { SqlError } from './sqlError';
import type { Cursor } from './tokens';

const CHARSETS = ['utf8mb4', 'utf8', 'utf8mb3', 'default', 'binary'];

/**
 * `SET NAMES`, `SET CHARACTER SET` and `SET TRANSACTION`: accepted, and nothing follows, since all text is UTF-8 and
 * transactions are serializable. False, with the cursor where it was, for a SET that assigns.
 * @throws 1115 for a character set that is not known
 */
export function setsWithoutEffect(cursor: Cursor): boolean {
  if (cursor.sees('NAMES') || cursor.sees('CHARACTER', 'SET') || cursor.sees('CHARSET')) {
    cursor.next();
    cursor.takes('SET');
    const charset = cursor.next().value.toLowerCase();
    if (!CHARSETS.includes(charset)) {
      throw new SqlError(1115, '42000', `Unknown character set: '${charset}'`);
    }
    return true;
  }
  return (
    cursor.takes('TRANSACTION') ||
    cursor.takes('SESSION', 'TRANSACTION') ||
    cursor.takes('GLOBAL', 'TRANSACTION')
  );
}
