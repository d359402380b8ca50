import { createHash, randomUUID } from 'node:crypto';
import { defineDateFunctions } from './dateFunctions';
import type { SqliteConnection } from './sqlite';

/** A boolean becomes 0 or 1. */
type Value = string | number | boolean | Uint8Array | null;

/** What the functions say about the session that calls them. */
export interface FunctionContext {
  readonly connectionId: number;
  readonly account: string;
  readonly version: string;
  database(): string | undefined;
  lastInsertId(): number;
  rowCount(): number;
  foundRows(): number;
  /** Blocks for so long; true when it was interrupted. */
  sleep(seconds: number): boolean;
}

const text = (value: Value): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
const bytes = (value: Value): Uint8Array =>
  value instanceof Uint8Array ? value : Buffer.from(text(value), 'utf8');

/** Gives a connection the functions of MySQL that SQLite has not, or has otherwise. */
export function defineFunctions(connection: SqliteConnection, context: FunctionContext): void {
  /** NULL for a NULL among the arguments, as nearly all of MySQL's functions. */
  const define = (name: string, arity: number, run: (...args: Exclude<Value, null>[]) => Value): void =>
    connection.define(name, arity, (...args: Value[]) =>
      args.includes(null) ? null : run(...(args as Exclude<Value, null>[])),
    );
  const defineAny = (name: string, arity: number, run: (...args: Value[]) => Value): void =>
    connection.define(name, arity, (...args: Value[]) => run(...args));

  defineAny('version', 0, () => context.version);
  defineAny('database', 0, () => context.database() ?? null);
  defineAny('user', 0, () => context.account);
  defineAny('connection_id', 0, () => context.connectionId);
  defineAny('last_insert_id', 0, () => context.lastInsertId());
  defineAny('row_count', 0, () => context.rowCount());
  defineAny('found_rows', 0, () => context.foundRows());
  define('sleep', 1, (seconds) => context.sleep(Number(seconds)));
  defineAny('uuid', 0, () => randomUUID());
  defineAny('mysql_rand', 0, () => Math.random());

  defineAny('mysql_isnull', 1, (value = null) => value === null);
  define('mysql_left', 2, (value, count) =>
    characters(value)
      .slice(0, Math.max(0, Number(count)))
      .join(''),
  );
  define('mysql_right', 2, (value, count) => {
    const all = characters(value);
    return all.slice(Math.max(0, all.length - Math.max(0, Number(count)))).join('');
  });
  define('lower', 1, (value) => text(value).toLowerCase());
  define('upper', 1, (value) => text(value).toUpperCase());
  define('reverse', 1, (value) => characters(value).reverse().join(''));
  define('repeat', 2, (value, count) => text(value).repeat(Math.max(0, Math.min(1_000_000, Number(count)))));
  define('space', 1, (count) => ' '.repeat(Math.max(0, Math.min(1_000_000, Number(count)))));
  define('lpad', 3, (value, count, pad) =>
    text(value).slice(0, Number(count)).padStart(Number(count), text(pad)),
  );
  define('rpad', 3, (value, count, pad) =>
    text(value).slice(0, Number(count)).padEnd(Number(count), text(pad)),
  );
  define('locate', 2, (part, whole) => text(whole).toLowerCase().indexOf(text(part).toLowerCase()) + 1);
  define('strcmp', 2, (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
  define('find_in_set', 2, (part, list) => text(list).split(',').indexOf(text(part)) + 1);
  defineAny('field', -1, (value = null, ...rest) =>
    value === null ? 0 : rest.findIndex((other) => other !== null && text(other) === text(value)) + 1,
  );
  defineAny('elt', -1, (at = null, ...rest) => (at === null ? null : (rest[Number(at) - 1] ?? null)));
  defineAny('concat_ws', -1, (separator = null, ...rest) =>
    separator === null
      ? null
      : rest
          .filter((part) => part !== null)
          .map(text)
          .join(text(separator)),
  );
  define('mysql_format', 2, (value, digits) => {
    const places = Math.max(0, Number(digits));
    return Number(value).toLocaleString('en-US', {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
  });
  define('mysql_truncate', 2, (value, digits) => {
    const factor = 10 ** Number(digits);
    return Math.trunc(Number(value) * factor) / factor;
  });
  define('mysql_decimal', 2, (value, scale) => Number(value).toFixed(Number(scale)));
  define('mysql_hex', 1, (value) =>
    (typeof value === 'number'
      ? value.toString(16)
      : Buffer.from(bytes(value)).toString('hex')
    ).toUpperCase(),
  );
  define('md5', 1, (value) => createHash('md5').update(bytes(value)).digest('hex'));
  define('sha1', 1, (value) => createHash('sha1').update(bytes(value)).digest('hex'));
  define('sha2', 2, (value, bits) => {
    const name = { 0: 'sha256', 224: 'sha224', 256: 'sha256', 384: 'sha384', 512: 'sha512' }[Number(bits)];
    return name === undefined ? null : createHash(name).update(bytes(value)).digest('hex');
  });
  define('regexp', 2, (pattern, value) => new RegExp(text(pattern), 'iu').test(text(value)));
  define('like', 2, (pattern, value) => likePattern(text(pattern)).test(text(value)));
  define('json_unquote', 1, (value) => {
    const quoted = text(value);
    return quoted.startsWith('"') ? String(JSON.parse(quoted)) : quoted;
  });
  define('json_length', 1, (value) => {
    const parsed: unknown = JSON.parse(text(value));
    return Array.isArray(parsed)
      ? parsed.length
      : typeof parsed === 'object' && parsed !== null
        ? Object.keys(parsed).length
        : 1;
  });
  define('json_keys', 1, (value) => {
    const parsed: unknown = JSON.parse(text(value));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? JSON.stringify(Object.keys(parsed))
      : null;
  });
  defineDateFunctions(define, defineAny);
}

const characters = (value: Value): string[] => Array.from(text(value));

/** MySQL's LIKE: `%`, `_`, escaped by a backslash; letters of either case. */
export function likePattern(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([\s\S])|([%_])|([.*+?^${}()|[\]\\/-])/g,
    (_all, escaped: string | undefined, wild: string | undefined, special: string | undefined) =>
      escaped !== undefined
        ? escaped.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&')
        : wild === '%'
          ? '[\\s\\S]*'
          : wild === '_'
            ? '[\\s\\S]'
            : `\\${special ?? ''}`,
  );
  return new RegExp(`^${source}$`, 'iu');
}
