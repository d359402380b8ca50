export const MARKS: Readonly<Record<string, string>> = { '||': 'OR', '&&': 'AND', '!': 'NOT', '<=>': 'IS' };
export const NO_MARKS = new Set([':=', '^', '?', '@', ':', '{', '}', ';']);
export const WORDS: Readonly<Record<string, string>> = {
  DIV: '/',
  RLIKE: 'REGEXP',
  STRAIGHT_JOIN: 'JOIN',
  LOCALTIME: 'mysql_now()',
  LOCALTIMESTAMP: 'mysql_now()',
  CURRENT_TIMESTAMP: 'mysql_now()',
  UTC_TIMESTAMP: 'mysql_now()',
  UTC_DATE: 'curdate()',
  UTC_TIME: 'curtime()',
};
export const FUNCTIONS: Readonly<Record<string, string>> = {
  IF: 'iif',
  ISNULL: 'mysql_isnull',
  LEFT: 'mysql_left',
  RIGHT: 'mysql_right',
  NOW: 'mysql_now',
  SYSDATE: 'mysql_now',
  CURRENT_TIMESTAMP: 'mysql_now',
  LOCALTIME: 'mysql_now',
  LOCALTIMESTAMP: 'mysql_now',
  UTC_TIMESTAMP: 'mysql_now',
  CURRENT_DATE: 'curdate',
  UTC_DATE: 'curdate',
  CURRENT_TIME: 'curtime',
  UTC_TIME: 'curtime',
  SCHEMA: 'database',
  SESSION_USER: 'user',
  SYSTEM_USER: 'user',
  CURRENT_USER: 'user',
  CEILING: 'ceil',
  POW: 'power',
  RAND: 'mysql_rand',
  TRUNCATE: 'mysql_truncate',
  FORMAT: 'mysql_format',
  HEX: 'mysql_hex',
  CHAR_LENGTH: 'length',
  CHARACTER_LENGTH: 'length',
  LENGTH: 'octet_length',
  LCASE: 'lower',
  UCASE: 'upper',
  MID: 'substr',
  GREATEST: 'max',
  LEAST: 'min',
  DAYOFMONTH: 'day',
  JSON_ARRAYAGG: 'json_group_array',
  JSON_OBJECTAGG: 'json_group_object',
  STDDEV: 'stddev_pop',
  ANY_VALUE: 'max',
};
/** Functions defined in JavaScript, which knows one kind of number, that are to give integers. */
export const INTEGER_FUNCTIONS = new Set(
  (
    'CONNECTION_ID LAST_INSERT_ID ROW_COUNT FOUND_ROWS LOCATE STRCMP FIND_IN_SET FIELD JSON_LENGTH UNIX_TIMESTAMP YEAR ' +
    'QUARTER MONTH DAY DAYOFMONTH HOUR MINUTE SECOND DAYOFWEEK WEEKDAY DAYOFYEAR DATEDIFF TIMESTAMPDIFF EXTRACT'
  ).split(' '),
);
export const UNITS = new Set('MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR'.split(' '));
export const CAST_TYPES: Readonly<Record<string, string>> = {
  SIGNED: 'INTEGER',
  UNSIGNED: 'INTEGER',
  CHAR: 'TEXT',
  NCHAR: 'TEXT',
  BINARY: 'BLOB',
  DECIMAL: 'NUMERIC',
  DOUBLE: 'REAL',
  FLOAT: 'REAL',
  REAL: 'REAL',
  JSON: 'TEXT',
};
export const AFTER_SELECT = new Set([
  'SQL_CALC_FOUND_ROWS',
  'SQL_NO_CACHE',
  'SQL_CACHE',
  'SQL_SMALL_RESULT',
  'SQL_BIG_RESULT',
  'SQL_BUFFER_RESULT',
  'HIGH_PRIORITY',
]);
/** Before these, a word at the end of a selected expression is its last operand and no alias. */
export const OPERATORS = new Set(
  'NOT AND OR IS LIKE IN DISTINCT BINARY DIV MOD XOR ELSE THEN WHEN CASE BETWEEN REGEXP RLIKE INTERVAL COLLATE'.split(
    ' ',
  ),
);
/** Names to MySQL, keywords to SQLite. */
export const SQLITE_KEYWORDS = new Set(
  'AUTOINCREMENT COMMIT DEFERRABLE ISNULL NOTHING NOTNULL RETURNING TRANSACTION'.split(' '),
);
export const NO_ALIAS = new Set(['END', 'NULL', 'TRUE', 'FALSE', 'UNKNOWN']);
