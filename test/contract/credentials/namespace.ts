import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { atOwnEnd } from '../../support/editor/ownEnd';

const hostsFolders = '/etc/netns';

/** A network of its own, in which nothing but what the test puts there has an address. Linux, as root, with iproute2. */
export interface Namespace {
  /** Starts Node in it, with a channel for messages. */
  startNode(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess;
  remove(): void;
}

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

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
    createNamespace({}).remove();
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

/**
 * @param hosts address → names, beside `127.0.0.1 localhost`
 * @param addresses further addresses of its loopback
 */
export function createNamespace(
  hosts: Readonly<Record<string, readonly string[]>>,
  addresses: readonly string[] = [],
): Namespace {
  const name = `private-endpoint-${process.pid}-${(made += 1)}`;
  const hostsFolder = path.join(hostsFolders, name);
  const removeNow = (): void => {
    ip('netns', 'delete', name);
    rmSync(hostsFolder, { recursive: true, force: true });
    if (readdirSync(hostsFolders).length === 0) {
      rmdirSync(hostsFolders);
    }
  };
  ip('netns', 'add', name);
  const takeBack = atOwnEnd(removeNow);
  const remove = (): void => {
    takeBack();
    removeNow();
  };
  try {
    // `ip netns exec` puts it in the place of /etc/hosts.
    mkdirSync(hostsFolder, { recursive: true });
    const lines = Object.entries(hosts).map(([address, names]) => `${address} ${names.join(' ')}\n`);
    writeFileSync(path.join(hostsFolder, 'hosts'), `127.0.0.1 localhost\n${lines.join('')}`);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    for (const address of addresses) {
      ip('-n', name, 'address', 'add', `${address}/32`, 'dev', 'lo');
    }
  } catch (error) {
    remove();
    throw error;
  }
  return {
    startNode: (args, env) =>
      spawn('ip', ['netns', 'exec', name, process.execPath, ...args], {
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    remove,
  };
}

/** One with a way out on which every packet is lost without a word, as an address that nobody has is on a laptop. */
export function createSilentNamespace(hosts: Readonly<Record<string, readonly string[]>>): Namespace {
  const namespace = createNamespace(hosts);
  const name = `private-endpoint-${process.pid}-${made}`;
  try {
    ip('-n', name, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'far');
    ip('-n', name, 'address', 'add', '10.99.0.2/24', 'dev', 'out');
    ip('-n', name, 'link', 'set', 'far', 'up');
    ip('-n', name, 'link', 'set', 'out', 'up');
    // The far end has another hardware address: it takes the packets for somebody else's.
    const neighbour = ['10.99.0.1', 'lladdr', '02:00:00:00:00:99', 'dev', 'out', 'nud', 'permanent'];
    ip('-n', name, 'neighbour', 'add', ...neighbour);
    ip('-n', name, 'route', 'add', 'default', 'via', '10.99.0.1');
    return namespace;
  } catch (error) {
    namespace.remove();
    throw error;
  }
}
