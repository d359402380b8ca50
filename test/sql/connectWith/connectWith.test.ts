import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  connectMethods,
  connectText,
  type ConnectionValues,
  type ConnectMethod,
} from '../../../src/core/connectWith';
import { temporaryFolder } from '../../support/editor/ownEnd';
import { startLab, whyNoLab, type Lab } from '../../support/lab';
import { addresses } from '../../support/lab/network';
import { notPrograms, programs } from './programs';

/** Everything that one of the languages takes for something else. */
const password = `a'b"c\\d$e@f:g/h?i#j%k&l+m;n=o{p}q<r>s!t*(u) é王`;
/** No reader of .env files agrees with another on text that has both kinds of quotes in it. */
const envUser = { user: 'from env', password: 'a"b\\c$d@e:f/g?h#i%j&k é王' };
/** MyCLI cannot send any but Latin-1, which TiDB does not take. */
const asciiUser = { user: 'ascii', password: password.replace(/[^ -~]/g, '') };
/** The first use of a toolchain fetches its packages and builds them. */
const fetchMs = 10 * 60_000;
/** The driver cannot (mysqljs), or not as Debian builds it, and warns of that (Ruby's mysql2 with MariaDB's library). */
const withoutNameCheck = ['node_mysql', 'mysql2_ruby'];

/** The texts themselves, in the languages that are here, against a server in a VPC. */
describe('Connect With: every text that can run here returns a row', function () {
  this.timeout(fetchMs);
  let lab: Lab;
  let folder: string;
  let version: string;
  const undo: (() => Promise<unknown>)[] = [];

  before(async function () {
    const reason = whyNoLab();
    if (reason !== undefined) {
      console.log(`    SKIPPED: no text of Connect With is run: ${reason}`);
      this.skip();
    }
    const temporary = await temporaryFolder('connect-with');
    undo.push(() => temporary.remove());
    folder = temporary.path;
    lab = await startLab({ password });
    undo.push(() => lab.stop());
    await writeFile(path.join(folder, 'ca of the lab.pem'), lab.caCertificatePem);
    version = await asRoot(
      ...[envUser, asciiUser].flatMap(({ user, password: own }) => [
        `CREATE USER '${user}'@'%' IDENTIFIED BY '${own.replace(/[\\']/g, '\\$&')}'`,
        `GRANT ALL ON orders.* TO '${user}'@'%'`,
      ]),
      'SELECT VERSION() AS version',
    );
    assert.notEqual(version, '');
    console.log(`    against ${lab.product} ${version}`);
    for (const [id, why] of Object.entries(notPrograms)) {
      console.log(`    not run: ${id}: ${why}`);
    }
  });
  after(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
  });

  /** Runs statements in the VPC and gives the last one's version. */
  const asRoot = async (...statements: readonly string[]): Promise<string> => {
    const { host, port, user } = { host: lab.domain, port: lab.port, user: lab.user };
    const ssl = { ca: lab.caCertificatePem, verifyIdentity: true };
    const script = `
      const c = await (await import('mysql2/promise')).createConnection(${JSON.stringify({ host, port, user, password, ssl })});
      let rows;
      for (const s of ${JSON.stringify(statements)}) [rows] = await c.query(s);
      console.log(rows[0].version);
      await c.end();`;
    const ran = await lab.run('ecs', [process.execPath, '--input-type=module', '-e', script]);
    assert.equal(ran.code, 0, ran.output);
    return ran.output.trim();
  };

  const values = (method: ConnectMethod): ConnectionValues & { readonly password: string } => ({
    ...{ host: lab.domain, port: lab.port, database: lab.database, os: 'linux' },
    ...(method.entries !== undefined
      ? envUser
      : method.id === 'mycli'
        ? asciiUser
        : { user: lab.user, password }),
    caPath: path.join(folder, 'ca of the lab.pem'),
  });

  /** The code and the output, or why it cannot run here. */
  const perform = async (
    method: ConnectMethod,
    more: Partial<ConnectionValues> = {},
  ): Promise<{ readonly code: number | string; readonly output: string } | { readonly missing: string }> => {
    const own = { ...values(method), ...more };
    const scratch = await mkdtemp(path.join(folder, `${method.id}-`));
    try {
      const text = connectText(method, own);
      const prepared = await programs[method.id]?.({ text, folder: scratch, password: own.password });
      if (prepared === undefined || 'missing' in prepared) {
        return prepared ?? { missing: 'a way to run it' };
      }
      return await lab.run('ecs', prepared.command, {
        cwd: scratch,
        env: { ...process.env, ...prepared.env },
      });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  };

  it('tells of each text whether it is run, and why not', () => {
    const told = [...Object.keys(programs), ...Object.keys(notPrograms)];
    assert.deepEqual(told.sort(), connectMethods.map(({ id }) => id).sort());
  });

  for (const method of connectMethods.filter(({ id }) => id in programs)) {
    it(`${method.label}, and not from a server with another name`, async function () {
      const right = await perform(method);
      if ('missing' in right) {
        console.log(`    NOT RUN: ${method.label}: ${right.missing}`);
        this.skip();
      }
      assert.equal(right.code, 0, right.output);
      assert.ok(right.output.includes(version), right.output);

      // The same server: its certificate is not for this name.
      const wrong = await perform(method, { host: addresses.database });
      assert.ok('output' in wrong);
      assert.equal(wrong.output.includes(version), withoutNameCheck.includes(method.id), wrong.output);
    });
  }
});
