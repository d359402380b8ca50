const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/y;

/** A duration as Go writes it, `1m3.5s` or `683.8µs`, in ms; undefined for what is none. */
export function goDuration(text: string): number | undefined {
  let position = 0;
  let sum = 0;
  while (position < text.length) {
    part.lastIndex = position;
    const [whole = '', amount = '', unit = ''] = part.exec(text) ?? [];
    if (whole === '') {
      return undefined;
    }
    sum += Number(amount) * (units[unit] ?? 0);
    position += whole.length;
  }
  return position > 0 ? sum : undefined;
}

/** The fields of `time:1.2ms, loops:2, cop_task: {num: 1, max: 3ms}`; a nested one with what is in its braces. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let depth = 0;
  let start = 0;
  const add = (end: number): void => {
    const field = text.slice(start, end);
    const colon = field.indexOf(':');
    if (colon > 0) {
      const value = field.slice(colon + 1).trim();
      const inner = value.startsWith('{') && value.endsWith('}') ? value.slice(1, -1) : value;
      fields.set(field.slice(0, colon).trim(), inner);
    }
    start = end + 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (sign === ',' && depth <= 0) {
      add(at);
    }
  }
  add(text.length);
  return fields;
}

/**
 * The wall time of an operator of TiDB. The stores run theirs as tasks, many at a time, and tell the times of these: how
 * long the operator took is the longest of them, or, where they had to queue, all of them by the number at a time.
 *
 * @param concurrency of the tasks of the operator that reads from the stores
 */
export function wallTime(
  fields: ReadonlyMap<string, string>,
  concurrency: number | undefined,
): number | undefined {
  const own = durationIn(fields, 'time') ?? durationIn(fields, 'total_time');
  const task = fields.get('tikv_task') ?? fields.get('tiflash_task');
  if (own !== undefined || task === undefined) {
    return own;
  }
  const inTask = fieldsOf(task);
  const longest = durationIn(inTask, 'time') ?? durationIn(inTask, 'proc max');
  const average = durationIn(inTask, 'avg');
  const tasks = Number(inTask.get('tasks'));
  if (longest === undefined || average === undefined || concurrency === undefined || !(tasks > 0)) {
    return longest;
  }
  return Math.max(longest, (average * tasks) / concurrency);
}

/** How many tasks an operator that reads from the stores had running at a time. */
export function concurrencyOf(fields: ReadonlyMap<string, string>): number | undefined {
  const most = Number(fieldsOf(fields.get('cop_task') ?? '').get('max_distsql_concurrency'));
  return most > 0 ? most : undefined;
}

const durationIn = (fields: ReadonlyMap<string, string>, name: string): number | undefined =>
  goDuration(fields.get(name) ?? '');
