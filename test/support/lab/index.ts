import type { ChildProcess } from 'node:child_process';
import { createAuthority, type ServerCertificate } from '../certificates';
import { temporaryFolder } from '../editor/ownEnd';
import { startOwned } from '../editor/processes';
import { startMariadb, type SqlServer } from '../mariadb';
import { whyNoNamespace, type Namespace } from '../namespace';
import { findOnSystem } from '../onPath';
import { startTidb } from '../tidb';
import { tidbServer } from '../tidbServer';
import { addresses, createNetwork, vpcClients, type Host } from './network';
import { startResolver, type DnsAnswer } from './resolver';
import { destinations, writeSshFiles } from './sshFiles';
import { sshPort, sshUser, startSshHost } from './sshHost';

export type { Host } from './network';
export type { DnsAnswer } from './resolver';

export interface LabOptions {
  /** Left out: TiDB where it is there, else MariaDB. */
  readonly product?: SqlServer['product'];
  /** Instead of one for the private domain. */
  readonly certificate?: ServerCertificate;
  readonly password?: string;
}

/** Where a program runs: on a machine in the VPC, on a laptop elsewhere, or on one of the VPC's hosts. */
export type Side = Host | 'client';

export interface Ran {
  readonly code: number | string;
  readonly output: string;
}

/**
 * A VPC on this machine, made of network namespaces:
 *
 *     client (laptop) ─┐                      ┌─ database  MariaDB or TiDB over TLS, port 4000
 *     this machine ────┴─ bastion ── VPC ─────┼─ hop       a second ssh host
 *                         (sshd)   (resolver) └─ ecs       a machine in the VPC, as with Remote-SSH
 *
 * - This machine (the test's own process, and every `ssh` it starts) and the client reach the bastion alone: neither
 *   the database nor the hop, and neither resolver knows the private domain. The client's says that there is no such
 *   name, and packets to an address in the VPC are lost without a word; this machine's own may say anything.
 * - On `bastion`, `hop` and `ecs` the domain resolves to the database, and it answers there.
 * - `ssh` is OpenSSH's own with `bastion.configFile`: pass `-F`, or put `bastion.binFolder` first on PATH, which holds
 *   an `ssh` that reads it.
 *
 * Everything is gone after `stop`, with this process, or, when that was killed, with the next lab.
 */
export interface Lab {
  readonly product: SqlServer['product'];
  readonly domain: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly caCertificatePem: string;
  readonly bastion: {
    /** For this machine and for the client. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly configFile: string;
    readonly binFolder: string;
    readonly destinations: typeof destinations;
    /** Of the key that `destinations.passphrase` uses. */
    readonly passphrase: string;
    /** How many logins it has accepted since it was started. */
    accepted(): number;
    log(): string;
    /** Ends its sshd and every connection through it. */
    stop(): Promise<void>;
    start(): Promise<void>;
  };
  readonly namespaces: Readonly<Record<Side, Namespace>>;
  /** Runs a program to its end in there; for one that must not outlive the test. */
  run(
    side: Side,
    command: readonly [string, ...string[]],
    options?: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string },
  ): Promise<Ran>;
  /** Starts Node in there, with a channel for messages: an editor inside the VPC (`ecs`) or far from it (`client`). */
  startNode(side: Side, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  /** A security group that lets these hosts in no more: packets are lost without a word, on open connections too. */
  blockDatabase(hosts?: readonly Host[]): void;
  unblockDatabase(): void;
  /** What the VPC's resolver says about the domain. At first it is the database's address. */
  vpcDns(answer: DnsAnswer | 'private'): Promise<void>;
  /** What the client's resolver says about the domain. At first it is that there is no such name. */
  clientDns(answer: DnsAnswer | 'private'): Promise<void>;
  /** Ends the server: its port refuses then, and open connections are closed. */
  stopDatabase(): Promise<void>;
  /** Starts it anew, with the sample's data. */
  startDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export const labDomain = 'private-t4nlab000001.ap-southeast-1.premium.tidbcloud.com';
const port = 4000;

/** Why there can be no lab here; undefined where there can. */
export function whyNoLab(): string | undefined {
  const missing = Object.entries({ dnsmasq: 'dnsmasq-base', sshd: 'openssh-server', ssh: 'openssh-client' })
    .filter(([program]) => findOnSystem(program) === undefined)
    .map(([, name]) => name);
  return missing.length > 0
    ? `it needs the Debian packages ${missing.join(', ')} (node scripts/setup.mjs)`
    : whyNoNamespace();
}

/**
 * In a `before`, with `whyNoLab` asked first:
 *
 *     before(async function () {
 *       const reason = whyNoLab();
 *       if (reason !== undefined) {
 *         console.log(`    SKIPPED: <what is then not tested>: ${reason}`);
 *         this.skip();
 *       }
 *       lab = await startLab();
 *     });
 *     after(() => lab?.stop());
 *
 * Takes about three seconds, with TiDB up to ten.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) {
      await end();
    }
  };
  try {
    const temporary = await temporaryFolder('lab');
    ends.push(() => temporary.remove());
    const network = createNetwork();
    ends.push(() => network.remove());
    const folder = temporary.path;
    const dns = { domain: labDomain, folder };
    const resolver = await startResolver({
      ...{ ...dns, name: 'vpc', namespace: network.vpc },
      ...{ address: addresses.resolver, first: { address: addresses.database } },
    });
    ends.push(() => resolver.stop());
    const clientResolver = await startResolver({
      ...{ ...dns, name: 'client', namespace: network.client },
      ...{ address: '127.0.0.1', first: 'noSuchName' },
    });
    ends.push(() => clientResolver.stop());

    const files = await writeSshFiles(folder, { bastion: network.bastionAddress, hop: addresses.hop });
    const sshHost = (name: 'bastion' | 'hop'): ReturnType<typeof startSshHost> =>
      startSshHost({
        ...{ namespace: network.hosts[name], folder, name },
        ...{ hostKey: files.hostKeys[name], authorizedKeys: files.authorizedKeys },
      });
    let bastion = await sshHost('bastion');
    ends.push(() => bastion.stop());
    const hop = await sshHost('hop');
    ends.push(() => hop.stop());

    const product = options.product ?? (tidbServer() === undefined ? 'MariaDB' : 'TiDB');
    const certificate = options.certificate ?? createAuthority('Lab CA').issue({ names: [labDomain] });
    const startServer = (): Promise<SqlServer> =>
      (product === 'TiDB' ? startTidb : startMariadb)({
        ...{ port, certificate },
        ...(options.password !== undefined && { password: options.password }),
        place: {
          prefix: network.hosts.database.prefix,
          address: addresses.database,
          clients: vpcClients,
        },
      });
    let server = await startServer();
    ends.push(() => server.stop());

    const namespaces = { ...network.hosts, client: network.client };
    const told = (answer: DnsAnswer | 'private'): DnsAnswer =>
      answer === 'private' ? { address: addresses.database } : answer;
    const { user, password, database, caCertificatePem } = server;
    return {
      ...{ product, domain: labDomain, port, user, password, database, caCertificatePem, namespaces, stop },
      bastion: {
        ...{ host: network.bastionAddress, port: sshPort, user: sshUser, destinations },
        ...{ configFile: files.configFile, binFolder: files.binFolder, passphrase: files.passphrase },
        accepted: () => bastion.accepted(),
        log: () => bastion.log(),
        stop: () => bastion.stop(),
        start: async () => {
          bastion = await sshHost('bastion');
        },
      },
      run: async (side, command, { env = process.env, cwd } = {}) => {
        const [program, ...inside] = namespaces[side].prefix;
        const lines: string[] = [];
        const child = startOwned(program, [...inside, ...command], {
          env,
          onLine: (line) => lines.push(line),
          ...(cwd !== undefined && { cwd }),
        });
        const closed = new Promise((resolve) => child.child.once('close', resolve));
        const code = await child.ended;
        await closed;
        await child.stop();
        return { code, output: lines.join('\n') };
      },
      startNode: (side, args, env = process.env) => namespaces[side].startNode(args, env),
      blockDatabase: (hosts) => network.blockDatabase(hosts ?? 'all'),
      unblockDatabase: () => network.unblockDatabase(),
      vpcDns: (answer) => resolver.answer(told(answer)),
      clientDns: (answer) => clientResolver.answer(told(answer)),
      stopDatabase: () => server.stop(),
      startDatabase: async () => {
        server = await startServer();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
