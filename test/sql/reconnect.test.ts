import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PrivateEndpoint } from '../../src/core/health';
import type { SqlResult, SqlSession } from '../../src/core/ports';
import { Connections, type Restored } from '../../src/services/connections';
import { aConnection, anEndpoint } from '../unit/fakes';
import { stage, type Stage } from '../unit/services/stage';
import { startMariadb, type SqlServer } from '../support/mariadb';
import { SshLab, type BastionHost } from '../support/sshd';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { connector, eventually, password, targetOf, value } from './fixtures';

const here = { slot: 'a.sql' };

const products = [
  ['MariaDB', startMariadb],
  ['TiDB', startTidb],
] as const;

for (const [product, start] of products) {
  describe(`a session that is lost, with ${product}`, function () {
    if (product === 'TiDB' && tidbServer() === undefined) {
      it('is not tested here, because tidb-server is not on PATH');
      return;
    }
    this.timeout(60_000);
    let lab: SshLab;
    let server: SqlServer;
    let bastion: BastionHost;
    let s: Stage;
    let connections: Connections;
    let restored: Restored[];
    let endpoint: PrivateEndpoint;

    before(async () => {
      [lab, server] = await Promise.all([SshLab.create(), start({ password })]);
      const key = await lab.newKey('plain');
      bastion = await lab.startBastion();
      await lab.know(bastion);
      await lab.configure('Host bastion', `Port ${String(bastion.port)}`, `IdentityFile ${key.file}`);
      const connection = { ...aConnection, host: 'localhost', port: server.port };
      endpoint = { instanceId: '1001', endpointId: anEndpoint.id, connection, endpoint: anEndpoint };
    });
    after(async () => {
      await server.stop();
      await lab.remove();
    });

    beforeEach(() => {
      s = stage();
      restored = [];
      s.world.caPem = server.caCertificatePem;
      s.secrets.kept.set('password/root', password);
      connections = new Connections({
        ...{ accounts: s.accounts, secrets: s.secrets, state: s.state, clock: s.clock, log: s.log },
        keys: {
          password: (_, user) => `password/${user}`,
          caCertificate: () => 'ca',
          user: () => 'user',
          database: () => 'database',
        },
        bastions: () => ({ [anEndpoint.vpcId]: 'bastion' }),
        machine: { vpcId: () => Promise.resolve(undefined) },
        connector: () => Promise.resolve(connector({ ssh: { program: lab.program } })),
        learnSecret: () => undefined,
      });
      connections.onDidRestore((event) => restored.push(event));
    });
    afterEach(async () => {
      await connections.dispose();
      await eventually(() => lab.processes().length === 0, 'no ssh is left');
    });

    const never = (): never => assert.fail('nothing should be asked');
    const open = async (): Promise<SqlSession> =>
      (await connections.open(endpoint, never, here)) ?? assert.fail('no session');
    const run = (statement: string): Promise<SqlResult> =>
      (connections.session(endpoint, here.slot) ?? assert.fail('no session')).run(statement, {
        ...{ maxRows: 10, timeoutMs: 0 },
      });

    it('because ssh was ended is opened again, with its database', async () => {
      const first = await open();
      await run('USE orders');
      lab.processes().forEach((pid) => process.kill(pid, 'SIGKILL'));
      await eventually(() => !first.open, 'the loss is noticed');
      const second = await open();
      assert.notEqual(second, first);
      assert.equal(await value(second, 'SELECT DATABASE()'), 'orders');
      assert.deepEqual(restored, [{ instanceId: '1001', endpointId: anEndpoint.id, ...here, lost: [] }]);
    });

    it('without a sign, as in a sleep, is noticed before it is used again', async () => {
      const first = await open();
      await run('USE orders');
      await run('SET @kept = 5');
      // The link is there and says nothing.
      lab.processes().forEach((pid) => process.kill(pid, 'SIGSTOP'));
      await s.clock.pass(60_000);
      const started = Date.now();
      const second = await open();
      assert.ok(Date.now() - started < 10_000);
      assert.equal(first.open, false);
      assert.equal(await value(second, 'SELECT DATABASE()'), 'orders');
      assert.deepEqual(restored[0]?.lost, ['variables']);
    });

    it('was not lost when the server still answers', async () => {
      const first = await open();
      await s.clock.pass(60_000);
      assert.equal(await open(), first);
      assert.deepEqual(restored, []);
    });

    it('in a transaction lets nothing run outside of it', async () => {
      const first = await open();
      await run('BEGIN');
      lab.processes().forEach((pid) => process.kill(pid, 'SIGKILL'));
      await eventually(() => !first.open, 'the loss is noticed');
      await assert.rejects(open(), { code: 'sqlTransactionLost' });
      assert.equal(await value(await open(), 'SELECT 1'), '1');
    });

    it('runs no statement again that may have run', async () => {
      await open();
      await run('CREATE TABLE IF NOT EXISTS orders.once (a INT)');
      await run('DELETE FROM orders.once');
      const insert = run('INSERT INTO orders.once SELECT SLEEP(1)');
      insert.catch(() => undefined);
      const admin = await connector().open(targetOf(server));
      const running =
        "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO orders.once%'";
      await eventually(async () => (await value(admin, running)) === '1', 'it runs');
      lab.processes().forEach((pid) => process.kill(pid, 'SIGKILL'));
      await assert.rejects(insert, { code: 'sqlConnectionLost' });
      const session = await open();
      assert.equal(await value(session, 'SELECT 1'), '1');
      await eventually(async () => (await value(admin, running)) === '0', 'it has ended');
      assert.ok(Number(await value(admin, 'SELECT COUNT(*) FROM orders.once')) <= 1);
      await admin.close();
    });

    it('because a kill came too late is opened again', async () => {
      const first = await open();
      await run('USE orders');
      const id = await value(first, 'SELECT CONNECTION_ID()');
      const admin = await connector().open(targetOf(server));
      await admin.run(`KILL ${String(id)}`, { maxRows: 0, timeoutMs: 0 });
      await admin.close();
      // An idle connection's end may come late through ssh: whoever uses it next notices.
      await eventually(async () => !(await first.alive(1000)), 'the loss is noticed');
      assert.equal(await value(await open(), 'SELECT DATABASE()'), 'orders');
    });

    for (const end of ['exit', 'SIGKILL'] as const) {
      it(`leaves no ssh when the editor's own process ends: ${end}`, async () => {
        const target = {
          ...{ host: 'localhost', port: server.port, user: 'root', password },
          caCertificatePem: server.caCertificatePem,
          route: { kind: 'bastion', destination: 'bastion' },
        };
        const owner = spawn(process.execPath, ['--import', 'tsx', 'test/sql/sshOwner.ts'], {
          stdio: ['pipe', 'pipe', 'inherit'],
          env: { ...process.env, TARGET: JSON.stringify(target), SSH: lab.program },
        });
        const ended = once(owner, 'exit');
        await Promise.race([once(owner.stdout, 'data'), ended]);
        assert.equal(lab.processes().length, 1);
        if (end === 'exit') {
          owner.stdin.write('\n');
        } else {
          owner.kill('SIGKILL');
        }
        await ended;
      });
    }
  });
}
