import { doubleQuoted as s } from './escape';
import type { ConnectMethod, Filled } from './method';
import { uri } from './uri';

const python = { language: 'python', kind: 'snippet' } as const;

const credentials = (
  { host, port, user, password, database }: Filled,
  secret = s(password),
): readonly string[] => [
  `host=${s(host)},`,
  `port=${port},`,
  `user=${s(user)},`,
  `password=${secret},`,
  `database=${s(database)},`,
];
/** PyMySQL takes text for Latin-1, which the server does not. */
const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);
const forPymysql = ({ password }: Filled): string =>
  isAscii(password) ? s(password) : `${s(password)}.encode()`;
const verified = ({ caPath }: Filled): readonly string[] => [
  `ssl_ca=${s(caPath)},`,
  'ssl_verify_cert=True,',
  'ssl_verify_identity=True,',
];
const call = (start: string, lines: readonly string[]): readonly string[] => [
  `${start}(`,
  ...lines.map((line) => `    ${line}`),
  ')',
];
const query = (connection: readonly string[], close: string): readonly string[] => [
  ...connection,
  'with connection.cursor() as cursor:',
  '    cursor.execute("SELECT VERSION()")',
  '    print(cursor.fetchone()[0])',
  close,
];
const program = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const engine = (url: string, connectArgs: readonly string[] = []): string =>
  program(
    'from sqlalchemy import create_engine, text',
    '',
    ...(connectArgs.length === 0
      ? [`engine = create_engine(${s(url)})`]
      : [
          'engine = create_engine(',
          `    ${s(url)},`,
          '    connect_args={',
          ...connectArgs.map((line) => `        ${line}`),
          '    },',
          ')',
        ]),
    'with engine.connect() as connection:',
    '    print(connection.execute(text("SELECT VERSION()")).scalar())',
  );

export const pythonDrivers: readonly ConnectMethod[] = [
  {
    ...python,
    id: 'mysqlclient',
    label: 'mysqlclient (Python)',
    group: 'Drivers',
    text: (values) =>
      program(
        'import MySQLdb',
        '',
        ...query(
          call('connection = MySQLdb.connect', [
            ...credentials(values),
            'charset="utf8mb4",',
            'ssl_mode="VERIFY_IDENTITY",',
            `ssl={"ca": ${s(values.caPath)}},`,
          ]),
          'connection.close()',
        ),
      ),
  },
  {
    ...python,
    id: 'pymysql',
    label: 'PyMySQL',
    group: 'Drivers',
    text: (values) =>
      program(
        'import pymysql',
        '',
        ...query(
          call('connection = pymysql.connect', [
            ...credentials(values, forPymysql(values)),
            ...verified(values),
          ]),
          'connection.close()',
        ),
      ),
  },
  {
    ...python,
    id: 'mysql_connector_python',
    label: 'MySQL Connector/Python',
    group: 'Drivers',
    text: (values) =>
      program(
        'import mysql.connector',
        '',
        ...query(
          call('connection = mysql.connector.connect', [
            ...credentials(values),
            ...verified(values),
            'use_pure=True,',
          ]),
          'connection.close()',
        ),
      ),
  },
];

export const pythonOrms: readonly ConnectMethod[] = [
  {
    ...python,
    id: 'django_tidb',
    label: 'Django (django_tidb)',
    group: 'ORMs',
    detail: 'DATABASES of settings.py',
    text: ({ host, port, user, password, database, caPath }) =>
      program(
        'DATABASES = {',
        '    "default": {',
        '        "ENGINE": "django_tidb",',
        `        "HOST": ${s(host)},`,
        `        "PORT": ${port},`,
        `        "USER": ${s(user)},`,
        `        "PASSWORD": ${s(password)},`,
        `        "NAME": ${s(database)},`,
        '        "OPTIONS": {',
        '            "charset": "utf8mb4",',
        '            "ssl_mode": "VERIFY_IDENTITY",',
        `            "ssl": {"ca": ${s(caPath)}},`,
        '        },',
        '    }',
        '}',
      ),
  },
  {
    ...python,
    id: 'sqlalchemy_mysqlclient',
    label: 'SQLAlchemy (mysqlclient)',
    group: 'ORMs',
    text: (values) =>
      engine(uri('mysql+mysqldb', values, { ssl_mode: 'VERIFY_IDENTITY', ssl_ca: values.caPath })),
  },
  {
    ...python,
    id: 'sqlalchemy_pymysql',
    label: 'SQLAlchemy (PyMySQL)',
    group: 'ORMs',
    text: (values) =>
      engine(uri('mysql+pymysql', values), [
        `"ssl_ca": ${s(values.caPath)},`,
        '"ssl_verify_cert": True,',
        '"ssl_verify_identity": True,',
        ...(isAscii(values.password) ? [] : [`"password": ${forPymysql(values)},`]),
      ]),
  },
  {
    ...python,
    id: 'peewee',
    label: 'Peewee',
    group: 'ORMs',
    detail: 'With PyMySQL',
    text: (values) =>
      program(
        'from peewee import MySQLDatabase',
        '',
        ...call('database = MySQLDatabase', [
          `${s(values.database)},`,
          ...credentials(values, forPymysql(values)).filter((line) => !line.startsWith('database=')),
          ...verified(values),
        ]),
        'with database.connection_context():',
        '    print(database.execute_sql("SELECT VERSION()").fetchone()[0])',
      ),
  },
];
