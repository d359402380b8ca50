import { doubleQuoted as s, uriPart } from './escape';
import type { ConnectMethod, Filled } from './method';

/** In a DSN the password may hold anything: the last `@` and the last `/` count. A colon would end the user's name. */
const dsn = ({ host, port, user, password, database }: Filled, parameters: string): string =>
  s(`${user}:${password}@tcp(${host}:${port})/${uriPart(database)}?${parameters}`);

const setUp = ({ user }: Filled, imports: readonly string[], body: readonly string[]): readonly string[] => [
  ...(user.includes(':') ? ['// The DSN of this driver has no way to write a user with a colon.'] : []),
  'package main',
  '',
  'import (',
  ...imports.map((line) => (line === '' ? '' : `\t${line}`)),
  ')',
  '',
  'func main() {',
  ...body.map((line) => (line === '' ? '' : `\t${line}`)),
  '}',
  '',
];
const register = ({ caPath, host }: Filled, driver: string): readonly string[] => [
  `pem, err := os.ReadFile(${s(caPath)})`,
  'if err != nil {',
  '\tlog.Fatal(err)',
  '}',
  'roots := x509.NewCertPool()',
  'if !roots.AppendCertsFromPEM(pem) {',
  '\tlog.Fatal("no certificate in the CA file")',
  '}',
  `err = ${driver}.RegisterTLSConfig("tidb", &tls.Config{`,
  '\tMinVersion: tls.VersionTLS12,',
  '\tRootCAs:    roots,',
  `\tServerName: ${s(host)},`,
  '})',
  'if err != nil {',
  '\tlog.Fatal(err)',
  '}',
];
const standard = ['"crypto/tls"', '"crypto/x509"'];

export const goDrivers: readonly ConnectMethod[] = [
  {
    id: 'go_mysql_driver',
    label: 'Go MySQL Driver',
    group: 'Drivers',
    language: 'go',
    kind: 'snippet',
    text: (values) =>
      setUp(
        values,
        [...standard, '"database/sql"', '"fmt"', '"log"', '"os"', '', '"github.com/go-sql-driver/mysql"'],
        [
          ...register(values, 'mysql'),
          '',
          `db, err := sql.Open("mysql", ${dsn(values, 'tls=tidb&parseTime=true')})`,
          'if err != nil {',
          '\tlog.Fatal(err)',
          '}',
          'defer db.Close()',
          'var version string',
          'if err := db.QueryRow("SELECT VERSION()").Scan(&version); err != nil {',
          '\tlog.Fatal(err)',
          '}',
          'fmt.Println(version)',
        ],
      ).join('\n'),
  },
];

export const goOrms: readonly ConnectMethod[] = [
  {
    id: 'gorm',
    label: 'GORM',
    group: 'ORMs',
    language: 'go',
    kind: 'snippet',
    text: (values) =>
      setUp(
        values,
        [
          ...standard,
          '"fmt"',
          '"log"',
          '"os"',
          '',
          'driver "github.com/go-sql-driver/mysql"',
          '"gorm.io/driver/mysql"',
          '"gorm.io/gorm"',
        ],
        [
          ...register(values, 'driver'),
          '',
          `db, err := gorm.Open(mysql.Open(${dsn(values, 'charset=utf8mb4&parseTime=true&tls=tidb')}), &gorm.Config{})`,
          'if err != nil {',
          '\tlog.Fatal(err)',
          '}',
          'var version string',
          'if err := db.Raw("SELECT VERSION()").Scan(&version).Error; err != nil {',
          '\tlog.Fatal(err)',
          '}',
          'fmt.Println(version)',
        ],
      ).join('\n'),
  },
];
