import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { createAuthority } from '../../support/certificates';
import { temporaryFolder } from '../../support/editor/ownEnd';
import { channelTo, type Channel } from './channel';
import type { Call, Outcome } from './client';
import {
  metadataAddress,
  metadataRole,
  type LabQuestion,
  type LabReport,
  type LabStart,
} from './labProtocol';
import {
  createNamespace,
  createSilentNamespace,
  whyNoNamespace,
  type Namespace,
} from '../../support/namespace';

const answerLimitMs = 20_000;

/** A machine's set-up: what its environment and its home folder hold. */
interface Machine {
  readonly env?: Readonly<Record<string, string>>;
  /** The aliyun CLI's profiles; the first is the current one. */
  readonly profiles?: readonly object[];
  /** The credentials file. */
  readonly file?: string;
}

describe('Credentials of this machine, source by source', function () {
  this.timeout(60_000);

  let folder: string;
  let lab: Namespace;
  let labChannel: Channel<LabQuestion, LabStart | LabReport | undefined>;
  let started: LabStart;
  const undo: (() => unknown)[] = [];
  const times: string[] = [];
  let homes = 0;

  before(async function () {
    const reason = whyNoNamespace();
    if (reason !== undefined) {
      console.log(`    SKIPPED: the credentials of this machine are not tried: ${reason}`);
      this.skip();
    }
    const temporary = await temporaryFolder('credentials');
    undo.push(() => temporary.remove());
    folder = temporary.path;
    await build({
      entryPoints: [path.join(import.meta.dirname, 'client.ts')],
      outfile: path.join(folder, 'client.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      // As the extension is built.
      mainFields: ['module', 'main'],
      logLevel: 'warning',
    });
    const authority = createAuthority('STS Test CA');
    writeFileSync(path.join(folder, 'ca.pem'), authority.certificatePem);
    const hosts = ['sts.aliyuncs.com', 'sts.cn-hangzhou.aliyuncs.com', 'sts-vpc.cn-hangzhou.aliyuncs.com'];
    lab = createNamespace({ hosts: { '127.0.0.1': hosts }, addresses: [metadataAddress] });
    undo.push(() => lab.remove());
    const labArgs = ['--import', 'tsx', path.join(import.meta.dirname, 'lab.ts')];
    labChannel = channelTo(lab.startNode(labArgs, process.env), answerLimitMs);
    undo.push(() => labChannel.stop());
    const certificate = authority.issue({ names: hosts });
    started = (await labChannel.ask({ do: 'start', certificate })) as LabStart;
  });

  beforeEach(async () => {
    await labChannel.ask({ do: 'speak', versions: 'both' });
    await report();
  });

  after(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
    if (times.length > 0) {
      console.log(`      first call, credentials included: ${times.join(', ')}`);
    }
  });

  const report = async (): Promise<LabReport> => (await labChannel.ask({ do: 'report' })) as LabReport;

  /** Runs the client on a machine that has this set-up and nothing else. */
  async function on<T>(
    namespace: Namespace,
    machine: Machine,
    use: (call: (profile?: string) => Promise<Outcome>, home: string) => Promise<T>,
  ): Promise<T> {
    const home = path.join(folder, `home-${(homes += 1)}`);
    mkdirSync(path.join(home, '.aliyun'), { recursive: true });
    mkdirSync(path.join(home, '.alibabacloud'));
    if (machine.profiles !== undefined) {
      const current = (machine.profiles[0] as { name: string }).name;
      const config = JSON.stringify({ current, profiles: machine.profiles });
      writeFileSync(path.join(home, '.aliyun/config.json'), config);
    }
    if (machine.file !== undefined) {
      writeFileSync(path.join(home, '.alibabacloud/credentials'), machine.file);
    }
    const child = namespace.startNode([path.join(folder, 'client.cjs')], {
      PATH: process.env.PATH,
      HOME: home,
      NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
      ...machine.env,
    });
    const client = channelTo<Call, Outcome>(child, answerLimitMs);
    try {
      return await use((profile = '') => client.ask({ profile }), home);
    } finally {
      await client.stop();
    }
  }

  /** The one identity that a machine's first call finds. */
  async function identityOn(what: string, machine: Machine, profile?: string): Promise<string> {
    return on(lab, machine, async (call) => {
      const outcome = await call(profile);
      assert.ok('arn' in outcome, JSON.stringify(outcome));
      times.push(`${what} ${outcome.ms} ms`);
      return outcome.arn.replace(`acs:ram::${started.accountId}:`, '');
    });
  }

  const role = (name: string): string => `acs:ram::${started.accountId}:role/${name}`;
  const keys = () => ({
    access_key_id: started.keys.accessKeyId,
    access_key_secret: started.keys.accessKeySecret,
  });
  const temporaryKeys = () => ({
    access_key_id: started.temporary.accessKeyId,
    access_key_secret: started.temporary.accessKeySecret,
    sts_token: started.temporary.securityToken,
  });
  const roleProfile = () => ({
    name: 'role',
    mode: 'RamRoleArn',
    ...keys(),
    ram_role_arn: role('sandbox-role'),
    ram_session_name: 'cli-role',
  });
  /** A token as a cluster gives it to a workload. */
  const oidc = (): { tokenFile: string; provider: string } => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: 'https://issuer.example', sub: 'editor', aud: 'sts.aliyuncs.com', exp: 4e9 };
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, `${part({ alg: 'none' })}.${part(claims)}.signature`);
    return { tokenFile, provider: `acs:ram::${started.accountId}:oidc-provider/cluster` };
  };
  const section = (lines: Readonly<Record<string, string>>): string =>
    `[default]\n${Object.entries(lines)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join('')}`;

  describe('environment', () => {
    it('an AccessKey', async () => {
      const env = {
        ALIBABA_CLOUD_ACCESS_KEY_ID: started.keys.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: started.keys.accessKeySecret,
      };
      assert.equal(await identityOn('environment AccessKey', { env }), 'user/sandbox');
      const { metadata, sts } = await report();
      assert.deepEqual(metadata, []);
      assert.deepEqual(sts, ['sts.aliyuncs.com GetCallerIdentity']);
    });

    it('an AccessKey with a security token', async () => {
      const env = {
        ALIBABA_CLOUD_ACCESS_KEY_ID: started.temporary.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: started.temporary.accessKeySecret,
        ALIBABA_CLOUD_SECURITY_TOKEN: started.temporary.securityToken,
      };
      const identity = await identityOn('environment token', { env });
      assert.equal(identity, 'assumed-role/sandbox-role/sandbox');
    });

    it('a role through an OIDC token', async () => {
      const { tokenFile, provider } = oidc();
      const env = {
        ALIBABA_CLOUD_ROLE_ARN: role('sandbox-role'),
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: provider,
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
        ALIBABA_CLOUD_ROLE_SESSION_NAME: 'environment-oidc',
      };
      const identity = await identityOn('environment OIDC', { env });
      assert.equal(identity, 'assumed-role/sandbox-role/environment-oidc');
      assert.deepEqual((await report()).sts, [
        'sts.aliyuncs.com AssumeRoleWithOIDC',
        'sts.aliyuncs.com GetCallerIdentity',
      ]);
    });
  });

  describe('~/.aliyun/config.json', () => {
    it('mode AK', async () => {
      const profiles = [{ name: 'a', mode: 'AK', ...keys() }];
      assert.equal(await identityOn('profile AK', { profiles }), 'user/sandbox');
    });

    it('mode StsToken', async () => {
      const profiles = [{ name: 'a', mode: 'StsToken', ...temporaryKeys() }];
      const identity = await identityOn('profile StsToken', { profiles });
      assert.equal(identity, 'assumed-role/sandbox-role/sandbox');
    });

    it('mode RamRoleArn, at the STS of the region that it names', async () => {
      const profiles = [{ ...roleProfile(), sts_region: 'cn-hangzhou' }];
      const identity = await identityOn('profile RamRoleArn', { profiles });
      assert.equal(identity, 'assumed-role/sandbox-role/cli-role');
      assert.deepEqual((await report()).sts, [
        'sts.cn-hangzhou.aliyuncs.com AssumeRole',
        'sts.aliyuncs.com GetCallerIdentity',
      ]);
    });

    it('mode EcsRamRole', async () => {
      const profiles = [{ name: 'a', mode: 'EcsRamRole', ram_role_name: metadataRole }];
      const identity = await identityOn('profile EcsRamRole', { profiles });
      assert.match(identity, /^assumed-role\/sandbox-deploy-role\/ecs-\d+$/);
    });

    it('mode OIDC', async () => {
      const { tokenFile, provider } = oidc();
      const profiles = [
        {
          name: 'a',
          mode: 'OIDC',
          oidc_provider_arn: provider,
          oidc_token_file: tokenFile,
          ram_role_arn: role('sandbox-role'),
          ram_session_name: 'cli-oidc',
        },
      ];
      assert.equal(await identityOn('profile OIDC', { profiles }), 'assumed-role/sandbox-role/cli-oidc');
    });

    it('mode ChainableRamRoleArn: a role from a role', async () => {
      const chained = {
        name: 'chained',
        mode: 'ChainableRamRoleArn',
        source_profile: 'role',
        ram_role_arn: role('sandbox-deploy-role'),
        ram_session_name: 'cli-chained',
      };
      const identity = await identityOn('profile ChainableRamRoleArn', {
        profiles: [chained, roleProfile()],
      });
      assert.equal(identity, 'assumed-role/sandbox-deploy-role/cli-chained');
      assert.deepEqual((await report()).sts, [
        'sts.aliyuncs.com AssumeRole',
        'sts.aliyuncs.com AssumeRole',
        'sts.aliyuncs.com GetCallerIdentity',
      ]);
    });

    const command = (): string => {
      const output = path.join(folder, 'external.json');
      writeFileSync(output, JSON.stringify({ mode: 'StsToken', ...temporaryKeys() }));
      return `cat "${output}"`;
    };

    it('mode External', async () => {
      const profiles = [{ name: 'a', mode: 'External', process_command: command() }];
      const identity = await identityOn('profile External', { profiles });
      assert.equal(identity, 'assumed-role/sandbox-role/sandbox');
    });

    it('mode ChainableRamRoleArn on mode External', async () => {
      const profiles = [
        {
          name: 'a',
          mode: 'ChainableRamRoleArn',
          source_profile: 'b',
          ram_role_arn: role('sandbox-deploy-role'),
          ram_session_name: 'from-command',
          sts_region: 'cn-hangzhou',
          expired_seconds: 1800,
        },
        { name: 'b', mode: 'External', process_command: command() },
      ];
      const identity = await identityOn('role on External', { profiles });
      assert.equal(identity, 'assumed-role/sandbox-deploy-role/from-command');
      assert.equal((await report()).sts[0], 'sts.cn-hangzhou.aliyuncs.com AssumeRole');
    });

    it('the profile that the setting names, not the environment and not the current one', async () => {
      const machine = {
        env: {
          ALIBABA_CLOUD_ACCESS_KEY_ID: started.keys.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: started.keys.accessKeySecret,
        },
        profiles: [{ name: 'a', mode: 'AK', ...keys() }, roleProfile()],
      };
      const identity = await identityOn('chosen profile', machine, 'role');
      assert.equal(identity, 'assumed-role/sandbox-role/cli-role');
    });
  });

  describe('~/.alibabacloud/credentials', () => {
    const keyLines = () => ({
      access_key_id: started.keys.accessKeyId,
      access_key_secret: started.keys.accessKeySecret,
    });

    it('type access_key', async () => {
      const file = section({ type: 'access_key', ...keyLines() });
      assert.equal(await identityOn('file access_key', { file }), 'user/sandbox');
    });

    it('type ecs_ram_role', async () => {
      const file = section({ type: 'ecs_ram_role', role_name: metadataRole });
      const identity = await identityOn('file ecs_ram_role', { file });
      assert.match(identity, /^assumed-role\/sandbox-deploy-role\/ecs-\d+$/);
    });

    it('type ram_role_arn', async () => {
      const file = section({
        type: 'ram_role_arn',
        ...keyLines(),
        role_arn: role('sandbox-role'),
        role_session_name: 'file-role',
      });
      const identity = await identityOn('file ram_role_arn', { file });
      assert.equal(identity, 'assumed-role/sandbox-role/file-role');
    });
  });

  describe('RAM role of an ECS instance', () => {
    it('where the metadata service speaks version 2 only', async () => {
      await labChannel.ask({ do: 'speak', versions: 'v2' });
      const identity = await identityOn('ECS v2', { env: { ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' } });
      assert.match(identity, /^assumed-role\/sandbox-deploy-role\/ecs-\d+$/);
      const { metadata } = await report();
      assert.deepEqual(metadata, [
        'PUT /latest/api/token 200',
        'GET /latest/meta-data/ram/security-credentials/ with token 200',
        'PUT /latest/api/token 200',
        `GET /latest/meta-data/ram/security-credentials/${metadataRole} with token 200`,
      ]);
    });

    it('where it speaks version 1 only', async () => {
      await labChannel.ask({ do: 'speak', versions: 'v1' });
      const identity = await identityOn('ECS v1', {});
      assert.match(identity, /^assumed-role\/sandbox-deploy-role\/ecs-\d+$/);
      const { metadata } = await report();
      assert.equal(metadata.at(-1), `GET /latest/meta-data/ram/security-credentials/${metadataRole} 200`);
    });

    it('is renewed when the cloud says that it has expired', async () => {
      await on(lab, {}, async (call) => {
        const first = await call();
        assert.ok('arn' in first, JSON.stringify(first));
        const { expiresMs } = await report();
        // The time is told in whole seconds, the rest cut off.
        await new Promise((resolve) => setTimeout(resolve, expiresMs + 1000 - Date.now()));
        const second = await call();
        assert.ok('arn' in second, JSON.stringify(second));
        assert.notEqual(second.arn, first.arn);
        times.push(`renewal ${second.ms} ms`);
        const { metadata, sts } = await report();
        assert.equal(metadata.filter((line) => line.includes(metadataRole)).length, 1);
        // The one that was refused, and the one that came of the renewal.
        assert.equal(sts.length, 2);
      });
    });
  });

  it('a credentials URI', async () => {
    const env = {
      ALIBABA_CLOUD_CREDENTIALS_URI: started.credentialsUri,
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
    };
    assert.equal(await identityOn('URI', { env }), 'assumed-role/sandbox-deploy-role/uri');
    assert.equal((await report()).uri, 1);
  });

  it('a source that fails does not hide the next', async () => {
    const broken = { ...roleProfile(), ram_role_arn: role('no-such-role') };
    const identity = await identityOn('after a refused role', { profiles: [broken] });
    assert.match(identity, /^assumed-role\/sandbox-deploy-role\/ecs-\d+$/);
  });

  describe('on a machine without any', () => {
    /** What a person would still wait for. */
    const longestMs = 4000;
    let laptop: Namespace;

    before(() => {
      laptop = createSilentNamespace({ '198.51.100.7': ['sts.aliyuncs.com'] });
      undo.push(() => laptop.remove());
    });

    it('says so within seconds, and where it looked', async () => {
      await on(laptop, {}, async (call) => {
        const outcome = await call();
        assert.ok('code' in outcome, JSON.stringify(outcome));
        times.push(`nothing at all ${outcome.ms} ms`);
        assert.equal(outcome.code, 'notSignedIn');
        assert.equal(
          outcome.reason,
          'no credentials found (environment variables: ALIBABA_CLOUD_ACCESS_KEY_ID is not set; ' +
            'OIDC role: ALIBABA_CLOUD_ROLE_ARN is not set; ~/.aliyun/config.json: not there; ' +
            '~/.alibabacloud/credentials: not there; RAM role of this ECS instance: no answer; ' +
            'credentials URI: ALIBABA_CLOUD_CREDENTIALS_URI is not set)',
        );
        assert.ok(outcome.ms < longestMs, `it took ${outcome.ms} ms`);
      });
    });

    it('tells a metadata service that should be there from none', async () => {
      await on(laptop, { env: { ALIBABA_CLOUD_ECS_METADATA: metadataRole } }, async (call) => {
        const outcome = await call();
        assert.ok('code' in outcome, JSON.stringify(outcome));
        assert.equal(outcome.code, 'unreachable');
        assert.match(outcome.reason, /RAM role of this ECS instance: no answer;/);
        assert.ok(outcome.ms < longestMs, `it took ${outcome.ms} ms`);
      });
    });

    it('tells a role that cannot be asked for from none', async () => {
      await on(laptop, { profiles: [roleProfile()] }, async (call) => {
        const outcome = await call();
        assert.ok('code' in outcome, JSON.stringify(outcome));
        times.push(`STS out of reach ${outcome.ms} ms`);
        assert.equal(outcome.code, 'unreachable');
        assert.match(outcome.reason, /~\/\.aliyun\/config\.json: no answer;/);
        assert.ok(outcome.ms < 3 * longestMs, `it took ${outcome.ms} ms`);
      });
    });
  });
});
