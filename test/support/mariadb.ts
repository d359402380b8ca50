import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { access, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from './certificates';
import type { ServerCertificate } from './certificates';

export interface MariadbOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly password?: string;
  /** Names that the certificate is for. */
  readonly names?: readonly string[];
  /** Instead of one made for `names`. */
  readonly certificate?: ServerCertificate;
  /** False: the server offers no TLS at all. */
  readonly tls?: boolean;
}

/** A MariaDB server of its own: own data, loopback only, gone after `stop`. */
export interface Mariadb {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'root';
  readonly password: string;
  /** With the tables `customers` and `orders`. */
  readonly database: 'orders';
  /** What a client has to trust. */
  readonly caCertificatePem: string;
  /** One line for every connection that was opened or closed and every statement that came in. */
  connectionLog(): Promise<string>;
  /** Puts another certificate in place; the server uses it after the statement `FLUSH SSL`. */
  replaceCertificate(certificate: ServerCertificate): Promise<void>;
  stop(): Promise<void>;
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
  const password = options.password ?? 'sandbox-password-1';
  const certificate =
    options.certificate ?? createAuthority().issue({ names: options.names ?? defaultNames });
  const server = await findProgram('mariadbd');
  const install = await findProgram('mariadb-install-db');
  const owner = await unprivilegedUser();
  const asUser = owner === undefined ? [] : ['--user=mysql'];

  const folder = await mkdtemp(join(tmpdir(), 'mariadb-'));
  const file = (name: string): string => join(folder, name);
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
    await chmod(folder, 0o700);
    await give(folder);
    await mkdir(file('data'));
    await give(file('data'));
    await replaceCertificate(certificate);
    await put('init.sql', initialSql(password));
    await run(install, [
      '--no-defaults',
      ...asUser,
      `--datadir=${file('data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    const port = options.port !== undefined && options.port !== 0 ? options.port : await freePort();
    const child = spawn(
      server,
      [
        '--no-defaults',
        ...asUser,
        `--datadir=${file('data')}`,
        `--socket=${file('socket')}`,
        `--pid-file=${file('pid')}`,
        `--log-error=${file('error.log')}`,
        `--init-file=${file('init.sql')}`,
        '--general-log',
        `--general-log-file=${file('general.log')}`,
        '--bind-address=127.0.0.1',
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
      ],
      { stdio: 'ignore' },
    );
    const stop = stopper(child, folder);
    try {
      await listening(child, port, file('error.log'));
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      host: '127.0.0.1',
      port,
      user: 'root',
      password,
      database: 'orders',
      caCertificatePem: certificate.caCertificatePem,
      connectionLog: () => readFile(file('general.log'), 'utf8'),
      replaceCertificate,
      stop,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Ends the server and removes its folder; also when this process ends without having asked for it. */
function stopper(child: ChildProcess, folder: string): () => Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const atExit = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  return async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await gone;
    clearTimeout(timer);
    process.off('exit', atExit);
    await rm(folder, { recursive: true, force: true });
  };
}

/** The init file runs before the server listens: once a connection is accepted, everything is in place. */
async function listening(child: ChildProcess, port: number, errorLog: string): Promise<void> {
  const started = Date.now();
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code) => (failure ??= `it ended with code ${String(code)}`));
  while (!(await accepts(port))) {
    if (failure !== undefined || Date.now() - started > startLimitMs) {
      const log = await readFile(errorLog, 'utf8').catch(() => '');
      throw new Error(`mariadbd did not start: ${failure ?? 'too slow'}\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    // Only the greeting tells that it is ready: the system accepts connections before the server does.
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

async function findProgram(name: string): Promise<string> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']) {
    const path = join(folder, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    ) {
      return path;
    }
  }
  throw new Error(`${name} was not found; it comes with the Debian package mariadb-server`);
}

/** The server refuses to run as root; the package brings the user `mysql` for it. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => (await run('id', [flag, 'mysql'])).stdout),
  );
  return { uid: Number(uid), gid: Number(gid) };
}

/** An init file holds one statement a line. */
function initialSql(password: string): string {
  const quoted = `'${password.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return [
    'SET NAMES utf8mb4;',
    `ALTER USER root@localhost IDENTIFIED BY ${quoted};`,
    `CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY ${quoted};`,
    "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
    'CREATE DATABASE orders CHARACTER SET utf8mb4;',
    'CREATE TABLE orders.customers (id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(80) NOT NULL, city VARCHAR(80), profile JSON);',
    "INSERT INTO orders.customers VALUES (1, 'Amélie Laurent', 'Singapore', '{\"tier\": \"gold\", \"since\": 2021}'), (2, '王小明', 'Frankfurt', NULL), (18446744073709551615, 'O''Brien & Sons', NULL, '[]');",
    'CREATE TABLE orders.orders (id BIGINT PRIMARY KEY AUTO_INCREMENT, customer_id BIGINT UNSIGNED NOT NULL, amount DECIMAL(30,10) NOT NULL, placed_at DATETIME(6) NOT NULL, delivered_on DATE, note TEXT, receipt BLOB, KEY by_customer (customer_id), CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES orders.customers (id));',
    "INSERT INTO orders.orders VALUES (9007199254740993, 1, 12345678901234567890.0123456789, '2026-08-01 09:30:00.123456', '2026-08-03', 'leave at the door', x'00ff10'), (9007199254740994, 2, 19.9, '2026-08-02 18:05:10', NULL, '', NULL), (9007199254740995, 18446744073709551615, 0.0000000001, '2026-08-03 00:00:00', NULL, NULL, '');",
    '',
  ].join('\n');
}
