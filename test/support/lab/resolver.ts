import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOwned } from '../editor/processes';
import type { Namespace } from '../namespace';
import { findOnSystem } from '../onPath';

/** What a resolver says about the private domain: an address, that there is no such name, or nothing at all. */
export type DnsAnswer = { readonly address: string } | 'noSuchName' | 'silence';

export interface Resolver {
  /** Resolves when it holds. */
  answer(answer: DnsAnswer): Promise<void>;
  stop(): Promise<void>;
}

const startLimitMs = 10_000;

/** A dnsmasq that knows one name at most, and says of all others that they do not exist. */
export async function startResolver(options: {
  readonly namespace: Namespace;
  readonly address: string;
  readonly domain: string;
  /** For its files. */
  readonly folder: string;
  readonly name: string;
  readonly first: DnsAnswer;
}): Promise<Resolver> {
  const { namespace, address, domain, folder, name } = options;
  const program = findOnSystem('dnsmasq');
  if (program === undefined) {
    throw new Error('dnsmasq was not found; it comes with the Debian package dnsmasq-base');
  }
  const hosts = path.join(folder, `${name}.hosts`);
  const put = (answer: DnsAnswer): Promise<void> =>
    writeFile(hosts, typeof answer === 'object' ? `${answer.address} ${domain}\n` : '');
  await put(options.first);
  const lines: string[] = [];
  let onLine: () => void = () => undefined;
  const [ip, ...inside] = namespace.prefix;
  const child = startOwned(
    ip,
    [
      ...inside,
      ...[program, '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--user=root'],
      ...['--no-resolv', '--no-hosts', '--local=//', '--local=/#/', '--pid-file', '--cache-size=0'],
      ...[`--addn-hosts=${hosts}`, `--listen-address=${address}`, '--bind-interfaces', '--local-ttl=0'],
    ],
    {
      env: process.env,
      onLine: (line) => {
        lines.push(line);
        onLine();
      },
    },
  );
  /** It tells of the file each time it has read it. */
  const read = async (before: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const seen = (): boolean => lines.slice(before).some((line) => line.includes(hosts));
    const failure = await Promise.race([
      new Promise<undefined>((resolve) => {
        onLine = () => seen() && resolve(undefined);
        onLine();
      }),
      child.ended.then((code) => `it ended with ${String(code)}`),
      new Promise<string>((resolve) => {
        timer = setTimeout(() => resolve('too slow'), startLimitMs);
      }),
    ]);
    clearTimeout(timer);
    if (failure !== undefined) {
      await child.stop();
      throw new Error(`dnsmasq: ${failure}\n${lines.join('\n')}`);
    }
  };
  await read(0);
  let silent = false;
  const signal = (name: NodeJS.Signals): boolean => process.kill(child.pid, name);
  const speak = (): void => {
    if (silent) {
      signal('SIGCONT');
      silent = false;
    }
  };
  return {
    answer: async (answer) => {
      speak();
      const before = lines.length;
      await put(answer);
      signal('SIGHUP');
      await read(before);
      if (answer === 'silence') {
        signal('SIGSTOP');
        silent = true;
      }
    },
    stop: async () => {
      speak();
      await child.stop();
    },
  };
}
