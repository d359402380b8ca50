import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startLab, whyNoLab, type Lab, type Ran, type Side } from '../support/lab';

const run = promisify(execFile);

/** What other tests build on: the lab is closed where it should be, and open where it should be. */
describe('the lab of network namespaces', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    const reason = whyNoLab();
    if (reason !== undefined) {
      console.log(`    SKIPPED: there is no lab: ${reason}`);
      this.skip();
    }
    lab = await startLab();
    console.log(`    The lab's database is ${lab.product}`);
  });
  after(() => (lab as Lab | undefined)?.stop());

  const look = `
    const [host, port] = process.argv.slice(1);
    const socket = require('node:net').connect({ host, port });
    const end = (text) => { console.log(text); process.exit(0); };
    let found = false;
    socket.once('lookup', () => (found = true));
    socket.setTimeout(1500, () => end(found || host.startsWith('10.') ? 'silence' : 'silent resolver'));
    socket.on('error', (error) => end(error.code));
    socket.once('data', () => end('greeting'));`;
  const greet = (side: Side, host = lab.domain): Promise<Ran> =>
    lab.run(side, [process.execPath, '-e', look, host, String(lab.port)]);
  const said = async (side: Side, host?: string): Promise<string> => (await greet(side, host)).output;

  it('lets machines in the VPC reach the database by its domain, and no others', async () => {
    assert.equal(await said('ecs'), 'greeting');
    assert.equal(await said('bastion'), 'greeting');
    assert.equal(await said('client'), 'ENOTFOUND');
    assert.equal(await said('client', '10.77.0.10'), 'silence');
  });

  it('gives what the resolvers are told to give', async () => {
    await lab.vpcDns('noSuchName');
    assert.equal(await said('ecs'), 'ENOTFOUND');
    await lab.vpcDns('silence');
    assert.equal(await said('ecs'), 'silent resolver');
    await lab.vpcDns('private');
    assert.equal(await said('ecs'), 'greeting');
    await lab.clientDns('private');
    assert.equal(await said('client'), 'silence');
    await lab.clientDns('noSuchName');
    assert.equal(await said('client'), 'ENOTFOUND');
  });

  it('plays a security group, and a server that is gone', async () => {
    lab.blockDatabase(['ecs']);
    assert.equal(await said('ecs'), 'silence');
    assert.equal(await said('bastion'), 'greeting');
    lab.unblockDatabase();
    assert.equal(await said('ecs'), 'greeting');
    await lab.stopDatabase();
    assert.equal(await said('ecs'), 'ECONNREFUSED');
    await lab.startDatabase();
    assert.equal(await said('ecs'), 'greeting');
  });

  const ssh = async (destination: string): Promise<string> => {
    const args = ['-o', 'BatchMode=yes', '-W', `${lab.domain}:${String(lab.port)}`, destination];
    const child = run(`${lab.bastion.binFolder}/ssh`, args, { encoding: 'latin1', timeout: 20_000 });
    child.child.stdout?.once('data', () => child.child.stdin?.end());
    child.child.stdout?.once('data', () => setImmediate(() => child.child.kill()));
    return child.then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        return stdout === '' ? stderr : stdout;
      },
    );
  };

  it('lets this machine in through its bastion, and through a second host behind it', async () => {
    const before = lab.bastion.accepted();
    const greeting = lab.product === 'TiDB' ? /TiDB/ : /MariaDB/;
    assert.match(await ssh(lab.bastion.destinations.plain), greeting);
    assert.match(await ssh(lab.bastion.destinations.jump), greeting);
    assert.equal(lab.bastion.accepted(), before + 2);
  });

  it('keeps out who must not come in', async () => {
    const { destinations } = lab.bastion;
    assert.match(await ssh(destinations.passphrase), /Permission denied/);
    assert.match(await ssh(destinations.notAuthorized), /Permission denied/);
    assert.match(await ssh(destinations.unknownHostKey), /Host key verification failed/);
    assert.match(await ssh(destinations.changedHostKey), /IDENTIFICATION HAS CHANGED/);
    await lab.bastion.stop();
    assert.match(await ssh(destinations.plain), /Connection refused/);
    await lab.bastion.start();
    assert.doesNotMatch(await ssh(destinations.plain), /Connection refused/);
  });

  it('leaves nothing behind, not even what a killed process left', async () => {
    const names = async (): Promise<readonly string[]> =>
      (await run('ip', ['netns', 'list'])).stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
    const own = `private-endpoint-${process.pid}-`;
    assert.equal((await names()).filter((name) => name.startsWith(own)).length, 6);
    const left = 'private-endpoint-999999999-1';
    await run('ip', ['netns', 'add', left]);
    await lab.stop();
    assert.deepEqual(
      (await names()).filter((name) => name.startsWith(own)),
      [],
    );
    const script = "require('./test/support/namespace').createNamespace().remove()";
    await run(process.execPath, ['--import', 'tsx', '-e', script]);
    assert.ok(!(await names()).includes(left));
  });
});
