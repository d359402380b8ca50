import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { atOwnEnd } from './editor/ownEnd';

const filesFolder = '/etc/netns';
const ownName = /^private-endpoint-(\d+)-\d+$/;

/** A network of its own, in which nothing but what the test puts there has an address. Linux, as root, with iproute2. */
export interface Namespace {
  readonly name: string;
  /** Put before a program and its arguments, it makes them run in here. */
  readonly prefix: readonly [program: string, ...args: readonly string[]];
  /** Runs `ip` on this network. */
  ip(...args: readonly string[]): void;
  /** Starts Node in it, with a channel for messages. */
  startNode(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess;
  remove(): void;
}

export interface NamespaceOptions {
  /** address → names, beside `127.0.0.1 localhost` */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** Further addresses of its loopback. */
  readonly addresses?: readonly string[];
  /** The name server of programs in it; left out: the machine's own. */
  readonly nameServer?: string;
}

const ip = (...args: readonly string[]): string =>
  execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

let made = 0;

/** Why no namespace can be made here; undefined where one can. */
export function whyNoNamespace(): string | undefined {
  if (process.platform !== 'linux') {
    return 'network namespaces are there on Linux only';
  }
  if (process.getuid?.() !== 0) {
    return 'making a network namespace takes root';
  }
  try {
    createNamespace().remove();
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

/** Gone after `remove` or with this process; what a killed process left is taken away by the next one that makes any. */
export function createNamespace({
  hosts = {},
  addresses = [],
  nameServer,
}: NamespaceOptions = {}): Namespace {
  if (made === 0) {
    removeLeftOvers();
  }
  const name = `private-endpoint-${process.pid}-${(made += 1)}`;
  ip('netns', 'add', name);
  const removeNow = (): void => removeNamespace(name);
  const takeBack = atOwnEnd(removeNow);
  const namespace: Namespace = {
    name,
    prefix: ['ip', 'netns', 'exec', name],
    ip: (...args) => void ip('-n', name, ...args),
    startNode: (args, env) =>
      spawn('ip', ['netns', 'exec', name, process.execPath, ...args], {
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    remove: () => {
      takeBack();
      removeNow();
    },
  };
  try {
    const folder = path.join(filesFolder, name);
    mkdirSync(folder, { recursive: true });
    // `ip netns exec` puts these files in the place of those in /etc.
    const put = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
    const lines = Object.entries(hosts).map(([address, names]) => `${address} ${names.join(' ')}\n`);
    put('hosts', `127.0.0.1 localhost\n${lines.join('')}`);
    if (nameServer !== undefined) {
      put('resolv.conf', `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`);
      put('nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
    }
    namespace.ip('link', 'set', 'lo', 'up');
    for (const address of addresses) {
      namespace.ip('address', 'add', `${address}/32`, 'dev', 'lo');
    }
  } catch (error) {
    namespace.remove();
    throw error;
  }
  return namespace;
}

/** One with a way out on which every packet is lost without a word, as an address that nobody has is on a laptop. */
export function createSilentNamespace(hosts: Readonly<Record<string, readonly string[]>>): Namespace {
  const namespace = createNamespace({ hosts });
  try {
    namespace.ip('link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'far');
    namespace.ip('address', 'add', '10.99.0.2/24', 'dev', 'out');
    namespace.ip('link', 'set', 'far', 'up');
    namespace.ip('link', 'set', 'out', 'up');
    // The far end has another hardware address: it takes the packets for somebody else's.
    const neighbour = ['10.99.0.1', 'lladdr', '02:00:00:00:00:99', 'dev', 'out', 'nud', 'permanent'];
    namespace.ip('neighbour', 'add', ...neighbour);
    namespace.ip('route', 'add', 'default', 'via', '10.99.0.1');
    return namespace;
  } catch (error) {
    namespace.remove();
    throw error;
  }
}

function removeNamespace(name: string): void {
  ip('netns', 'delete', name);
  rmSync(path.join(filesFolder, name), { recursive: true, force: true });
  try {
    rmdirSync(filesFolder);
  } catch {
    // Others still have theirs in it.
  }
}

/** A process that was killed could not remove its own. */
function removeLeftOvers(): void {
  const files = existsSync(filesFolder) ? readdirSync(filesFolder) : [];
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const name of new Set([...names, ...files])) {
    const owner = ownName.exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) {
      if (names.includes(name)) {
        removeNamespace(name);
      } else {
        rmSync(path.join(filesFolder, name), { recursive: true, force: true });
      }
    }
  }
}
