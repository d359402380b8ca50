import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './editor/ownEnd';
import { startOwned } from './editor/processes';
import { greets, loopback, portFor, quoted, sampleData, secretsFor, startMariadb } from './mariadb';
import type { SqlServer, SqlServerOptions } from './mariadb';
import { tidbServer } from './tidbServer';

const stopLimitMs = 10_000;
/** How much of what the server wrote is shown when it does not start. */
const logLines = 30;

/** Starts TiDB where it is there, else MariaDB; says which before it does. */
export function startDatabase(
  say: (line: string) => void,
  options: SqlServerOptions = {},
): Promise<SqlServer> {
  if (tidbServer() !== undefined) {
    say('Starting TiDB, which plays the TiDB Cloud instances');
    return startTidb(options);
  }
  say('Starting MariaDB, which stands in for the TiDB Cloud instances: tidb-server is not here');
  return startMariadb(options);
}

/** One TiDB server with its embedded store. Needs `tidb-server`, 6.6 or later. */
export async function startTidb(options: SqlServerOptions = {}): Promise<SqlServer> {
  const program = tidbServer();
  if (program === undefined) {
    throw new Error('tidb-server is neither on PATH nor built');
  }
  const { password, certificate } = secretsFor(options);
  const { place = loopback } = options;
  const folder = await temporaryFolder('tidb');
  const file = (name: string): string => join(folder.path, name);
  const put = (name: string, text: string): Promise<void> => writeFile(file(name), text, { mode: 0o600 });

  try {
    await put('server.pem', certificate.certificatePem);
    await put('server.key', certificate.privateKeyPem);
    await put('init.sql', initialSql(password, place.clients));
    const port = await portFor(options);
    await put('tidb.toml', configuration(place.address, port, file));
    const output: string[] = [];
    let starting = true;
    const [first, ...rest] = [...place.prefix, program, '-config', file('tidb.toml')];
    const child = startOwned(first, rest, {
      env: process.env,
      cwd: folder.path,
      onLine: (line) => {
        if (starting) {
          output.push(line);
        }
      },
    });
    try {
      // The first start runs the init file before it listens, and only logs what is wrong with a statement of it.
      await greets(child, place, port);
      if (output.some((line) => line.includes('InitializeSQLFile error'))) {
        throw new Error('a statement of its init file failed');
      }
      starting = false;
    } catch (error) {
      await child.stop();
      throw new Error(`tidb-server did not start: ${String(error)}\n${output.slice(-logLines).join('\n')}`, {
        cause: error,
      });
    }
    return {
      product: 'TiDB',
      host: place.address,
      port,
      user: 'root',
      password,
      database: 'orders',
      caCertificatePem: certificate.caCertificatePem,
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

/** Everything that would otherwise lie in a place that another server on this machine shares is named here. */
function configuration(address: string, port: number, file: (name: string) => string): string {
  return [
    `host = ${JSON.stringify(address)}`,
    `advertise-address = ${JSON.stringify(address)}`,
    `port = ${String(port)}`,
    'socket = ""',
    'store = "unistore"',
    `path = ${JSON.stringify(file('data'))}`,
    `temp-dir = ${JSON.stringify(file('temp'))}`,
    `tmp-storage-path = ${JSON.stringify(file('spill'))}`,
    `initialize-sql-file = ${JSON.stringify(file('init.sql'))}`,
    'enable-global-kill = true',
    '[log]',
    'level = "warn"',
    `slow-query-file = ${JSON.stringify(file('slow.log'))}`,
    '[security]',
    `ssl-cert = ${JSON.stringify(file('server.pem'))}`,
    `ssl-key = ${JSON.stringify(file('server.key'))}`,
    'tls-version = "TLSv1.2"',
    '[status]',
    'report-status = false',
    '',
  ].join('\n');
}

/** TiDB begins with root@'%' without a password, and not every version can alter a user this early. */
const initialSql = (password: string, clients: string): string =>
  [
    ...sampleData,
    `CREATE USER root@${quoted(clients)} IDENTIFIED BY ${quoted(password)};`,
    `GRANT ALL ON *.* TO root@${quoted(clients)} WITH GRANT OPTION;`,
    "DROP USER root@'%';",
    '',
  ].join('\n');
