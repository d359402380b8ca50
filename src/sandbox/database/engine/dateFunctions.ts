/** A boolean becomes 0 or 1. */
type Value = string | number | boolean | Uint8Array | null;
type Define = (name: string, arity: number, run: (...args: Exclude<Value, null>[]) => Value) => void;
type DefineAny = (name: string, arity: number, run: (...args: Value[]) => Value) => void;

const MOMENT =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?)?\s*$/;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const UNIT_MS: Readonly<Record<string, number>> = {
  MICROSECOND: 0.001,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
};
const UNIT_MONTHS: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };
const DAY_MS = 86_400_000;

/** A date, with or without a time, read as UTC; undefined for what is none. */
function moment(value: Value): Date | undefined {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '0'] =
    MOMENT.exec(String(value)) ?? [];
  if (year === undefined) {
    return undefined;
  }
  const milliseconds = Number(`0.${fraction}`) * 1000;
  const date = new Date(
    Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      milliseconds,
    ),
  );
  return date.getUTCMonth() === Number(month) - 1 ? date : undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');
const dateText = (date: Date): string => date.toISOString().slice(0, 10);
export const dateTimeText = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ');

/** The server's clock is UTC, as TiDB Cloud's. */
export function defineDateFunctions(define: Define, defineAny: DefineAny): void {
  defineAny('mysql_now', 0, () => dateTimeText(new Date()));
  defineAny('mysql_now', 1, (digits = 0) => {
    const now = new Date();
    const fraction = `${String(now.getUTCMilliseconds()).padStart(3, '0')}000`.slice(0, Number(digits));
    return `${dateTimeText(now)}${fraction === '' ? '' : `.${fraction}`}`;
  });
  defineAny('curdate', 0, () => dateText(new Date()));
  defineAny('curtime', 0, () => dateTimeText(new Date()).slice(11));
  defineAny('unix_timestamp', 0, () => Math.floor(Date.now() / 1000));
  const part = (name: string, run: (date: Date) => Value): void =>
    define(name, 1, (value) => {
      const date = moment(value);
      return date === undefined ? null : run(date);
    });
  part('unix_timestamp', (date) => Math.floor(date.getTime() / 1000));
  part('year', (date) => date.getUTCFullYear());
  part('quarter', (date) => Math.floor(date.getUTCMonth() / 3) + 1);
  part('month', (date) => date.getUTCMonth() + 1);
  part('day', (date) => date.getUTCDate());
  part('hour', (date) => date.getUTCHours());
  part('minute', (date) => date.getUTCMinutes());
  part('second', (date) => date.getUTCSeconds());
  part('dayofweek', (date) => date.getUTCDay() + 1);
  part('weekday', (date) => (date.getUTCDay() + 6) % 7);
  part('dayofyear', (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / DAY_MS));
  part('dayname', (date) => DAYS[date.getUTCDay()] ?? null);
  part('monthname', (date) => MONTHS[date.getUTCMonth()] ?? null);
  part('last_day', (date) => dateText(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0))));
  define('from_unixtime', 1, (seconds) => dateTimeText(new Date(Number(seconds) * 1000)));
  define('datediff', 2, (a, b) => {
    const [from, to] = [moment(String(b).slice(0, 10)), moment(String(a).slice(0, 10))];
    return from === undefined || to === undefined ? null : (to.getTime() - from.getTime()) / DAY_MS;
  });
  define('timestampdiff', 3, (unit, a, b) => {
    const [from, to] = [moment(a), moment(b)];
    return from === undefined || to === undefined ? null : difference(String(unit).toUpperCase(), from, to);
  });
  define('mysql_date_add', 3, (value, amount, unit) =>
    added(value, Number(amount), String(unit).toUpperCase()),
  );
  define('date_format', 2, (value, format) => {
    const date = moment(value);
    return date === undefined ? null : formatted(date, String(format));
  });
}

function difference(unit: string, from: Date, to: Date): Value {
  const ms = UNIT_MS[unit];
  if (ms !== undefined) {
    return Math.trunc((to.getTime() - from.getTime()) / ms);
  }
  const months = UNIT_MONTHS[unit];
  if (months === undefined) {
    return null;
  }
  const [low, high, sign] = from <= to ? [from, to, 1] : [to, from, -1];
  const between =
    (high.getUTCFullYear() - low.getUTCFullYear()) * 12 + high.getUTCMonth() - low.getUTCMonth();
  const whole = addMonths(low, between) > high ? between - 1 : between;
  return sign * Math.trunc(whole / months);
}

function addMonths(date: Date, months: number): Date {
  const target = new Date(date);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + months);
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), last));
  return target;
}

/** A date stays a date where the unit has no hours. */
function added(value: Value, amount: number, unit: string): Value {
  const date = moment(value);
  const ms = UNIT_MS[unit];
  const months = UNIT_MONTHS[unit];
  if (date === undefined || (ms === undefined && months === undefined)) {
    return null;
  }
  const result =
    months === undefined ? new Date(date.getTime() + amount * (ms ?? 0)) : addMonths(date, amount * months);
  const onlyDate = String(value).trim().length <= 10 && (months !== undefined || (ms ?? 0) >= DAY_MS);
  return onlyDate ? dateText(result) : dateTimeText(result);
}

function formatted(date: Date, format: string): string {
  const hour12 = date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12;
  const pieces: Readonly<Record<string, () => string>> = {
    Y: () => String(date.getUTCFullYear()),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    c: () => String(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()),
    H: () => two(date.getUTCHours()),
    k: () => String(date.getUTCHours()),
    h: () => two(hour12),
    I: () => two(hour12),
    l: () => String(hour12),
    i: () => two(date.getUTCMinutes()),
    s: () => two(date.getUTCSeconds()),
    S: () => two(date.getUTCSeconds()),
    f: () => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000`,
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    W: () => DAYS[date.getUTCDay()] ?? '',
    a: () => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
    M: () => MONTHS[date.getUTCMonth()] ?? '',
    b: () => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
    w: () => String(date.getUTCDay()),
    j: () =>
      String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / DAY_MS)).padStart(3, '0'),
    T: () => dateTimeText(date).slice(11),
    r: () =>
      `${two(hour12)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${date.getUTCHours() < 12 ? 'AM' : 'PM'}`,
  };
  return format.replace(/%([\s\S])/g, (_all, letter: string) => pieces[letter]?.() ?? letter);
}
