import { deepest, type ReadNode } from './costs';

type Json = Readonly<Record<string, unknown>>;

/** Reads what MariaDB's `ANALYZE FORMAT=JSON` gives; undefined when it is not that. */
export function readMariadb(text: string): ReadNode | undefined {
  const block = objectIn(parsed(text), 'query_block');
  return block && nodeOf('query_block', block, 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is shown as it is.
    return undefined;
  }
}

const accessWords: Readonly<Record<string, string>> = {
  ALL: 'Table scan',
  index: 'Index scan',
  range: 'Range scan',
  ref: 'Index lookup',
  ref_or_null: 'Index lookup',
  eq_ref: 'Unique lookup',
  const: 'Constant row',
  system: 'Constant row',
  fulltext: 'Full-text search',
  index_merge: 'Index merge',
  index_subquery: 'Index lookup',
  unique_subquery: 'Unique lookup',
};

const operatorWords: Readonly<Record<string, string>> = {
  filesort: 'Sort',
  'block-nl-join': 'Block nested loop join',
  window_functions_computation: 'Window functions',
};

/** Told already, by the operator's other values. */
const shownElsewhere = new Set(['table_name', 'access_type', 'key', 'rows', 'select_id', 'message']);

function nodeOf(kind: string, told: Json, depth: number): ReadNode {
  const children = depth < deepest ? childrenOf(told, depth) : [];
  const below = children.reduce((sum, { timeMs = 0 }) => sum + timeMs, 0);
  const own = sumOf(told, ['r_table_time_ms', 'r_other_time_ms', 'r_unpack_time_ms']);
  const total = numberIn(told, 'r_total_time_ms');
  const timeMs = total === undefined ? sumUnlessNone(own, children, below) : wholeTime(kind, total, below);
  const loops = Math.max(1, numberIn(told, 'r_loops') ?? 1);
  const rows = numberIn(told, 'rows');
  const actual = numberIn(told, 'r_rows');
  const output = numberIn(told, 'r_output_rows');
  const access = textIn(told, 'access_type');
  const table = textIn(told, 'table_name');
  const key = textIn(told, 'key');
  return {
    operator: operatorOf(kind, told, access),
    target: [table, key === '' ? '' : `index:${key}`].filter((part) => part !== '').join(', '),
    task: '',
    ...(rows !== undefined && { estimatedRows: rows * loops }),
    ...(actual !== undefined
      ? { actualRows: Math.round(actual * loops) }
      : output !== undefined && { actualRows: Math.round(output * loops) }),
    ...(timeMs !== undefined && { timeMs }),
    details: valuesIn(told, (name) => !name.startsWith('r_')),
    execution: valuesIn(told, (name) => name.startsWith('r_')),
    readsAll: (access === 'ALL' || access === 'index') && !table.startsWith('<'),
    spilled: (numberIn(told, 'r_sort_passes') ?? 0) > 0,
    children,
  };
}

/**
 * Of a sort that reads its table by itself the total has that in it; of one that reads what was kept before, it has not.
 * Of anything else it may be a little less than that of the parts, which are measured on their own.
 */
const wholeTime = (kind: string, total: number, below: number): number =>
  kind === 'filesort' && total < below ? total + below : Math.max(total, below);

const sumUnlessNone = (
  own: number | undefined,
  children: readonly ReadNode[],
  below: number,
): number | undefined => (own === undefined && children.length === 0 ? undefined : below + (own ?? 0));

function operatorOf(kind: string, told: Json, access: string): string {
  if (kind === 'table') {
    const message = textIn(told, 'message');
    return message !== '' ? message : (accessWords[access] ?? (access === '' ? 'Table' : access));
  }
  const id = numberIn(told, 'select_id');
  const words =
    operatorWords[kind] ?? kind.replaceAll(/[_-]+/g, ' ').replace(/^./, (first) => first.toUpperCase());
  return id === undefined ? words : `${words} ${id}`;
}

/** What is an object is an operator, save for the engine's statistics; a list has one in each of its objects. */
function childrenOf(told: Json, depth: number): ReadNode[] {
  return Object.entries(told).flatMap(([name, value]): ReadNode[] => {
    if (Array.isArray(value)) {
      const found = value.filter(isObject).flatMap((each) => childrenOf(each, depth + 1));
      return name === 'nested_loop' && found.length > 1 ? [nestedLoop(found)] : found;
    }
    return isObject(value) && !name.startsWith('r_') ? [nodeOf(name, value, depth + 1)] : [];
  });
}

function nestedLoop(children: ReadNode[]): ReadNode {
  return {
    ...{ operator: 'Nested loop', target: '', task: '', details: '', execution: '' },
    timeMs: children.reduce((sum, { timeMs = 0 }) => sum + timeMs, 0),
    ...{ readsAll: false, spilled: false, children },
  };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(value: unknown, name: string): Json | undefined {
  const found = isObject(value) ? value[name] : undefined;
  return isObject(found) ? found : undefined;
}

const numberIn = (told: Json, name: string): number | undefined =>
  typeof told[name] === 'number' ? told[name] : undefined;

const textIn = (told: Json, name: string): string => (typeof told[name] === 'string' ? told[name] : '');

function sumOf(told: Json, names: readonly string[]): number | undefined {
  const found = names.flatMap((name) => numberIn(told, name) ?? []);
  return found.length === 0 ? undefined : found.reduce((a, b) => a + b, 0);
}

function valuesIn(told: Json, isOfThem: (name: string) => boolean): string {
  return Object.entries(told)
    .filter(([name]) => isOfThem(name) && !shownElsewhere.has(name))
    .flatMap(([name, value]) => {
      const shown = Array.isArray(value)
        ? value.filter((each) => typeof each === 'string').join(', ')
        : isObject(value) && name.startsWith('r_')
          ? `{${valuesIn(value, () => true)}}`
          : ['string', 'number', 'boolean'].includes(typeof value)
            ? `${value as string | number | boolean}`
            : '';
      return shown === '' ? [] : [`${name}: ${shown}`];
    })
    .join(', ');
}
