import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentialsFrom, defaultChainCredentials } from '../../../../src/cloud/alibaba';
import type { TestServer } from '../support';
import { appErrorOf, json, serve, wholeText } from '../support';

const secret = 'c0nfig-file-secret';

describe('Alibaba Cloud default provider chain', () => {
  let before: NodeJS.ProcessEnv;
  let home: string;

  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env).filter((key) => key.startsWith('ALIBABA_CLOUD_'))) {
      Reflect.deleteProperty(process.env, name);
    }
    home = mkdtempSync(path.join(tmpdir(), 'chain-'));
    process.env.HOME = home;
    process.env.USERPROFILE = home;
    process.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED = 'true';
  });

  afterEach(() => {
    for (const name of Object.keys(process.env)) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, before);
    rmSync(home, { recursive: true });
  });

  const write = (file: string, text: string): void => {
    mkdirSync(path.join(home, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  };
  const cliProfile = (name: string, id: string) => ({
    name,
    mode: 'AK',
    access_key_id: id,
    access_key_secret: secret,
  });

  it('takes the environment first', async () => {
    write('.aliyun/config.json', JSON.stringify({ current: 'a', profiles: [cliProfile('a', 'from-cli')] }));
    process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
    process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = secret;
    process.env.ALIBABA_CLOUD_SECURITY_TOKEN = 'token';
    assert.deepEqual(await defaultChainCredentials().get(), {
      accessKeyId: 'from-env',
      accessKeySecret: secret,
      securityToken: 'token',
    });
  });

  it('takes the current profile of the command line tool, then the credentials file', async () => {
    write(
      '.alibabacloud/credentials',
      `[default]\ntype = access_key\naccess_key_id = from-ini\naccess_key_secret = ${secret}\n`,
    );
    assert.equal((await defaultChainCredentials().get()).accessKeyId, 'from-ini');
    write(
      '.aliyun/config.json',
      JSON.stringify({ current: 'b', profiles: [cliProfile('a', 'A'), cliProfile('b', 'B')] }),
    );
    assert.deepEqual(await defaultChainCredentials().get(), { accessKeyId: 'B', accessKeySecret: secret });
  });

  it('looks for a chosen profile in the two files alone', async () => {
    process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
    process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = secret;
    write(
      '.aliyun/config.json',
      JSON.stringify({ current: 'b', profiles: [cliProfile('a', 'A'), cliProfile('b', 'B')] }),
    );
    assert.equal((await defaultChainCredentials({ profile: 'a' }).get()).accessKeyId, 'A');
    const error = await appErrorOf(defaultChainCredentials({ profile: 'zz' }).get());
    assert.equal(error.code, 'notSignedIn');
    assert.equal(error.details.subject, 'profile zz');
    assert.equal(
      error.details.reason,
      'no credentials found (~/.aliyun/config.json: has no such profile; ~/.alibabacloud/credentials: not there)',
    );
  });

  it('is what a person may choose instead of keys, with or without a profile', async () => {
    write(
      '.aliyun/config.json',
      JSON.stringify({ current: 'b', profiles: [cliProfile('a', 'A'), cliProfile('b', 'B')] }),
    );
    const idOf = async (profile: string) =>
      (await credentialsFrom({ kind: 'chain' }, profile).get()).accessKeyId;
    assert.equal(await idOf(''), 'B');
    assert.equal(await idOf('a'), 'A');
    const entered = credentialsFrom({ kind: 'keys', accessKeyId: 'C', accessKeySecret: secret }, 'a');
    assert.equal((await entered.get()).accessKeyId, 'C');
    assert.equal(entered.renew(), false);
  });

  it('says where it looked, and nothing of what a broken file holds', async () => {
    write('.aliyun/config.json', `{"current":"a","profiles":[{"access_key_secret":"${secret}"`);
    const error = await appErrorOf(defaultChainCredentials().get());
    assert.equal(error.code, 'notSignedIn');
    assert.equal(
      error.details.reason,
      'no credentials found (environment variables: not set; OIDC role: not set; ~/.aliyun/config.json: is not valid JSON; ~/.alibabacloud/credentials: not there; RAM role of this ECS instance: switched off; credentials URI: not set)',
    );
    assert.ok(!wholeText(error).includes(secret));
  });

  it('finds what comes to be there after a failure', async () => {
    const chain = defaultChainCredentials();
    await appErrorOf(chain.get());
    write('.aliyun/config.json', JSON.stringify({ current: 'a', profiles: [cliProfile('a', 'A')] }));
    assert.equal((await chain.get()).accessKeyId, 'A');
  });

  it('reads the sources anew when told that they have expired', async () => {
    const profile = {
      name: 'a',
      mode: 'StsToken',
      access_key_id: 'A',
      access_key_secret: secret,
      sts_token: 'old',
    };
    write('.aliyun/config.json', JSON.stringify({ current: 'a', profiles: [profile] }));
    const chain = defaultChainCredentials();
    assert.equal((await chain.get()).securityToken, 'old');
    write(
      '.aliyun/config.json',
      JSON.stringify({ current: 'a', profiles: [{ ...profile, sts_token: 'new' }] }),
    );
    assert.equal((await chain.get()).securityToken, 'old');
    assert.equal(chain.renew(), true);
    assert.equal((await chain.get()).securityToken, 'new');
  });

  describe('over a credentials URI', () => {
    let server: TestServer;
    let open: () => void;

    beforeEach(async () => {
      const opened = new Promise<void>((resolve) => (open = resolve));
      server = await serve((request, response) => {
        void opened.then(() =>
          request.url.pathname === '/ok'
            ? json(response, 200, {
                AccessKeyId: 'from-uri',
                AccessKeySecret: secret,
                SecurityToken: 't',
                Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ''),
              })
            : json(response, 403, { Code: 'NoPermission', Message: secret }),
        );
      });
    });
    afterEach(() => server.close());

    it('walks once for concurrent calls; each ends with its own signal', async () => {
      process.env.ALIBABA_CLOUD_CREDENTIALS_URI = `${server.origin}/ok`;
      const chain = defaultChainCredentials();
      const controller = new AbortController();
      const calls = [chain.get(), chain.get(), chain.get(controller.signal)];
      controller.abort(new Error('closed'));
      await assert.rejects(calls[2] ?? assert.fail(), /^Error: closed$/);
      open();
      const [first, second] = await Promise.all(calls.slice(0, 2));
      assert.equal(first?.accessKeyId, 'from-uri');
      assert.deepEqual(second, first);
      assert.equal(server.received.length, 1);
    });

    it('tells a refusal’s code, not its text', async () => {
      open();
      process.env.ALIBABA_CLOUD_CREDENTIALS_URI = `${server.origin}/no`;
      const error = await appErrorOf(defaultChainCredentials().get());
      assert.match(error.details.reason ?? '', /credentials URI: refused \(NoPermission\)\)$/);
      assert.ok(!wholeText(error).includes(secret));
    });
  });
});
