import type { SqlResult } from '../ports';
import { withCosts } from './costs';
import type { Plan } from './index';
import { readMariadb } from './mariadb';
import { readMysql } from './mysql';
import { readTidb } from './tidb';

/** The plan in a server's answer to EXPLAIN ANALYZE, whichever form that has; text alone where it is not known. */
export function planOf(result: Pick<SqlResult, 'columns' | 'rows'>): Plan {
  const only = result.columns.length === 1 ? result.rows.map(([cell]) => cell ?? '').join('\n') : undefined;
  const root =
    only === undefined
      ? readTidb(result)
      : only.trimStart().startsWith('{')
        ? readMariadb(only)
        : readMysql(only);
  return { ...(root !== undefined && { root: withCosts(root) }), text: only ?? tableText(result) };
}

/** As it can be pasted into a mail or a sheet. */
const tableText = ({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): string =>
  [columns.map(({ name }) => name), ...rows]
    .map((row) => row.map((cell) => (cell ?? 'NULL').replaceAll(/[\t\n]/g, ' ')).join('\t'))
    .join('\n');
