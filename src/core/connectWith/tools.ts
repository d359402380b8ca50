import { singleQuoted } from './escape';
import type { ConnectMethod, Filled } from './method';

const steps = (
  rest: Pick<ConnectMethod, 'id' | 'label' | 'detail'>,
  lines: (values: Filled) => readonly string[],
): ConnectMethod => ({
  ...rest,
  group: 'Tools',
  language: 'markdown',
  kind: 'steps',
  text: (values) =>
    lines(values)
      .map((line, at) => `${at + 1}. ${line}\n`)
      .join(''),
});
const server = ({ host, port, user, password }: Filled, hostLabel = 'Host'): readonly string[] => [
  `${hostLabel}: ${host}`,
  `Port: ${port}`,
  `User: ${user}`,
  `Password: ${password}`,
];
const databaseLine = ({ database }: Filled, label = 'Database'): readonly string[] =>
  database === '' ? [] : [`${label}: ${database}`];

/** Programs with a form to fill in. */
export const tools: readonly ConnectMethod[] = [
  {
    id: 'sqltools',
    label: 'VS Code (SQLTools)',
    group: 'Tools',
    language: 'jsonc',
    kind: 'snippet',
    detail: 'An entry of sqltools.connections in settings.json; it asks for the password',
    prompts: true,
    text: ({ host, port, user, database, caPath }) =>
      `${JSON.stringify(
        {
          name: host,
          driver: 'TiDB',
          server: host,
          port,
          database,
          username: user,
          askForPassword: true,
          mysqlOptions: {
            authProtocol: 'default',
            enableSsl: 'Enabled',
            ssl: { ca: caPath, rejectUnauthorized: true },
          },
        },
        undefined,
        2,
      )}\n`,
  },
  steps({ id: 'dbeaver', label: 'DBeaver' }, (values) => [
    'New Database Connection: choose TiDB, or MySQL 8 or later',
    ...server(values, 'Server Host'),
    ...databaseLine(values),
    'SSL tab: tick “Use SSL”, “Require SSL” and “Verify server certificate”',
    `CA Certificate: ${values.caPath}`,
    'Test Connection',
  ]),
  steps({ id: 'mysql_workbench', label: 'MySQL Workbench' }, (values) => [
    'New connection, method Standard (TCP/IP)',
    ...server(values, 'Hostname'),
    ...databaseLine(values, 'Default Schema'),
    'SSL tab: Use SSL: Require and Verify Identity',
    `SSL CA File: ${values.caPath}`,
    'Test Connection',
  ]),
  steps({ id: 'datagrip', label: 'DataGrip' }, (values) => [
    'New data source: TiDB, or MySQL',
    ...server(values),
    ...databaseLine(values),
    'SSH/SSL tab: tick “Use SSL”, mode Full Verification',
    `CA file: ${values.caPath}`,
    'Test Connection',
  ]),
  steps({ id: 'navicat', label: 'Navicat' }, (values) => [
    'New connection: MySQL',
    ...server(values),
    'SSL tab: tick “Use SSL”, “Use authentication” and “Verify server certificate against CA”',
    `CA Certificate: ${values.caPath}`,
    'Test Connection',
  ]),
  {
    id: 'wordpress',
    label: 'WordPress',
    group: 'Tools',
    language: 'php',
    kind: 'snippet',
    detail: 'wp-config.php. It encrypts, but does not verify the server: use it inside the VPC only',
    text: ({ host, port, user, password, database }) =>
      [
        '// WordPress encrypts the connection but does not check the server’s certificate.',
        `define('DB_HOST', ${singleQuoted(`${host}:${port}`)});`,
        `define('DB_NAME', ${singleQuoted(database)});`,
        `define('DB_USER', ${singleQuoted(user)});`,
        `define('DB_PASSWORD', ${singleQuoted(password)});`,
        "define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL);",
        '',
      ].join('\n'),
  },
];
