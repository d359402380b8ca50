import assert from 'node:assert/strict';
import {
  clientKinds,
  clientLaunch,
  connectEnv,
  connectMethods,
  connectText,
  methodGroups,
  passwordPlaceholder,
  type ConnectionValues,
} from '../../../../src/core/connectWith';

const values: ConnectionValues = {
  host: 'private-abc.ap-southeast-1.premium.tidbcloud.com',
  port: 4000,
  user: 'root',
  database: 'test',
  caPath: '/home/me/.tidb-private-endpoint/ca-1.pem',
  os: 'linux',
};
const password = "p@ss:w/o?r#d'";
const method = (id: string): (typeof connectMethods)[number] => {
  const found = connectMethods.find((each) => each.id === id);
  assert.ok(found);
  return found;
};
const text = (id: string, more: Partial<ConnectionValues> = {}): string =>
  connectText(method(id), { ...values, ...more });

describe('Connect With: the methods', () => {
  it('have stable ids, TiDB Cloud CLI’s own first of all', () => {
    const ids = connectMethods.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const ofCli =
      'general mysql_cli mycli libmysqlclient mysqlclient pymysql mysql_connector_python mysql_connector_java ' +
      'go_mysql_driver node_mysql2 mysql2_ruby mysqli mysql_rust mybatis hibernate spring_boot gorm prisma ' +
      'sequelize_mysql2 django_tidb sqlalchemy_mysqlclient active_record';
    assert.deepEqual(
      ofCli.split(' ').filter((id) => !ids.includes(id)),
      [],
    );
  });

  it('come group by group', () => {
    const groups = connectMethods.map(({ group }) => group);
    assert.deepEqual([...new Set(groups)], [...methodGroups]);
    assert.deepEqual(
      groups,
      [...groups].sort((a, b) => methodGroups.indexOf(a) - methodGroups.indexOf(b)),
    );
  });

  for (const each of connectMethods) {
    it(`${each.label}: this endpoint's values, the password only when it is given`, () => {
      const without = connectText(each, values);
      assert.ok(without.includes(values.host), without);
      assert.ok(without.includes('4000'), without);
      assert.ok(!without.includes('undefined'), without);
      // XML writes it in its own way.
      assert.equal(
        without.includes('PASSWORD&') || without.includes(passwordPlaceholder),
        each.prompts !== true,
        without,
      );
      const given = connectText(each, { ...values, password: 'S3cret' });
      assert.equal(given.includes('S3cret'), each.prompts !== true, given);
      assert.ok(!given.includes(passwordPlaceholder), given);
      if (
        each.id !== 'wordpress' &&
        !['mysql_connector_java', 'mybatis', 'hibernate', 'spring_boot'].includes(each.id)
      ) {
        assert.ok(without.includes(values.caPath), without);
      }
    });
  }

  it('verify the server and its name, as TiDB Cloud’s own texts do', () => {
    assert.equal(
      text('mysql_cli'),
      `mysql -u root -h ${values.host} -P 4000 -D test --comments --ssl-mode=VERIFY_IDENTITY --ssl-ca=${values.caPath} --tls-version=TLSv1.2,TLSv1.3 --connect-timeout 15 -p`,
    );
    assert.match(text('mariadb_cli'), /--ssl --ssl-verify-server-cert --ssl-ca=/);
    assert.match(text('mysql_connector_java'), /sslMode=VERIFY_IDENTITY&tlsVersions=TLSv1\.2,TLSv1\.3/);
    assert.equal(
      text('prisma', { password }),
      `DATABASE_URL='mysql://root:p%40ss%3Aw%2Fo%3Fr%23d%27@${values.host}:4000/test?sslaccept=strict&sslcert=${values.caPath}'\n`,
    );
    assert.match(text('node_mysql2'), /verifyIdentity: true/);
    assert.match(
      text('go_mysql_driver', { password }),
      /"root:p@ss:w\/o\?r#d'@tcp\(.*:4000\)\/test\?tls=tidb/,
    );
    assert.match(text('mysqlconnector_dotnet', { password }), /SslMode=VerifyFull;SslCa=\/home/);
  });

  it('leave an empty database out of a command line', () => {
    assert.ok(!text('mysql_cli', { database: '' }).includes('-D'));
    assert.match(text('uri', { database: '' }), /:4000\/\?ssl-mode=/);
  });

  it('write an .env file, and never over a password with none', () => {
    const env = (id: string, more: Partial<ConnectionValues>, existing: string): string =>
      connectEnv(method(id), { ...values, ...more }, existing);
    assert.match(env('env', {}, 'TIDB_PASSWORD=mine\n'), /^TIDB_PASSWORD=mine\nTIDB_HOST=/);
    assert.match(env('env', {}, ''), /^TIDB_PASSWORD=$/m);
    assert.match(env('pymysql', {}, ''), /^TIDB_HOST=private-abc/);
    assert.match(env('env', { password: 'S3cret' }, 'TIDB_PASSWORD=mine\n'), /^TIDB_PASSWORD=S3cret$/m);
    const url = env('prisma', {}, "DATABASE_URL='mysql://root:m%40ne@old:4000/x'\n");
    assert.match(url, /^DATABASE_URL='mysql:\/\/root:m%40ne@private-abc/);
  });
});

describe('a client in a terminal', () => {
  for (const kind of clientKinds) {
    it(`${kind}: no secret among its arguments, and the server verified`, () => {
      const { args, optionFile, env } = clientLaunch(kind, { ...values, password: 'S3cret "#\\' });
      assert.ok(!args.join(' ').includes('S3cret'));
      assert.match(args.join(' '), /--ssl-mode=VERIFY_IDENTITY|--ssl-verify-server-cert/);
      assert.ok(args.includes(`--ssl-ca=${values.caPath}`));
      assert.ok(args.includes(`--host=${values.host}`));
      if (optionFile === undefined) {
        assert.deepEqual(env, { MYSQL_PWD: 'S3cret "#\\' });
      } else {
        assert.equal(optionFile, '[client]\npassword="S3cret \\"#\\\\"\n');
      }
    });
  }
});
