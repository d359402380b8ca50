import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findOnSystem } from '../../support/onPath';
import { goEnvironment, toolchain, type ToolchainName } from './toolchains';

const run = promisify(execFile);

/** A program that is to run in the VPC and prints the server's version. */
export interface Prepared {
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
}
export type Preparation = Prepared | { readonly missing: string };

export interface Job {
  /** As it was generated. */
  readonly text: string;
  /** For the program's files alone. */
  readonly folder: string;
  readonly password: string;
}
type Prepare = (job: Job) => Promise<Preparation>;

/** How each text is made to run, by the method's id. What is added is what a text leaves to its reader, and no more. */
export const programs: Readonly<Record<string, Prepare>> = {
  mariadb_cli: (job) => typed(job, 'mariadb'),
  mycli: (job) => typed(job, 'mycli'),
  node_mysql2: node,
  node_mysql: node,
  typeorm: node,
  sequelize_mysql2: node,
  env: (job) => envFile(job, 'TIDB_', 'TIDB_DATABASE', 'TIDB_CA_PATH'),
  env_database: (job) => envFile(job, 'DATABASE_', 'DATABASE_NAME', 'DATABASE_SSL_CA'),
  mysqlclient: mysqlclient,
  pymysql: python,
  mysql_connector_python: python,
  sqlalchemy_mysqlclient: mysqlclient,
  sqlalchemy_pymysql: python,
  peewee: python,
  django_tidb: (job) =>
    mysqlclient({
      ...job,
      text: `${job.text}
from django.conf import settings
settings.configure(DATABASES=DATABASES)
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT VERSION()")
    print(cursor.fetchone()[0])
`,
    }),
  mysql_connector_java: (job) => java(job, { 'Main.java': job.text }),
  mybatis: (job) =>
    java(job, {
      'mybatis-config.xml': job.text,
      'Main.java': javaMain(
        `var factory = new org.apache.ibatis.session.SqlSessionFactoryBuilder()
        .build(new java.io.FileInputStream("mybatis-config.xml"));
    try (var session = factory.openSession();
        var rows = session.getConnection().createStatement().executeQuery("SELECT VERSION()")) {
      rows.next();
      System.out.println(rows.getString(1));
    }`,
      ),
    }),
  hibernate: (job) =>
    java(job, {
      'hibernate.properties': job.text,
      'Main.java': javaMain(
        `try (var factory = new org.hibernate.cfg.Configuration().buildSessionFactory();
        var session = factory.openSession()) {
      System.out.println(session.createNativeQuery("SELECT VERSION()", String.class).getSingleResult());
    }`,
      ),
    }),
  spring_boot: (job) =>
    java(job, {
      'application.properties': job.text,
      'Main.java': `
@org.springframework.boot.autoconfigure.EnableAutoConfiguration
${javaMain(
  `try (var context = org.springframework.boot.SpringApplication.run(Main.class, args)) {
      var jdbc = context.getBean(org.springframework.jdbc.core.JdbcTemplate.class);
      System.out.println(jdbc.queryForObject("SELECT VERSION()", String.class));
    }`,
)}`,
    }),
  go_mysql_driver: go,
  gorm: go,
  libmysqlclient: c,
  mysql2_ruby: (job) => interpreted(job, 'main.rb', ['ruby'], ['-e', "require 'mysql2'"], 'ruby-mysql2'),
  mysqli: (job) =>
    interpreted(job, 'main.php', ['php'], ['-r', "exit((int)!extension_loaded('mysqli'));"], 'php-mysql'),
  pdo_mysql: (job) =>
    interpreted(job, 'main.php', ['php'], ['-r', "exit((int)!extension_loaded('pdo_mysql'));"], 'php-mysql'),
  mysql_rust: rust,
};

/** Why the others are not run. */
export const notPrograms: Readonly<Record<string, string>> = {
  general: 'lines for a person to read',
  uri: 'for MySQL Shell, of which Debian has no package',
  mysql_cli: 'for MySQL’s own client, of which Debian has no package; MariaDB’s is run',
  sqlx_rust: 'its URL is that of MySQL Shell; the mysql crate stands for Rust',
  mysqlconnector_dotnet: 'needs the .NET SDK, of which Debian has no package',
  odbc: 'for MySQL’s own ODBC driver, of which Debian has no package',
  prisma: 'installing it downloads an engine from outside the package registry',
  active_record: 'a URL for Rails, whose driver is mysql2, which is run',
  laravel: 'settings of a framework, whose driver is PDO, which is run',
  sqltools: 'settings of another extension',
  dbeaver: 'a form in a desktop program',
  mysql_workbench: 'a form in a desktop program',
  datagrip: 'a form in a desktop program',
  navicat: 'a form in a desktop program',
  wordpress: 'settings of a framework, whose driver is MySQLi, which is run',
};

/** With the packages of a toolchain, or the reason why they are missing. */
async function having(
  name: ToolchainName,
  prepare: (folder: string) => Promise<Preparation>,
): Promise<Preparation> {
  const found = await toolchain(name);
  return 'missing' in found ? found : prepare(found.folder);
}

const put = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
  }
};

function typed({ text, folder, password }: Job, program: string): Promise<Preparation> {
  return having('python', async (packages) => {
    const interpreter = path.join(packages, 'environment', 'bin', 'python');
    if (program === 'mycli') {
      const start = `#!/bin/sh\nexec ${interpreter} -c 'from mycli.main import main; main()' "$@"\n`;
      await writeFile(path.join(folder, 'mycli'), start, { mode: 0o755 });
    }
    return {
      command: [interpreter, path.join(__dirname, 'terminal.py'), text, password],
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8' },
    };
  });
}

function node({ text, folder }: Job): Promise<Preparation> {
  return having('node', async (packages) => {
    await symlink(path.join(packages, 'node_modules'), path.join(folder, 'node_modules'));
    await put(folder, { 'main.mjs': text });
    return { command: [process.execPath, 'main.mjs'] };
  });
}

function envFile(job: Job, prefix: string, database: string, ca: string): Promise<Preparation> {
  const variable = (name: string): string => `process.env.${name}`;
  const main = `
import { readFileSync } from 'node:fs';
import mysql from 'mysql2/promise';
const connection = await mysql.createConnection({
  host: ${variable(`${prefix}HOST`)}, port: Number(${variable(`${prefix}PORT`)}), user: ${variable(`${prefix}USER`)},
  password: ${variable(`${prefix}PASSWORD`)}, database: ${variable(database)},
  ssl: { ca: readFileSync(${variable(ca)}), verifyIdentity: true },
});
const [rows] = await connection.query('SELECT VERSION() AS version');
console.log(rows[0].version);
await connection.end();`;
  return having('node', async (packages) => {
    await symlink(path.join(packages, 'node_modules'), path.join(job.folder, 'node_modules'));
    await put(job.folder, { '.env': job.text, 'main.mjs': main });
    return { command: [process.execPath, '--env-file=.env', 'main.mjs'] };
  });
}

function python({ text, folder }: Job): Promise<Preparation> {
  return having('python', async (packages) => {
    await put(folder, { 'main.py': text });
    return { command: [path.join(packages, 'environment', 'bin', 'python'), '-B', 'main.py'] };
  });
}

function mysqlclient(job: Job): Promise<Preparation> {
  return having('python', async (packages) => {
    const interpreter = path.join(packages, 'environment', 'bin', 'python');
    const isThere = await run(interpreter, ['-c', 'import MySQLdb']).then(
      () => true,
      () => false,
    );
    return isThere
      ? python(job)
      : { missing: 'mysqlclient, which is compiled with the Debian packages python3-dev and libmariadb-dev' };
  });
}

const javaMain = (body: string): string =>
  `public class Main {\n  public static void main(String[] args) throws Exception {\n    ${body}\n  }\n}\n`;

/** The text says how the key store is made: it is made that way. */
function java({ text, folder }: Job, files: Readonly<Record<string, string>>): Promise<Preparation> {
  return having('java', async (packages) => {
    const keytool = /keytool .*-storepass \S+/.exec(text)?.[0];
    if (keytool === undefined) {
      throw new Error('the text does not say how the key store is made');
    }
    await run('sh', ['-c', keytool], { cwd: folder }).catch((error: unknown) => {
      // It was made by the text before this one.
      if (!String((error as { stdout?: string }).stdout).includes('already exists')) {
        throw error;
      }
    });
    await put(folder, files);
    return { command: ['java', '-cp', `${folder}:${path.join(packages, 'libraries')}/*`, 'Main.java'] };
  });
}

function go({ text, folder }: Job): Promise<Preparation> {
  return having('go', async (packages) => {
    for (const file of ['go.mod', 'go.sum']) {
      await copyFile(path.join(packages, file), path.join(folder, file));
    }
    await put(folder, { 'main.go': text });
    await run('go', ['build', '-o', 'main', 'main.go'], {
      cwd: folder,
      env: { ...process.env, ...goEnvironment },
    });
    return { command: [path.join(folder, 'main')] };
  });
}

function rust({ text, folder }: Job): Promise<Preparation> {
  return having('rust', async (packages) => {
    for (const file of ['Cargo.toml', 'Cargo.lock']) {
      await copyFile(path.join(packages, file), path.join(folder, file));
    }
    await mkdir(path.join(folder, 'src'));
    await put(path.join(folder, 'src'), { 'main.rs': text });
    const target = path.join(folder, 'target');
    // What it depends on is built already.
    await run('cp', ['-a', path.join(packages, 'target'), target]);
    await run('cargo', ['build', '--quiet', '--offline', '--locked'], { cwd: folder });
    return { command: [path.join(target, 'debug', 'connect-with')] };
  });
}

async function c({ text, folder }: Job): Promise<Preparation> {
  if (findOnSystem('gcc') === undefined || findOnSystem('mariadb_config') === undefined) {
    return { missing: 'gcc and the Debian package libmariadb-dev' };
  }
  const { stdout } = await run('mariadb_config', ['--cflags', '--libs']);
  await put(folder, { 'main.c': text });
  await run('gcc', ['-Wall', '-Werror', 'main.c', '-o', 'main', ...stdout.split(/\s+/).filter(Boolean)], {
    cwd: folder,
  });
  return { command: [path.join(folder, 'main')] };
}

async function interpreted(
  { text, folder }: Job,
  file: string,
  [program]: readonly [string],
  probe: readonly string[],
  debianPackage: string,
): Promise<Preparation> {
  const isThere = await run(program, [...probe]).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    return { missing: `the Debian package ${debianPackage}` };
  }
  await put(folder, { [file]: text });
  return { command: [program, file] };
}
