import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

export interface SshHost {
  readonly name: string;
  /** `user@hostname`, as far as its own section says. */
  readonly leadsTo: string;
}

const deepestInclude = 16;
const mostHosts = 1000;

/**
 * The hosts that the person's ssh configuration names, for a list to pick from: patterns with wildcards and `Match`
 * sections are left out, files that it includes are read. What cannot be read counts as empty: `ssh` itself will tell.
 */
export async function sshHosts(home = homedir()): Promise<readonly SshHost[]> {
  const folder = path.join(home, '.ssh');
  const found = new Map<string, { user?: string; hostName?: string }>();
  await readConfig(path.join(folder, 'config'), { folder, home, found, depth: 0 });
  return [...found].map(([name, { user, hostName }]) => ({
    name,
    leadsTo: [user, hostName].filter((part) => part !== undefined).join('@'),
  }));
}

interface Reading {
  readonly folder: string;
  readonly home: string;
  readonly found: Map<string, { user?: string; hostName?: string }>;
  readonly depth: number;
}

async function readConfig(file: string, reading: Reading): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  let section: readonly string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [keyword, values] = wordsOf(line);
    switch (keyword) {
      case 'host':
        section = values.filter((name) => /^[^-!*?][^!*?]*$/.test(name));
        section.forEach((name) => {
          if (reading.found.size < mostHosts && !reading.found.has(name)) {
            reading.found.set(name, {});
          }
        });
        break;
      case 'match':
        section = [];
        break;
      case 'include':
        if (reading.depth < deepestInclude) {
          for (const pattern of values) {
            for (const included of await filesLike(pattern, reading)) {
              await readConfig(included, { ...reading, depth: reading.depth + 1 });
            }
          }
        }
        break;
      case 'user':
      case 'hostname':
        for (const name of section) {
          const host = reading.found.get(name);
          const key = keyword === 'user' ? 'user' : 'hostName';
          // As for ssh, the first value counts.
          if (host !== undefined && values[0] !== undefined) {
            host[key] ??= values[0].replaceAll('%h', name);
          }
        }
    }
  }
}

/** `Keyword value "a value"`, also with `=`; comments begin a line or follow a blank. */
function wordsOf(line: string): [string | undefined, string[]] {
  const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line);
  if (match === null) {
    return [undefined, []];
  }
  const words: string[] = [];
  for (const [, quoted, plain] of (match[2] ?? '').matchAll(/"([^"]*)"|(\S+)/g)) {
    if (plain?.startsWith('#') === true) {
      break;
    }
    words.push(quoted ?? plain ?? '');
  }
  return [match[1]?.toLowerCase(), words];
}

/** The files that an Include means; relative ones are in `~/.ssh`, and only the last part may hold wildcards. */
async function filesLike(pattern: string, { folder, home }: Reading): Promise<readonly string[]> {
  const full = path.resolve(folder, pattern.replace(/^~(?=[\\/])/, home));
  const last = path.basename(full);
  if (!/[*?]/.test(last)) {
    return [full];
  }
  const source = last
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const like = new RegExp(`^${source}$`);
  const names = await readdir(path.dirname(full)).catch(() => []);
  return names
    .filter((name) => like.test(name) && (!name.startsWith('.') || last.startsWith('.')))
    .sort()
    .map((name) => path.join(path.dirname(full), name));
}
