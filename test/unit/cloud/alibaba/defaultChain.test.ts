import assert from 'node:assert/strict';
import { credentialsFrom, defaultChainCredentials } from '../../../../src/cloud/alibaba';
import type { TestServer } from '../support';
import { appErrorOf, json, serve } from '../support';
import { useMachine } from './machine';

const secret = 'c0nfig-file-secret';

describe('Alibaba Cloud default provider chain', () => {
  const machine = useMachine();
  const cliProfile = (name: string, id: string) => ({
    name,
    mode: 'AK',
    access_key_id: id,
    access_key_secret: secret,
  });

  it('takes the environment first', async () => {
    machine.writeCliConfig(cliProfile('a', 'from-cli'));
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
    machine.write(
      '.alibabacloud/credentials',
      `[default]\ntype = access_key\naccess_key_id = from-ini\naccess_key_secret = ${secret}\n`,
    );
    assert.equal((await defaultChainCredentials().get()).accessKeyId, 'from-ini');
    machine.writeCliConfig(cliProfile('b', 'B'), cliProfile('a', 'A'));
    assert.deepEqual(await defaultChainCredentials().get(), { accessKeyId: 'B', accessKeySecret: secret });
  });

  it('takes the profile that ALIBABA_CLOUD_PROFILE names, of either file', async () => {
    machine.writeCliConfig(cliProfile('b', 'B'), cliProfile('a', 'A'));
    machine.write(
      '.alibabacloud/credentials',
      `[c]\ntype = access_key\naccess_key_id = C\naccess_key_secret = ${secret}\n`,
    );
    process.env.ALIBABA_CLOUD_PROFILE = 'a';
    assert.equal((await defaultChainCredentials().get()).accessKeyId, 'A');
    process.env.ALIBABA_CLOUD_PROFILE = 'c';
    assert.equal((await defaultChainCredentials().get()).accessKeyId, 'C');
  });

  it('looks for a chosen profile in the two files alone', async () => {
    process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
    process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = secret;
    machine.writeCliConfig(cliProfile('b', 'B'), cliProfile('a', 'A'));
    assert.equal((await defaultChainCredentials({ profile: 'a' }).get()).accessKeyId, 'A');
    const error = await appErrorOf(defaultChainCredentials({ profile: 'zz' }).get());
    assert.equal(error.code, 'notSignedIn');
    assert.equal(error.details.subject, 'profile zz');
    assert.equal(
      error.details.reason,
      'no credentials found (~/.aliyun/config.json: has no such profile; ~/.alibabacloud/credentials: not there)',
    );
  });

  it('never fills a profile up with keys of the environment', async () => {
    process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
    process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = secret;
    machine.writeCliConfig({ name: 'a', mode: 'AK', access_key_id: '', access_key_secret: '' });
    const error = await appErrorOf(defaultChainCredentials({ profile: 'a' }).get());
    assert.match(
      error.details.reason ?? '',
      /config\.json: is incomplete \(access_key_id, access_key_secret\)/,
    );
  });

  it('is what a person may choose instead of keys, with or without a profile', async () => {
    machine.writeCliConfig(cliProfile('b', 'B'), cliProfile('a', 'A'));
    const idOf = async (profile: string) =>
      (await credentialsFrom({ kind: 'chain' }, profile).get()).accessKeyId;
    assert.equal(await idOf(''), 'B');
    assert.equal(await idOf('a'), 'A');
    const entered = credentialsFrom({ kind: 'keys', accessKeyId: 'C', accessKeySecret: secret }, 'a');
    assert.equal((await entered.get()).accessKeyId, 'C');
    assert.equal(entered.renew(), false);
  });

  it('finds what comes to be there after a failure', async () => {
    const chain = defaultChainCredentials();
    await appErrorOf(chain.get());
    machine.writeCliConfig(cliProfile('a', 'A'));
    assert.equal((await chain.get()).accessKeyId, 'A');
  });

  describe('over a credentials URI', () => {
    let server: TestServer;
    let open: () => void;

    beforeEach(async () => {
      const opened = new Promise<void>((resolve) => (open = resolve));
      server = await serve((_request, response) => {
        void opened.then(() =>
          json(response, 200, {
            AccessKeyId: 'from-uri',
            AccessKeySecret: secret,
            SecurityToken: 't',
            Expiration: new Date(Date.now() + 3_600_000).toISOString(),
          }),
        );
      });
      process.env.ALIBABA_CLOUD_CREDENTIALS_URI = server.origin;
    });
    afterEach(() => server.close());

    it('walks once for concurrent calls; each ends with its own signal', async () => {
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
  });
});
