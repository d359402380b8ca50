import { indexName } from './catalog';
import { syntaxError, unsupported } from './sqlError';
import { Cursor, quoteName, quoteText, splitAtCommas } from './tokens';
import type { Token } from './tokens';
import { translate } from './translate';
import type { Scope } from './translate';

/** Where a table lies in SQLite. */
export interface Place {
  readonly schema: string;
  readonly table: string;
}

const SHORT_TYPES: Readonly<Record<string, string>> = {
  INTEGER: 'int',
  BOOL: 'tinyint(1)',
  BOOLEAN: 'tinyint(1)',
  DEC: 'decimal',
  NUMERIC: 'decimal',
  REAL: 'double',
  SERIAL: 'bigint',
};
const TYPE_WORDS = new Set(['UNSIGNED', 'SIGNED', 'ZEROFILL', 'PRECISION', 'VARYING']);

/** One column as SQLite declares it, and what it needs beside the table. */
interface ColumnDefinition {
  readonly sql: string;
  readonly name: string;
  readonly isPrimaryAuto: boolean;
  /** Statements to follow. */
  readonly after: readonly string[];
}

/** The statements that make a table of what stands between the parentheses of CREATE TABLE. */
export function createTable(
  place: Place,
  body: readonly Token[],
  scope: Scope,
  options: { readonly temporary: boolean; readonly ifNotExists: boolean },
): string[] {
  const columns: ColumnDefinition[] = [];
  const constraints: string[] = [];
  const after: string[] = [];
  let primary: readonly string[] | undefined;
  for (const part of splitAtCommas(body)) {
    const cursor = cursorOver(part, scope);
    const index = readIndex(cursor, place, columns.length);
    if (index === undefined) {
      const column = readColumn(cursor, place, scope);
      columns.push(column);
      after.push(...column.after);
    } else if (index.primary !== undefined) {
      primary = index.primary;
    } else if (index.statement !== undefined) {
      after.push(index.statement);
    } else {
      constraints.push(translate(part.slice(index.from), scope));
    }
  }
  const auto = columns.find(({ isPrimaryAuto }) => isPrimaryAuto);
  if (primary !== undefined && auto === undefined) {
    constraints.unshift(`PRIMARY KEY (${primary.map(quoteName).join(', ')})`);
  }
  if (auto !== undefined && primary !== undefined && primary.length > 1) {
    throw unsupported('AUTO_INCREMENT in a primary key of several columns');
  }
  const schema = options.temporary ? 'temp' : place.schema;
  const head = `CREATE TABLE ${options.ifNotExists ? 'IF NOT EXISTS ' : ''}${quoteName(schema)}.${quoteName(place.table)}`;
  return [`${head} (${[...columns.map(({ sql }) => sql), ...constraints].join(', ')})`, ...after];
}

/** `ALTER TABLE … ADD COLUMN`, without the words before the definition. */
export function addColumn(place: Place, definition: readonly Token[], scope: Scope): string[] {
  const column = readColumn(cursorOver(definition, scope), place, scope);
  if (column.isPrimaryAuto) {
    throw unsupported('adding an AUTO_INCREMENT column');
  }
  return [
    `ALTER TABLE ${quoteName(place.schema)}.${quoteName(place.table)} ADD COLUMN ${column.sql}`,
    ...column.after,
  ];
}

/** `ALTER TABLE … ADD INDEX` and `CREATE INDEX`, from the word that says which kind; undefined where it is a column. */
export function addIndex(place: Place, definition: readonly Token[], scope: Scope): string | undefined {
  const index = readIndex(cursorOver(definition, scope), place, 0);
  if (index === undefined) {
    return undefined;
  }
  if (index.statement === undefined) {
    throw unsupported('adding this kind of constraint');
  }
  return index.statement;
}

export function createIndex(place: Place, name: string, unique: boolean, columns: readonly string[]): string {
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteName(place.schema)}.${quoteName(
    indexName(place.table, name),
  )} ON ${quoteName(place.table)} (${columns.map(quoteName).join(', ')})`;
}

/** The names in `(a, b(10) DESC)`. */
export function columnList(cursor: Cursor): string[] {
  cursor.expect('(');
  return splitAtCommas(cursor.group()).map(([name]) => {
    if (name === undefined || (name.kind !== 'name' && name.kind !== 'word')) {
      throw syntaxError(name?.text ?? ')');
    }
    return name.kind === 'name' ? name.value : name.text;
  });
}

const cursorOver = (tokens: readonly Token[], scope: Scope): Cursor => {
  const at = tokens.at(-1)?.at ?? scope.sql.length;
  return new Cursor([...tokens, { kind: 'end', text: '', value: '', at, spaced: true }], scope.sql);
};

interface IndexPart {
  readonly primary?: readonly string[];
  readonly statement?: string;
  /** A constraint of the table that SQLite writes alike from this token on. */
  readonly from: number;
}

function readIndex(cursor: Cursor, place: Place, ordinal: number): IndexPart | undefined {
  const named = cursor.takes('CONSTRAINT') && !cursor.sees('PRIMARY') ? constraintName(cursor) : undefined;
  const from = cursor.position;
  if (cursor.takes('PRIMARY', 'KEY')) {
    return { primary: columnList(cursor), from };
  }
  if (cursor.sees('FOREIGN') || cursor.sees('CHECK')) {
    return { from };
  }
  const unique = cursor.takes('UNIQUE');
  const isIndex = cursor.takes('KEY') || cursor.takes('INDEX');
  if (cursor.sees('FULLTEXT') || cursor.sees('SPATIAL')) {
    throw unsupported(`${cursor.token.value} indexes`);
  }
  if (!unique && !isIndex) {
    return undefined;
  }
  const name = cursor.sees('(') ? named : cursor.name();
  const columns = columnList(cursor);
  return {
    statement: createIndex(place, name ?? columns[0] ?? String(ordinal), unique, columns),
    from,
  };
}

const constraintName = (cursor: Cursor): string | undefined =>
  cursor.sees('UNIQUE') || cursor.sees('FOREIGN') || cursor.sees('CHECK') ? undefined : cursor.name();

function readColumn(cursor: Cursor, place: Place, scope: Scope): ColumnDefinition {
  const name = cursor.name();
  const type = readType(cursor, scope);
  const rest: string[] = [];
  const after: string[] = [];
  let auto = false;
  let primary = false;
  while (!cursor.atEnd) {
    if (cursor.takes('NOT', 'NULL')) {
      rest.push('NOT NULL');
    } else if (cursor.takes('NULL')) {
      // The default.
    } else if (cursor.takes('AUTO_INCREMENT')) {
      auto = true;
    } else if (cursor.takes('PRIMARY', 'KEY') || cursor.takes('KEY')) {
      primary = true;
    } else if (cursor.takes('UNIQUE')) {
      cursor.takes('KEY');
      after.push(createIndex(place, name, true, [name]));
    } else if (cursor.takes('DEFAULT')) {
      rest.push(`DEFAULT ${readDefault(cursor, scope)}`);
    } else if (cursor.takes('ON', 'UPDATE')) {
      cursor.next();
      if (cursor.takes('(')) {
        cursor.group();
      }
      after.push(touchOnUpdate(place, name));
    } else if (cursor.takes('COMMENT') || cursor.takes('COLLATE') || cursor.takes('CHARSET')) {
      cursor.next();
    } else if (cursor.takes('CHARACTER', 'SET')) {
      cursor.next();
    } else if (cursor.takes('FIRST') || cursor.takes('CLUSTERED') || cursor.takes('NONCLUSTERED')) {
      // Where a column or a row lies makes no difference here.
    } else if (cursor.takes('AFTER')) {
      cursor.name();
    } else if (
      cursor.sees('CHECK') ||
      cursor.sees('REFERENCES') ||
      cursor.sees('GENERATED') ||
      cursor.sees('AS')
    ) {
      rest.push(translate(cursor.rest(), scope));
    } else {
      throw cursor.unexpected();
    }
  }
  const column = quoteName(name);
  if (auto) {
    return { sql: `${column} INTEGER PRIMARY KEY AUTOINCREMENT`, name, isPrimaryAuto: true, after };
  }
  const key = primary ? ' NOT NULL PRIMARY KEY' : '';
  return {
    sql: `${column} "${type.replaceAll('"', '')}"${key}${rest.map((part) => ` ${part}`).join('')}`,
    name,
    isPrimaryAuto: false,
    after,
  };
}

/** The type in MySQL's lower-case spelling. */
function readType(cursor: Cursor, scope: Scope): string {
  const word = cursor.next();
  if (word.kind !== 'word') {
    throw syntaxError(scope.sql.slice(word.at, word.at + 80));
  }
  let type = SHORT_TYPES[word.value] ?? word.value.toLowerCase();
  if (cursor.takes('(')) {
    const inside = cursor
      .group()
      .map((token) => (token.kind === 'string' ? quoteText(token.value) : token.text));
    type += `(${inside.join('')})`;
  }
  while (TYPE_WORDS.has(cursor.token.value)) {
    const more = cursor.next().value;
    type += more === 'UNSIGNED' || more === 'ZEROFILL' ? ` ${more.toLowerCase()}` : '';
  }
  return type;
}

function readDefault(cursor: Cursor, scope: Scope): string {
  if (cursor.takes('(')) {
    return `(${translate(cursor.group(), scope)})`;
  }
  if (cursor.takes('CURRENT_TIMESTAMP') || cursor.takes('NOW')) {
    if (cursor.takes('(')) {
      cursor.group();
    }
    return 'CURRENT_TIMESTAMP';
  }
  const sign = cursor.takes('-') ? '-' : '';
  return `${sign}${translate([cursor.next()], scope)}`;
}

/** `ON UPDATE CURRENT_TIMESTAMP` */
function touchOnUpdate(place: Place, column: string): string {
  const [table, name] = [quoteName(place.table), quoteName(column)];
  return `CREATE TRIGGER ${quoteName(place.schema)}.${quoteName(indexName(place.table, `${column} on update`))}
    AFTER UPDATE ON ${table} FOR EACH ROW WHEN NEW.${name} IS OLD.${name}
    BEGIN UPDATE ${table} SET ${name} = CURRENT_TIMESTAMP WHERE rowid = NEW.rowid; END`;
}
