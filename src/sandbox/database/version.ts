/** The number is the MySQL that clients may count on; the rest says that this is no TiDB. */
export const SERVER_VERSION = '8.0.11-sandbox-practice-database';
export const VERSION_COMMENT =
  'Practice database of the sandbox: SQLite behind the MySQL protocol, in memory, not TiDB';
