import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { at, listAt, textAt } from './support/at';
import { REGION, usualWish } from './support/chosen';
import { officialCaller, refusalOf } from './support/officialCaller';
import { tidbCaller } from './support/tidbCloudCaller';

const PROGRAM = path.join(__dirname, 'support', 'sandboxProcess.ts');

describe('The state file of the sandbox', () => {
  let folder: string;
  let stateFile: string;
  let children: ChildProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-state-'));
    stateFile = path.join(folder, 'clouds.json');
    children = [];
  });
  afterEach(async () => {
    for (const child of children) {
      await kill(child);
    }
    await rm(folder, { recursive: true });
  });

  /** What callers need of a sandbox; `control` is out of reach in another process. */
  async function startProcess(options: SandboxOptions): Promise<{ sandbox: Sandbox; child: ChildProcess }> {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(() => {
        throw new Error('the sandbox ended before it answered');
      }),
    ])) as [string];
    return { sandbox: JSON.parse(line) as Sandbox, child };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }

  /** Works with a sandbox in this process, and stops it. */
  async function during<T>(options: SandboxOptions, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    const sandbox = await startSandbox({ stateFile, ...options });
    try {
      return await work(sandbox);
    } finally {
      await sandbox.stop();
    }
  }

  it('lets every answered create survive the end of the process, in the middle of many', async () => {
    const { sandbox, child } = await startProcess({ stateFile, timeScale: 0.001 });
    const wish = await during({ stateFile: path.join(folder, 'other.json') }, (other) =>
      Promise.resolve(usualWish(other)),
    );
    const call = officialCaller(sandbox);
    const tidb = tidbCaller(sandbox);
    assert.equal((await tidb('GET', '/tidbs')).status, 200);
    const answered: string[] = [];
    const unanswered: string[] = [];
    const work = async (): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        const ClientToken = randomUUID();
        try {
          const made = await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
          answered.push(textAt(made, 'EndpointId'));
        } catch {
          unanswered.push(ClientToken);
          return;
        }
        if (answered.length === 25) {
          child.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    await kill(child);
    assert.ok(answered.length >= 25 && answered.length < 120, `${answered.length}`);
    assert.ok(unanswered.length > 0, 'the process was ended in the middle of its work');

    const { sandbox: second } = await startProcess({ stateFile, timeScale: 0.001 });
    assert.deepEqual([second.tidbCloud, second.alibabaCloud], [sandbox.tidbCloud, sandbox.alibabaCloud]);
    assert.equal((await tidb('GET', '/tidbs')).status, 200, 'a nonce of the first process counts as stale');
    const list = await call('privatelink', 'ListVpcEndpoints', { RegionId: REGION, MaxResults: 1000 });
    const there = listAt(list, 'Endpoints').map((endpoint) => textAt(endpoint, 'EndpointId'));
    assert.deepEqual(
      answered.filter((id) => !there.includes(id)),
      [],
    );
    for (const ClientToken of unanswered) {
      await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
    }
    const all = await call('privatelink', 'ListVpcEndpoints', { RegionId: REGION });
    assert.equal(
      at(all, 'TotalCount'),
      answered.length + unanswered.length,
      'a repeated token finds its endpoint and makes no second one',
    );
  });

  it('keeps the world, tokens, temporary keys, accept mode, ports and what is due', async () => {
    const ClientToken = randomUUID();
    const before = await during({ timeScale: 0.001, acceptMode: 'console' }, async (sandbox) => {
      const call = officialCaller(sandbox);
      const made = await call('privatelink', 'CreateVpcEndpoint', { ...usualWish(sandbox), ClientToken });
      const role = await call('sts', 'AssumeRole', {
        RoleArn: `acs:ram::${sandbox.alibabaCloud.accountId}:role/sandbox-role`,
        RoleSessionName: 'kept',
      });
      return {
        made,
        keys: at(role, 'Credentials'),
        urls: sandbox.alibabaCloud,
        state: sandbox.control.getState(),
      };
    });
    await during({ timeScale: 600 }, async (sandbox) => {
      assert.equal(sandbox.alibabaCloud.endpoints.vpc, before.urls.endpoints.vpc);
      assert.equal(sandbox.control.getState().acceptMode, 'console');
      const call = officialCaller(sandbox);
      const again = await call('privatelink', 'CreateVpcEndpoint', { ...usualWish(sandbox), ClientToken });
      assert.equal(textAt(again, 'EndpointId'), textAt(before.made, 'EndpointId'));
      const other = { ...usualWish(sandbox), EndpointName: 'other', ClientToken };
      const mismatch = await refusalOf(call('privatelink', 'CreateVpcEndpoint', other));
      assert.equal(mismatch.code, 'IdempotenceSignatureMismatch');
      const who = await officialCaller(sandbox, {
        accessKeyId: textAt(before.keys, 'AccessKeyId'),
        accessKeySecret: textAt(before.keys, 'AccessKeySecret'),
        securityToken: textAt(before.keys, 'SecurityToken'),
      })('sts', 'GetCallerIdentity');
      assert.match(textAt(who, 'Arn'), /sandbox-role\/kept$/);
      const { endpoints } = await sandbox.control.waitFor(({ endpoints: [first], services }) => {
        return first?.status === 'Active' && services.every(({ state }) => state === 'ACTIVE');
      });
      assert.equal(endpoints.length, 1);
    });
    const changed = await during({ acceptMode: 'api' }, (sandbox) =>
      Promise.resolve(sandbox.control.getState()),
    );
    assert.equal(changed.acceptMode, 'api', 'an option that is given wins over the file');
    assert.equal(changed.endpoints[0]?.status, 'Active');
  });

  it('does not count the time that passes while no sandbox runs', async () => {
    // A service takes four minutes: two seconds here, of which about one passes in the first run.
    const options = { timeScale: 120 };
    const whole = 2000;
    const began = performance.now();
    await during(options, async (sandbox) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.ok(sandbox.control.getState().services.some(({ state }) => state === 'CREATING'));
    });
    const ran = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await during(options, async (sandbox) => {
      const again = performance.now();
      assert.ok(sandbox.control.getState().services.some(({ state }) => state === 'CREATING'));
      await sandbox.control.waitFor(({ services }) => services.every(({ state }) => state === 'ACTIVE'));
      const left = performance.now() - again;
      assert.ok(left > (whole - ran) / 2, `${left} ms: the time between the runs counted`);
      assert.ok(left < whole - 500, `${left} ms: the first run was forgotten`);
    });
  });

  it('goes on with connections of TiDB Cloud, and with a clock that is held', async () => {
    await during({ timeScale: 3000 }, async (sandbox) => {
      const made = await officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
      await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
      sandbox.control.pauseClock();
      const tidbId = sandbox.control.getState().instances[0]?.tidbId ?? '';
      const posted = await tidbCaller(sandbox)('POST', `/tidbs/${tidbId}/privateEndpointConnections`, {
        regionId: `alicloud-${REGION}`,
        endpointId: textAt(made, 'EndpointId'),
        privateDomainName: textAt(made, 'EndpointDomain'),
      });
      assert.equal(posted.status, 200);
    });
    await during({ timeScale: 3000 }, (sandbox) =>
      sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE'),
    );
  });

  const broken: [string, (text: string) => string, RegExp][] = [
    ['was cut', (text) => text.slice(0, text.length / 2), /is damaged/],
    ['was edited', (text) => text.replace('orders-prod', 'orders-test'), /is damaged/],
    ['is empty', () => '', /is damaged/],
    ['is something else', () => '{"name":"package"}', /not written by a sandbox/],
    ['is null', () => 'null', /not written by a sandbox/],
    ['is of another version', (text) => text.replace('"version":1', '"version":2'), /version is 2, not 1/],
  ];
  for (const [what, spoil, words] of broken) {
    it(`is refused by name and left alone when it ${what}`, async () => {
      await during({}, () => Promise.resolve());
      const text = spoil(await readFile(stateFile, 'utf8'));
      await writeFile(stateFile, text);
      await assert.rejects(startSandbox({ stateFile }), (error: Error) => {
        assert.match(error.message, words);
        assert.ok(error.message.includes(stateFile));
        return true;
      });
      assert.equal(await readFile(stateFile, 'utf8'), text);
    });
  }

  it('is refused at the start where it cannot be written or is no file, and frees the ports', async () => {
    await assert.rejects(startSandbox({ stateFile: path.join(folder, 'missing', 'clouds.json') }), /ENOENT/);
    await assert.rejects(startSandbox({ stateFile: folder }), (error: Error) =>
      error.message.includes(folder),
    );
  });

  it('is for its owner only, and leaves nothing beside it', async () => {
    await during({}, async (sandbox) => {
      await officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
      assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
    });
    assert.deepEqual(await readdir(folder), ['clouds.json']);
  });

  it('makes a call fail whose effect cannot be written, and has it once it can', async () => {
    const lines: string[] = [];
    const sandbox = await startSandbox({ stateFile, timeScale: 0.001, log: (line) => lines.push(line) });
    try {
      await rm(folder, { recursive: true });
      const wish = { ...usualWish(sandbox), ClientToken: randomUUID() };
      const call = officialCaller(sandbox);
      await refusalOf(call('privatelink', 'CreateVpcEndpoint', wish));
      assert.ok(
        lines.some((line) => line.includes('ENOENT')),
        lines.join('\n'),
      );
      const { mkdir } = await import('node:fs/promises');
      await mkdir(folder);
      await call('privatelink', 'CreateVpcEndpoint', wish);
      assert.ok((await readFile(stateFile, 'utf8')).includes('"endpointId":"ep-'));
    } finally {
      await sandbox.stop();
    }
  });
}).timeout(60_000);
