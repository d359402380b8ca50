import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from './certificates';
import type { ServerCertificate } from './certificates';
import { temporaryFolder } from './editor/ownEnd';
import { startOwned } from './editor/processes';
import type { OwnedProcess } from './editor/processes';
import { findOnSystem } from './onPath';

export interface SqlServerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly password?: string;
  /** Names that the certificate is for. */
  readonly names?: readonly string[];
  /** Instead of one made for `names`. */
  readonly certificate?: ServerCertificate;
  /** Left out: on this machine's loopback. */
  readonly place?: SqlServerPlace;
}

/** A network other than this machine's own. */
export interface SqlServerPlace {
  /** Put before a program and its arguments, it makes them run there. */
  readonly prefix: readonly string[];
  readonly address: string;
  /** From where `root` may log in: a host, or a pattern of hosts. */
  readonly clients: string;
}

export const loopback: SqlServerPlace = { prefix: [], address: '127.0.0.1', clients: '127.0.0.1' };

/** A MySQL-compatible server of its own: own data, TLS; gone after `stop` or with this process. */
export interface SqlServer {
  readonly product: 'MariaDB' | 'TiDB';
  /** 127.0.0.1, unless it was given another place. */
  readonly host: string;
  readonly port: number;
  readonly user: 'root';
  readonly password: string;
  /** With the tables `customers` and `orders`. */
  readonly database: 'orders';
  /** What a client has to trust. */
  readonly caCertificatePem: string;
  stop(): Promise<void>;
}

export interface MariadbOptions extends SqlServerOptions {
  /** False: the server offers no TLS at all. */
  readonly tls?: boolean;
}

export interface Mariadb extends SqlServer {
  readonly product: 'MariaDB';
  /** One line for every connection that was opened or closed and every statement that came in. */
  connectionLog(): Promise<string>;
  /** Puts another certificate in place; the server uses it after the statement `FLUSH SSL`. */
  replaceCertificate(certificate: ServerCertificate): Promise<void>;
}

const defaultNames = [
  '*.ap-southeast-1.premium.tidbcloud.localhost',
  '*.eu-central-1.premium.tidbcloud.localhost',
  'localhost',
];
const startLimitMs = 30_000;
const stopLimitMs = 10_000;
const run = promisify(execFile);

/** Needs Debian's package mariadb-server. Takes about two seconds. */
export async function startMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  const { password, certificate } = secretsFor(options);
  const { place = loopback } = options;
  const server = findProgram('mariadbd');
  const install = findProgram('mariadb-install-db');
  const owner = await unprivilegedUser();

  const folder = await temporaryFolder('mariadb');
  const file = (name: string): string => join(folder.path, name);
  const put = async (name: string, text: string): Promise<void> => {
    await writeFile(file(name), text, { mode: 0o600 });
    await give(file(name));
  };
  const give = async (path: string): Promise<void> => {
    if (owner !== undefined) {
      await chown(path, owner.uid, owner.gid);
    }
  };
  const replaceCertificate = async (next: ServerCertificate): Promise<void> => {
    await put('server.pem', next.certificatePem);
    await put('server.key', next.privateKeyPem);
  };

  try {
    await chmod(folder.path, 0o700);
    await give(folder.path);
    await mkdir(file('data'));
    await give(file('data'));
    await replaceCertificate(certificate);
    await put('init.sql', initialSql(password, place.clients));
    await runAs(owner, install, [
      '--no-defaults',
      `--datadir=${file('data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    const port = await portFor(options);
    const child = startAs(owner, place.prefix, server, [
      '--no-defaults',
      `--datadir=${file('data')}`,
      `--socket=${file('socket')}`,
      `--pid-file=${file('pid')}`,
      `--log-error=${file('error.log')}`,
      `--init-file=${file('init.sql')}`,
      '--general-log',
      `--general-log-file=${file('general.log')}`,
      `--bind-address=${place.address}`,
      `--port=${String(port)}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-fast-shutdown=2',
      '--local-infile=ON',
      ...(options.tls === false
        ? ['--skip-ssl']
        : [
            `--ssl-cert=${file('server.pem')}`,
            `--ssl-key=${file('server.key')}`,
            '--tls-version=TLSv1.2,TLSv1.3',
          ]),
    ]);
    try {
      // The init file runs before the server listens: once a connection is greeted, everything is in place.
      await greets(child, place, port);
    } catch (error) {
      await child.stop();
      const log = await readFile(file('error.log'), 'utf8').catch(() => '');
      throw new Error(`mariadbd did not start: ${String(error)}\n${log}`, { cause: error });
    }
    return {
      product: 'MariaDB',
      host: place.address,
      port,
      user: 'root',
      password,
      database: 'orders',
      caCertificatePem: certificate.caCertificatePem,
      connectionLog: () => readFile(file('general.log'), 'utf8'),
      replaceCertificate,
      stop: async () => {
        await child.stop(stopLimitMs);
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** The password and the certificate that a server gets where the options say nothing else. */
export function secretsFor(options: SqlServerOptions): { password: string; certificate: ServerCertificate } {
  return {
    password: options.password ?? 'sandbox-password-1',
    certificate: options.certificate ?? createAuthority().issue({ names: options.names ?? defaultNames }),
  };
}

/** The port that the options ask for, or a free one. */
export function portFor({ port = 0 }: SqlServerOptions): Promise<number> {
  return port === 0 ? freePort() : Promise.resolve(port);
}

/** Resolves when the server greets clients on this port; rejects when it has ended or is too slow. */
export async function greets(server: OwnedProcess, place: SqlServerPlace, port: number): Promise<void> {
  const [program, ...rest] = [...place.prefix, process.execPath];
  // In the server's own network, which may be closed to this process.
  const probe = startOwned(program, [...rest, '-e', waitForGreeting, place.address, String(port)], {
    env: process.env,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const failure = await Promise.race([
      probe.ended.then((code) => (code === 0 ? undefined : `its probe ended with ${String(code)}`)),
      server.ended.then((code) => `it ended with ${String(code)}`),
      new Promise<string>((resolve) => {
        timer = setTimeout(() => resolve('too slow'), startLimitMs);
      }),
    ]);
    if (failure !== undefined) {
      throw new Error(failure);
    }
  } finally {
    clearTimeout(timer);
    await probe.stop();
  }
}

/** Only the greeting tells that it is ready: the system accepts connections before the server does. */
const waitForGreeting = `
const [host, port] = process.argv.slice(1);
const look = () => {
  const socket = require('node:net').connect({ host, port });
  socket.setTimeout(1000, () => socket.destroy());
  socket.once('error', () => undefined);
  socket.once('close', () => setTimeout(look, 50));
  socket.once('data', () => process.exit(0));
};
look();`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

function findProgram(name: string): string {
  const path = findOnSystem(name);
  if (path === undefined) {
    throw new Error(`${name} was not found; it comes with the Debian package mariadb-server`);
  }
  return path;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The server refuses to run as root; the package brings the user `mysql` for it. */
async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => (await run('id', [flag, 'mysql'])).stdout),
  );
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Starts a program as this user, or as the present one. The server could change its user by itself (`--user`), but the
 * kernel then forgets that it has to end with this process.
 */
function startAs(
  user: User | undefined,
  prefix: readonly string[],
  program: string,
  args: readonly string[],
  onLine: (line: string) => void = () => undefined,
): OwnedProcess {
  const as =
    user === undefined
      ? []
      : [
          'setpriv',
          ...[`--reuid=${String(user.uid)}`, `--regid=${String(user.gid)}`, '--clear-groups'],
          ...['--pdeathsig=KILL', '--'],
        ];
  const [first = program, ...rest] = [...prefix, ...as, program, ...args];
  return startOwned(first, rest, { env: process.env, onLine });
}

/** Runs a program to its end; rejects with what it wrote when that is not a good one. */
async function runAs(user: User | undefined, program: string, args: readonly string[]): Promise<void> {
  const output: string[] = [];
  const child = startAs(user, [], program, args, (line) => output.push(line));
  const ended = await child.ended.finally(() => child.stop());
  if (ended !== 0) {
    throw new Error(`${program} ended with ${String(ended)}:\n${output.join('\n')}`);
  }
}

/** The database `orders`, one statement a line as MariaDB's init file wants it. */
export const sampleData: readonly string[] = [
  'CREATE DATABASE orders CHARACTER SET utf8mb4;',
  'CREATE TABLE orders.customers (id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(80) NOT NULL, city VARCHAR(80), profile JSON);',
  "INSERT INTO orders.customers VALUES (1, 'Amélie Laurent', 'Singapore', '{\"tier\": \"gold\", \"since\": 2021}'), (2, '王小明', 'Frankfurt', NULL), (18446744073709551615, 'O''Brien & Sons', NULL, '[]');",
  'CREATE TABLE orders.orders (id BIGINT PRIMARY KEY AUTO_INCREMENT, customer_id BIGINT UNSIGNED NOT NULL, amount DECIMAL(30,10) NOT NULL, placed_at DATETIME(6) NOT NULL, delivered_on DATE, note TEXT, receipt BLOB, KEY by_customer (customer_id), CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES orders.customers (id));',
  "INSERT INTO orders.orders VALUES (9007199254740993, 1, 12345678901234567890.0123456789, '2026-08-01 09:30:00.123456', '2026-08-03', 'leave at the door', x'00ff10'), (9007199254740994, 2, 19.9, '2026-08-02 18:05:10', NULL, '', NULL), (9007199254740995, 18446744073709551615, 0.0000000001, '2026-08-03 00:00:00', NULL, NULL, '');",
];

export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function initialSql(password: string, clients: string): string {
  return [
    'SET NAMES utf8mb4;',
    `ALTER USER root@localhost IDENTIFIED BY ${quoted(password)};`,
    `CREATE OR REPLACE USER root@${quoted(clients)} IDENTIFIED BY ${quoted(password)};`,
    `GRANT ALL ON *.* TO root@${quoted(clients)} WITH GRANT OPTION;`,
    ...sampleData,
    '',
  ].join('\n');
}
