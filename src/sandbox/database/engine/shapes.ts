import type { SqliteConnection } from './sqlite';
import { declaredShape } from './types';
import type { ColumnShape } from './types';

/** SQLite tells the declared types of a query's columns where the query is a view. */
export function declaredShapes(connection: SqliteConnection, sql: string): (ColumnShape | undefined)[] {
  try {
    connection.exec(`CREATE TEMP VIEW "shape of a query" AS ${sql}`);
  } catch {
    // What is wrong with it is told when it is run.
    return [];
  }
  try {
    return connection
      .all('PRAGMA temp.table_info("shape of a query")')
      .map(([, , type]) => declaredShape(String(type)));
  } catch {
    return [];
  } finally {
    connection.exec('DROP VIEW temp."shape of a query"');
  }
}
