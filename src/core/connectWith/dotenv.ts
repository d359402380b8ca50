/** Names and values for a `.env` file, in the order in which they are written. */
export type EnvEntries = readonly (readonly [name: string, value: string])[];

/**
 * As most readers of such files understand it: in single quotes nothing is special; in double quotes backslashes escape.
 */
export function envValue(value: string): string {
  if (/^[\w./:@-]*$/.test(value)) {
    return value;
  }
  if (!/['\r\n]/.test(value)) {
    return `'${value}'`;
  }
  return `"${value
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')}"`;
}

export const envText = (entries: EnvEntries): string =>
  entries.map(([name, value]) => `${name}=${envValue(value)}\n`).join('');

/** A setting with its name, its value (quoted ones may have several lines) and what follows on the line. */
const setting =
  /^(\uFEFF?[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*)("(?:\\[^]|[^"\\])*"|'(?:\\'|[^'])*'|`[^`]*`|(?:(?![ \t]#)[^\r\n])*)([^\r\n]*)/gm;

/**
 * A `.env` file with these entries: those it has get the new value in their place, the others are added at its end.
 * Everything else stays as it is, line ends and comments too.
 *
 * @param keep names whose value, where there is one already, is left alone
 */
export function mergeEnv(existing: string, entries: EnvEntries, keep: readonly string[] = []): string {
  const wanted = new Map(entries);
  const found = new Set<string>();
  const merged = existing.replace(
    setting,
    (line: string, start: string, name: string, old: string, rest: string) => {
      const value = wanted.get(name);
      if (value === undefined) {
        return line;
      }
      found.add(name);
      return keep.includes(name) && old.trim() !== '' ? line : `${start}${envValue(value)}${rest}`;
    },
  );
  const missing = entries.filter(([name]) => !found.has(name));
  if (missing.length === 0) {
    return merged;
  }
  const eol = existing.includes('\r\n') ? '\r\n' : '\n';
  const joint = merged === '' || merged === '\uFEFF' || /\n$/.test(merged) ? '' : eol;
  return `${merged}${joint}${envText(missing).replaceAll('\n', eol)}`;
}
