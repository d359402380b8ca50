import { needsQuotes } from './tidbKeywords';

/** What a database server holds, as its information schema tells. */

export interface TableInfo {
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** As the server estimates it, exact; undefined where it does not. */
  readonly estimatedRows?: string;
  readonly comment: string;
}

export interface ColumnInfo {
  readonly name: string;
  /** The whole type, for example `decimal(30,10) unsigned`. */
  readonly type: string;
  readonly nullable: boolean;
  /** `PRI`, `UNI`, `MUL` or empty. */
  readonly key: string;
  /** Undefined for no default. */
  readonly defaultValue?: string;
  /** `auto_increment`, `VIRTUAL GENERATED`, … */
  readonly extra: string;
  readonly comment: string;
}

export interface IndexInfo {
  readonly name: string;
  /** Names, or expressions where the index is on one; in order. */
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** False for one that the optimizer leaves alone. */
  readonly visible: boolean;
}

export interface TableDetails {
  readonly columns: readonly ColumnInfo[];
  readonly indexes: readonly IndexInfo[];
}

/** Databases of the server itself, which few people look for. */
const systemDatabases = new Set([
  'information_schema',
  'lightning_task_info',
  'metrics_schema',
  'mysql',
  'performance_schema',
  'sys',
]);

export const isSystemDatabase = (name: string): boolean => systemDatabases.has(name.toLowerCase());

/** In backticks, as it can stand in any statement. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** As people write it: in backticks only where it means something else without. */
export const writtenName = (name: string): string => (needsQuotes(name) ? quotedName(name) : name);

/** A text literal that means the same whether backslashes escape or not. */
export const quotedText = (text: string): string =>
  text.includes('\\') ? `CONVERT(0x${hexOf(text)} USING utf8mb4)` : `'${text.replaceAll("'", "''")}'`;

const hexOf = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
