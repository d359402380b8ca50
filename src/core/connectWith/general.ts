import { envText, type EnvEntries } from './dotenv';
import type { ConnectMethod, Filled } from './method';
import { uri } from './uri';

/** What samples for TiDB read. */
export const tidbEnv = ({ host, port, user, password, database, caPath }: Filled): EnvEntries => [
  ['TIDB_HOST', host],
  ['TIDB_PORT', String(port)],
  ['TIDB_USER', user],
  ['TIDB_PASSWORD', password],
  ['TIDB_DATABASE', database],
  ['TIDB_SSL_MODE', 'VERIFY_IDENTITY'],
  ['TIDB_CA_PATH', caPath],
];

const databaseEnv = ({ host, port, user, password, database, caPath }: Filled): EnvEntries => [
  ['DATABASE_HOST', host],
  ['DATABASE_PORT', String(port)],
  ['DATABASE_USER', user],
  ['DATABASE_PASSWORD', password],
  ['DATABASE_NAME', database],
  ['DATABASE_ENABLE_SSL', 'true'],
  ['DATABASE_SSL_CA', caPath],
];

const laravelEnv = ({ host, port, user, password, database, caPath }: Filled): EnvEntries => [
  ['DB_CONNECTION', 'mysql'],
  ['DB_HOST', host],
  ['DB_PORT', String(port)],
  ['DB_DATABASE', database],
  ['DB_USERNAME', user],
  ['DB_PASSWORD', password],
  ['MYSQL_ATTR_SSL_CA', caPath],
];

const env = (
  rest: Pick<ConnectMethod, 'id' | 'label' | 'group' | 'detail'>,
  entries: (values: Filled) => EnvEntries,
): ConnectMethod => ({
  ...rest,
  language: 'dotenv',
  kind: 'snippet',
  entries,
  text: (values) => envText(entries(values)),
});

export const general: readonly ConnectMethod[] = [
  {
    id: 'general',
    label: 'General',
    group: 'General',
    language: 'plaintext',
    kind: 'snippet',
    detail: 'Host, port, user, database, CA certificate',
    text: ({ host, port, user, password, database, caPath }) =>
      [
        `Host: ${host}`,
        `Port: ${port}`,
        `User: ${user}`,
        `Password: ${password}`,
        ...(database === '' ? [] : [`Database: ${database}`]),
        `CA: ${caPath}`,
        '',
      ].join('\n'),
  },
  {
    id: 'uri',
    label: 'URI',
    group: 'General',
    language: 'plaintext',
    kind: 'string',
    detail: 'mysql://…',
    text: (values) => uri('mysql', values, { 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': values.caPath }),
  },
  env(
    {
      id: 'env',
      label: 'Environment Variables (TIDB_…)',
      group: 'General',
      detail: 'TIDB_HOST, TIDB_PORT, TIDB_USER, …',
    },
    tidbEnv,
  ),
  env(
    {
      id: 'env_database',
      label: 'Environment Variables (DATABASE_…)',
      group: 'General',
      detail: 'DATABASE_HOST, DATABASE_PORT, … as Next.js, NestJS and Ruby samples read them',
    },
    databaseEnv,
  ),
];

const databaseUrl = (
  rest: Pick<ConnectMethod, 'id' | 'label' | 'detail'>,
  url: (values: Filled) => string,
): ConnectMethod => env({ ...rest, group: 'ORMs' }, (values) => [['DATABASE_URL', url(values)]]);

export const envOrms: readonly ConnectMethod[] = [
  databaseUrl({ id: 'prisma', label: 'Prisma', detail: 'DATABASE_URL of .env' }, (values) =>
    uri('mysql', values, { sslaccept: 'strict', sslcert: values.caPath }),
  ),
  databaseUrl(
    { id: 'active_record', label: 'Active Record / Rails', detail: 'DATABASE_URL of .env' },
    (values) => uri('mysql2', values, { ssl_mode: 'verify_identity', sslca: values.caPath }),
  ),
  env({ id: 'laravel', label: 'Laravel', group: 'ORMs', detail: 'DB_… of .env' }, laravelEnv),
];
