import { shellArgument } from './escape';
import type { ConnectMethod, Filled } from './method';
import { keyStorePassword, keyStorePath } from './uri';

const command = (values: Filled, program: string, ...more: readonly string[]): string => {
  const quote = (text: string): string => shellArgument(text, values.os);
  const { user, host, port, database } = values;
  return [
    program,
    ...['-u', quote(user), '-h', quote(host), '-P', String(port)],
    ...(database === '' ? [] : ['-D', quote(database)]),
    ...more,
  ].join(' ');
};

/** They ask for the password: on a command line everybody on the machine could read it. */
export const cli: readonly ConnectMethod[] = [
  {
    id: 'mysql_cli',
    label: 'MySQL CLI',
    group: 'CLI',
    language: 'shellscript',
    kind: 'string',
    detail: 'MySQL 8.x; the client of 9.x cannot log in with mysql_native_password',
    prompts: true,
    text: (values) =>
      command(
        values,
        'mysql',
        '--comments',
        '--ssl-mode=VERIFY_IDENTITY',
        shellArgument(`--ssl-ca=${values.caPath}`, values.os),
        shellArgument('--tls-version=TLSv1.2,TLSv1.3', values.os),
        '--connect-timeout 15 -p',
      ),
  },
  {
    id: 'mariadb_cli',
    label: 'MariaDB CLI',
    group: 'CLI',
    language: 'shellscript',
    kind: 'string',
    detail: 'MariaDB’s client, which many Linux distributions install as mysql',
    prompts: true,
    text: (values) =>
      command(
        values,
        'mariadb',
        '--comments --ssl --ssl-verify-server-cert',
        shellArgument(`--ssl-ca=${values.caPath}`, values.os),
        shellArgument('--tls-version=TLSv1.2,TLSv1.3', values.os),
        '--connect-timeout=15 -p',
      ),
  },
  {
    id: 'mycli',
    label: 'MyCLI',
    group: 'CLI',
    language: 'shellscript',
    kind: 'string',
    prompts: true,
    text: (values) =>
      command(
        values,
        'mycli',
        shellArgument(`--ssl-ca=${values.caPath}`, values.os),
        '--ssl-verify-server-cert',
      ),
  },
];

/** Makes the key store that the JDBC URL names. */
export const keytool = ({ caPath, os }: Filled): string =>
  [
    'keytool -importcert -noprompt -alias TiDBCACert -storetype PKCS12',
    `-file ${shellArgument(caPath, os)}`,
    `-keystore ${shellArgument(keyStorePath(caPath), os)}`,
    `-storepass ${keyStorePassword}`,
  ].join(' ');
