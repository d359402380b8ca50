import { indexName } from './catalog';
import { quoted } from './changes';
import type { Target } from './changes';
import { addColumn, addIndex, columnList, createIndex, createTable } from './definitions';
import type { Place } from './definitions';
import { unsupported } from './sqlError';
import { Cursor, quoteName, splitAtCommas } from './tokens';
import type { Token } from './tokens';
import { translateQuery } from './query';
import type { Scope } from './translate';

/** The statements that carry out a definition of tables, indexes and views. */
export function definitionStatements(
  cursor: Cursor,
  scope: Scope,
  target: Target,
  exists: (place: Place) => boolean,
): string[] {
  const placeOf = (): Place => {
    const { database, name } = cursor.qualified();
    return target.place(database, name);
  };
  if (cursor.takes('TRUNCATE')) {
    cursor.takes('TABLE');
    return [`DELETE FROM ${quoted(placeOf())}`];
  }
  if (cursor.takes('RENAME', 'TABLE')) {
    const place = placeOf();
    cursor.expect('TO');
    return [`ALTER TABLE ${quoted(place)} RENAME TO ${quoteName(cursor.qualified().name)}`];
  }
  if (cursor.takes('DROP')) {
    return dropStatements(cursor, placeOf);
  }
  if (cursor.takes('ALTER')) {
    cursor.expect('TABLE');
    const place = placeOf();
    return splitAtCommas(cursor.rest()).flatMap((action) => alterStatements(place, action, scope));
  }
  cursor.expect('CREATE');
  const replaces = cursor.takes('OR', 'REPLACE');
  const temporary = cursor.takes('TEMPORARY');
  if (cursor.takes('TABLE')) {
    const ifNotExists = cursor.takes('IF', 'NOT', 'EXISTS');
    const place = temporary ? { schema: 'temp', table: cursor.qualified().name } : placeOf();
    if (ifNotExists && exists(place)) {
      return [];
    }
    if (cursor.takes('LIKE')) {
      throw unsupported('CREATE TABLE … LIKE');
    }
    if (!cursor.takes('(')) {
      cursor.takes('AS');
      return [`CREATE TABLE ${quoted(place)} AS ${translateQuery(cursor.rest(), scope)}`];
    }
    const body = cursor.group();
    if (cursor.sees('AS') || cursor.sees('SELECT')) {
      throw unsupported('CREATE TABLE with columns and a query');
    }
    cursor.rest();
    return createTable(place, body, scope, { temporary, ifNotExists });
  }
  if (cursor.takes('VIEW')) {
    const place = placeOf();
    const drop = replaces ? [`DROP VIEW IF EXISTS ${quoted(place)}`] : [];
    const names = cursor.sees('(') ? ` (${columnList(cursor).map(quoteName).join(', ')})` : '';
    cursor.expect('AS');
    return [
      ...drop,
      `CREATE VIEW ${quoted(place)}${names} AS ${translateQuery(cursor.rest(), { ...scope, inView: true })}`,
    ];
  }
  const unique = cursor.takes('UNIQUE');
  if (cursor.takes('INDEX')) {
    const name = cursor.name();
    cursor.expect('ON');
    const place = placeOf();
    return [createIndex(place, name, unique, columnList(cursor))];
  }
  throw unsupported(`CREATE ${cursor.token.text}`);
}

function dropStatements(cursor: Cursor, placeOf: () => Place): string[] {
  if (cursor.takes('INDEX')) {
    const name = cursor.name();
    cursor.expect('ON');
    const place = placeOf();
    return [`DROP INDEX ${quoteName(place.schema)}.${quoteName(indexName(place.table, name))}`];
  }
  cursor.takes('TEMPORARY');
  const kind = cursor.takes('VIEW') ? 'VIEW' : 'TABLE';
  if (kind === 'TABLE') {
    cursor.expect('TABLE');
  }
  const ifExists = cursor.takes('IF', 'EXISTS') ? 'IF EXISTS ' : '';
  const statements: string[] = [];
  do {
    statements.push(`DROP ${kind} ${ifExists}${quoted(placeOf())}`);
  } while (cursor.takes(','));
  cursor.rest();
  return statements;
}

function alterStatements(place: Place, action: readonly Token[], scope: Scope): string[] {
  const cursor = new Cursor(
    [...action, { kind: 'end', text: '', value: '', at: scope.sql.length, spaced: true }],
    scope.sql,
  );
  const table = `ALTER TABLE ${quoted(place)}`;
  if (cursor.takes('ADD')) {
    if (cursor.takes('COLUMN')) {
      return addColumn(place, cursor.rest(), scope);
    }
    const rest = cursor.rest();
    const index = addIndex(place, rest, scope);
    return index === undefined ? addColumn(place, rest, scope) : [index];
  }
  if (cursor.takes('DROP')) {
    if (cursor.takes('INDEX') || cursor.takes('KEY')) {
      return [`DROP INDEX ${quoteName(place.schema)}.${quoteName(indexName(place.table, cursor.name()))}`];
    }
    cursor.takes('COLUMN');
    return [`${table} DROP COLUMN ${quoteName(cursor.name())}`];
  }
  if (cursor.takes('RENAME')) {
    if (cursor.takes('COLUMN')) {
      const name = cursor.name();
      cursor.expect('TO');
      return [`${table} RENAME COLUMN ${quoteName(name)} TO ${quoteName(cursor.name())}`];
    }
    if (!cursor.takes('TO')) {
      cursor.takes('AS');
    }
    return [`${table} RENAME TO ${quoteName(cursor.name())}`];
  }
  throw unsupported(`ALTER TABLE … ${action[0]?.text ?? ''}`);
}
