import assert from 'node:assert/strict';
import path from 'node:path';
import { defaultChainCredentials } from '../../../../src/cloud/alibaba';
import { sourceFailure } from '../../../../src/cloud/alibaba/sourceFailure';
import type { TestServer } from '../support';
import { appErrorOf, json, serve, wholeText } from '../support';
import { useMachine } from './machine';

const secret = 'c0nfig-file-secret';

describe('Why the default provider chain found nothing', () => {
  const machine = useMachine();

  const failure = async (profile?: string) => {
    const error = await appErrorOf(defaultChainCredentials(profile === undefined ? {} : { profile }).get());
    assert.ok(!wholeText(error).includes(secret), 'a secret is in the error');
    return error;
  };
  /** What is said of one source. */
  const saidOf = async (source: string): Promise<string | undefined> => {
    const { reason = '' } = (await failure()).details;
    const list = /^no credentials found \((.*)\)$/s.exec(reason)?.[1] ?? '';
    return list
      .split('; ')
      .find((line) => line.startsWith(`${source}: `))
      ?.slice(source.length + 2);
  };

  it('names every source, and nothing of what a broken file holds', async () => {
    machine.write('.aliyun/config.json', `{"current":"a","profiles":[{"access_key_secret":"${secret}"`);
    const error = await failure();
    assert.equal(error.code, 'notSignedIn');
    assert.equal(
      error.details.reason,
      'no credentials found (environment variables: ALIBABA_CLOUD_ACCESS_KEY_ID is not set; ' +
        'OIDC role: ALIBABA_CLOUD_ROLE_ARN is not set; ~/.aliyun/config.json: is not valid JSON; ' +
        '~/.alibabacloud/credentials: not there; RAM role of this ECS instance: switched off; ' +
        'credentials URI: ALIBABA_CLOUD_CREDENTIALS_URI is not set)',
    );
  });

  it('names the variable that is missing beside those that are set', async () => {
    process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'id';
    process.env.ALIBABA_CLOUD_ROLE_ARN = 'acs:ram::1:role/r';
    assert.equal(await saidOf('environment variables'), 'ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set');
    assert.equal(await saidOf('OIDC role'), 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set');
    process.env.ALIBABA_CLOUD_OIDC_PROVIDER_ARN = 'acs:ram::1:oidc-provider/p';
    process.env.ALIBABA_CLOUD_OIDC_TOKEN_FILE = path.join(machine.home, 'no-such-file');
    assert.equal(await saidOf('OIDC role'), 'its token file is not there');
  });

  const keys = { access_key_id: 'id', access_key_secret: secret };
  const ofConfig: readonly (readonly [title: string, config: unknown, words: string])[] = [
    ['no profiles', { current: 'a', profiles: [] }, 'has no profiles'],
    ['another form', { profiles: secret }, 'has an unknown form'],
    ['a list in its place', [secret], 'has no profiles'],
    ['a current profile that is gone', { current: 'b', profiles: [{ name: 'a' }] }, 'has no such profile'],
    [
      'an unknown mode',
      { current: 'a', profiles: [{ name: 'a', mode: secret }] },
      'its mode is not one of AK, StsToken, RamRoleArn, EcsRamRole, OIDC, ChainableRamRoleArn, External, CloudSSO, OAuth',
    ],
    [
      'a key without its secret',
      { current: 'a', profiles: [{ name: 'a', mode: 'AK', access_key_id: 'id' }] },
      'is incomplete (access_key_secret)',
    ],
    [
      'a token profile without its token',
      { current: 'a', profiles: [{ name: 'a', mode: 'StsToken', ...keys }] },
      'is incomplete (sts_token)',
    ],
    [
      'a role profile without its role',
      { current: 'a', profiles: [{ name: 'a', mode: 'RamRoleArn', ...keys }] },
      'is incomplete (ram_role_arn)',
    ],
    [
      'source profiles in a circle',
      {
        current: 'a',
        profiles: [
          { name: 'a', mode: 'ChainableRamRoleArn', source_profile: 'b', ram_role_arn: 'r' },
          { name: 'b', mode: 'ChainableRamRoleArn', source_profile: 'a', ram_role_arn: 'r' },
        ],
      },
      'its source_profile leads back to itself',
    ],
    [
      'a source profile that is not there',
      {
        current: 'a',
        profiles: [{ name: 'a', mode: 'ChainableRamRoleArn', source_profile: 'b', ram_role_arn: 'r' }],
      },
      'has no such source_profile',
    ],
    [
      'an expired CloudSSO sign-in',
      { current: 'a', profiles: [{ name: 'a', mode: 'CloudSSO', access_token: secret }] },
      'its CloudSSO sign-in has expired (sign in again with the aliyun CLI)',
    ],
    [
      'a command that is not there',
      {
        current: 'a',
        profiles: [{ name: 'a', mode: 'External', process_command: `no-such-command ${secret}` }],
      },
      'its command is not there',
    ],
  ];
  for (const [title, config, words] of ofConfig) {
    it(`config.json: ${title}`, async () => {
      machine.write('.aliyun/config.json', JSON.stringify(config));
      assert.equal(await saidOf('~/.aliyun/config.json'), words);
    });
  }

  const node = JSON.stringify(process.execPath);
  const ofCommand: readonly (readonly [title: string, script: string, words: string])[] = [
    ['fails', `console.error('${secret}');process.exit(1)`, 'its command failed'],
    ['writes no JSON', `console.log('${secret}')`, 'its command gave no credentials'],
    ['writes something else', `console.log('{}')`, 'its command gave no credentials'],
  ];
  for (const [title, script, words] of ofCommand) {
    it(`config.json: a command that ${title}`, async () => {
      machine.write('command.js', script);
      const command = `${node} ${JSON.stringify(path.join(machine.home, 'command.js'))}`;
      machine.writeCliConfig({ name: 'a', mode: 'External', process_command: command });
      assert.equal(await saidOf('~/.aliyun/config.json'), words);
    });
  }

  it('config.json: switched off, also for a chosen profile', async () => {
    machine.writeCliConfig({ name: 'a', mode: 'AK', ...keys });
    process.env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED = 'true';
    assert.equal(await saidOf('~/.aliyun/config.json'), 'switched off');
    assert.match((await failure('a')).details.reason ?? '', /config\.json: switched off;/);
  });

  it('the credentials file: where it was looked for, and what is missing', async () => {
    const file = path.join(machine.home, 'elsewhere.ini');
    process.env.ALIBABA_CLOUD_CREDENTIALS_FILE = file;
    assert.equal(await saidOf(file), 'not there');
    machine.write('elsewhere.ini', `[default]\ntype = access_key\naccess_key_secret = ${secret}\n`);
    assert.equal(await saidOf(file), 'is incomplete (access_key_id)');
    machine.write('elsewhere.ini', `[other]\ntype = access_key\naccess_key_secret = ${secret}\n`);
    assert.equal(await saidOf(file), 'has no such profile');
    machine.write('elsewhere.ini', `[default]\ntype = ${secret}\n`);
    assert.equal(await saidOf(file), 'its type is not one of access_key, ecs_ram_role, ram_role_arn');
    process.env.ALIBABA_CLOUD_CREDENTIALS_FILE = machine.home;
    assert.equal(await saidOf(machine.home), 'is not readable (EISDIR)');
  });

  describe('credentials URI', () => {
    let server: TestServer;
    beforeEach(async () => {
      server = await serve(({ url }, response) => {
        const answers: Record<string, () => void> = {
          '/refused': () => json(response, 403, { Code: 'NoPermission', Message: secret }),
          '/broken': () => response.writeHead(500).end(secret),
          '/text': () => response.end(secret),
          '/empty': () => json(response, 200, { AccessKeySecret: secret }),
          '/endless': () =>
            json(response, 200, { AccessKeyId: 'id', AccessKeySecret: secret, SecurityToken: 't' }),
        };
        answers[url.pathname]?.();
      });
    });
    afterEach(() => server.close());

    const cases: readonly (readonly [path: string, words: string])[] = [
      ['/refused', 'refused (NoPermission)'],
      ['/broken', 'answered HTTP 500'],
      ['/text', 'its answer is not JSON'],
      ['/empty', 'its answer holds no credentials'],
      ['/endless', 'gave no valid expiry time'],
    ];
    for (const [at, words] of cases) {
      it(`${words}, without the answer's text`, async () => {
        process.env.ALIBABA_CLOUD_CREDENTIALS_URI = server.origin + at;
        assert.equal(await saidOf('credentials URI'), words);
      });
    }

    it('is out of reach, which is another thing than not signed in', async () => {
      await server.close();
      process.env.ALIBABA_CLOUD_CREDENTIALS_URI = server.origin;
      const error = await failure();
      assert.equal(error.code, 'unreachable');
      assert.match(error.details.reason ?? '', /credentials URI: no answer\)$/);
    });
  });

  it('keeps a text that it does not know to itself', () => {
    assert.deepEqual(sourceFailure(new Error(secret)), { words: 'could not be used', isNetwork: false });
    assert.deepEqual(sourceFailure(secret), { words: 'could not be used', isNetwork: false });
    const untrusted = Object.assign(new Error(secret), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    assert.deepEqual(sourceFailure(untrusted), {
      words: 'its certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)',
      isNetwork: true,
    });
  });
});
