import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { createNamespace, type Namespace } from '../namespace';

export type Host = 'database' | 'bastion' | 'hop' | 'ecs';

/** Inside the VPC. */
export const addresses: Readonly<Record<Host | 'resolver', string>> = {
  resolver: '10.77.0.2',
  database: '10.77.0.10',
  bastion: '10.77.0.20',
  hop: '10.77.0.30',
  ecs: '10.77.0.40',
};
export const vpcClients = '10.77.0.%';
/** Holds every address of the VPC and is narrower than the VPC's own route. */
const everyAddress = '10.77.0.0/25';

export interface Network {
  /** The VPC's switch, in which its resolver runs. */
  readonly vpc: Namespace;
  readonly hosts: Readonly<Record<Host, Namespace>>;
  /** A laptop elsewhere: it reaches the bastion, and every other packet is lost. */
  readonly client: Namespace;
  /** The bastion's address for the laptop and for this machine. */
  readonly bastionAddress: string;
  /** Loses what the database answers to these hosts, without a word, also on connections that are there. */
  blockDatabase(hosts: readonly Host[] | 'all'): void;
  unblockDatabase(): void;
  remove(): void;
}

/** Numbers of the networks between this machine and a bastion, out of the range that is for benchmarks (RFC 2544). */
const linkCount = 2 ** 15;

export function createNetwork(): Network {
  const made: Namespace[] = [];
  const remove = (): void => {
    made
      .splice(0)
      .reverse()
      .forEach((namespace) => namespace.remove());
  };
  const add = (nameServer?: string): Namespace => {
    const namespace = createNamespace(nameServer === undefined ? {} : { nameServer });
    made.push(namespace);
    return namespace;
  };
  try {
    const vpc = add();
    vpc.ip('link', 'add', 'vpc', 'type', 'bridge');
    vpc.ip('address', 'add', `${addresses.resolver}/24`, 'dev', 'vpc');
    vpc.ip('link', 'set', 'vpc', 'up');
    const host = (name: Host): Namespace => {
      const namespace = add(addresses.resolver);
      vpc.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'vpc', 'netns', namespace.name);
      vpc.ip('link', 'set', name, 'master', 'vpc', 'up');
      namespace.ip('address', 'add', `${addresses[name]}/24`, 'dev', 'vpc');
      namespace.ip('link', 'set', 'vpc', 'up');
      return namespace;
    };
    const hosts = {
      database: host('database'),
      bastion: host('bastion'),
      hop: host('hop'),
      ecs: host('ecs'),
    };
    const client = add('127.0.0.1');
    const bastionAddress = linkToThisMachine(hosts.bastion);
    linkToClient(hosts.bastion, client);
    const blocked = new Set<string>();
    const unblockDatabase = (): void => {
      for (const target of blocked) {
        hosts.database.ip('route', 'delete', 'blackhole', target);
      }
      blocked.clear();
    };
    return {
      ...{ vpc, hosts, client, bastionAddress, unblockDatabase, remove },
      blockDatabase: (from) => {
        for (const target of from === 'all' ? [everyAddress] : from.map((name) => addresses[name])) {
          if (!blocked.has(target)) {
            blocked.add(target);
            hosts.database.ip('route', 'add', 'blackhole', target);
          }
        }
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The tests run in this machine's own network, and so does the `ssh` that they start. Ends with the bastion's network. */
function linkToThisMachine(bastion: Namespace): string {
  const taken = new Set(
    Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  );
  for (let attempt = 0; attempt < linkCount; attempt += 1) {
    const first = ((process.pid * 7 + attempt) % linkCount) * 4;
    const address = (last: number): string => {
      const value = first + last;
      return `198.${18 + (value >> 16)}.${(value >> 8) & 255}.${value & 255}`;
    };
    if (!taken.has(address(1))) {
      const here = `pe${bastion.name.slice('private-endpoint-'.length)}`;
      const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
      bastion.ip('link', 'add', 'office', 'type', 'veth', 'peer', 'name', here, 'netns', String(process.pid));
      bastion.ip('address', 'add', `${address(2)}/30`, 'dev', 'office');
      bastion.ip('link', 'set', 'office', 'up');
      ip('address', 'add', `${address(1)}/30`, 'dev', here);
      ip('link', 'set', here, 'up');
      return address(2);
    }
  }
  throw new Error('every network of 198.18.0.0/15 is taken');
}

/** By default it sends everything to the bastion, which passes nothing on. */
function linkToClient(bastion: Namespace, client: Namespace): void {
  bastion.ip('link', 'add', 'laptop', 'type', 'veth', 'peer', 'name', 'out', 'netns', client.name);
  bastion.ip('address', 'add', '172.31.77.1/24', 'dev', 'laptop');
  bastion.ip('link', 'set', 'laptop', 'up');
  client.ip('address', 'add', '172.31.77.2/24', 'dev', 'out');
  client.ip('link', 'set', 'out', 'up');
  client.ip('route', 'add', 'default', 'via', '172.31.77.1');
}
