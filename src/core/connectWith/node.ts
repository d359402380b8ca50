import { doubleQuoted as s } from './escape';
import type { ConnectMethod, Filled } from './method';

const javascript = { language: 'javascript', kind: 'snippet' } as const;

const credentials = (
  { host, port, user, password, database }: Filled,
  userKey = 'user',
): readonly string[] => [
  `host: ${s(host)},`,
  `port: ${port},`,
  `${userKey}: ${s(user)},`,
  `password: ${s(password)},`,
  `database: ${s(database)},`,
];
const ssl = ({ caPath }: Filled, ...more: readonly string[]): readonly string[] => [
  'ssl: {',
  `  ca: readFileSync(${s(caPath)}),`,
  "  minVersion: 'TLSv1.2',",
  '  rejectUnauthorized: true,',
  ...more.map((line) => `  ${line}`),
  '},',
];
const verifyName = 'verifyIdentity: true,';
const call = (start: string, lines: readonly string[]): readonly string[] => [
  `${start}({`,
  ...lines.map((line) => `  ${line}`),
  '});',
];
const program = (imports: readonly string[], ...lines: readonly string[]): string =>
  `${["import { readFileSync } from 'node:fs';", ...imports, '', ...lines].join('\n')}\n`;

export const nodeDrivers: readonly ConnectMethod[] = [
  {
    ...javascript,
    id: 'node_mysql2',
    label: 'Node MySQL 2',
    group: 'Drivers',
    text: (values) =>
      program(
        ["import mysql from 'mysql2/promise';"],
        ...call('const connection = await mysql.createConnection', [
          ...credentials(values),
          ...ssl(values, verifyName),
        ]),
        "const [rows] = await connection.query('SELECT VERSION() AS version');",
        'console.log(rows[0].version);',
        'await connection.end();',
      ),
  },
  {
    ...javascript,
    id: 'node_mysql',
    label: 'Node mysql (mysqljs)',
    group: 'Drivers',
    detail: 'Checks the certificate but not the host name in it: mysql2 does both',
    text: (values) =>
      program(
        ["import mysql from 'mysql';"],
        '// This driver checks the certificate, but not that it is for this host. mysql2 does both.',
        ...call('const connection = mysql.createConnection', [...credentials(values), ...ssl(values)]),
        "connection.query('SELECT VERSION() AS version', (error, rows) => {",
        '  if (error) throw error;',
        '  console.log(rows[0].version);',
        '  connection.end();',
        '});',
      ),
  },
];

export const nodeOrms: readonly ConnectMethod[] = [
  {
    ...javascript,
    id: 'typeorm',
    label: 'TypeORM',
    group: 'ORMs',
    detail: 'With mysql2',
    text: (values) =>
      program(
        ["import { DataSource } from 'typeorm';"],
        ...call('const dataSource = new DataSource', [
          "type: 'mysql',",
          "connectorPackage: 'mysql2',",
          ...credentials(values, 'username'),
          ...ssl(values, verifyName),
        ]),
        'await dataSource.initialize();',
        "const [row] = await dataSource.query('SELECT VERSION() AS version');",
        'console.log(row.version);',
        'await dataSource.destroy();',
      ),
  },
  {
    ...javascript,
    id: 'sequelize_mysql2',
    label: 'Sequelize (mysql2)',
    group: 'ORMs',
    text: (values) =>
      program(
        ["import { QueryTypes, Sequelize } from 'sequelize';"],
        ...call('const sequelize = new Sequelize', [
          "dialect: 'mysql',",
          ...credentials(values, 'username'),
          'logging: false,',
          'dialectOptions: {',
          ...ssl(values, verifyName).map((line) => `  ${line}`),
          '},',
        ]),
        "const [row] = await sequelize.query('SELECT VERSION() AS version', { type: QueryTypes.SELECT });",
        'console.log(row.version);',
        'await sequelize.close();',
      ),
  },
];
