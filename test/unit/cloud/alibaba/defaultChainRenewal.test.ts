import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DefaultChain } from '../../../../src/cloud/alibaba/defaultChain';
import type { Credentials } from '../../../../src/cloud/alibaba';
import { defaultChainCredentials } from '../../../../src/cloud/alibaba';
import { FakeClock, json, serve, type TestServer } from '../support';
import { useMachine } from './machine';

const secret = 'c0nfig-file-secret';
const minuteMs = 60_000;

describe('Renewal of what the default provider chain found', () => {
  const machine = useMachine();
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const newChain = (profile?: string): DefaultChain => new DefaultChain(profile, () => clock.now());

  describe('temporary credentials of a URI', () => {
    let server: TestServer;
    let lifetimeMs: number;
    let broken: boolean;
    /** Holds back the answer to the first request. */
    let firstMayGo: Promise<void>;

    beforeEach(async () => {
      lifetimeMs = 60 * minuteMs;
      broken = false;
      firstMayGo = Promise.resolve();
      server = await serve((_request, response) => {
        const asked = server.received.length;
        const given = {
          AccessKeyId: `id-${asked}`,
          AccessKeySecret: secret,
          SecurityToken: 't',
          Expiration: new Date(Date.now() + lifetimeMs).toISOString(),
        };
        const answer = (): void => json(response, broken ? 500 : 200, broken ? {} : given);
        void (asked === 1 ? firstMayGo : Promise.resolve()).then(answer);
      });
      process.env.ALIBABA_CLOUD_CREDENTIALS_URI = server.origin;
    });
    afterEach(() => server.close());

    it('are asked for once while they are good for long', async () => {
      const chain = newChain();
      assert.equal((await chain.get()).accessKeyId, 'id-1');
      clock.pass(10 * minuteMs);
      assert.equal((await chain.get()).accessKeyId, 'id-1');
      assert.equal(server.received.length, 1);
    });

    it('are renewed in the quarter of an hour before they expire, at most once a minute', async () => {
      lifetimeMs = 14 * minuteMs;
      const chain = newChain();
      assert.equal((await chain.get()).accessKeyId, 'id-1');
      assert.equal((await chain.get()).accessKeyId, 'id-1');
      clock.pass(minuteMs);
      assert.equal((await chain.get()).accessKeyId, 'id-2');
      assert.equal((await chain.get()).accessKeyId, 'id-2');
      assert.equal(server.received.length, 2);
    });

    it('serve on where they cannot be renewed yet', async () => {
      lifetimeMs = 14 * minuteMs;
      const chain = newChain();
      await chain.get();
      broken = true;
      clock.pass(minuteMs);
      assert.equal((await chain.get()).accessKeyId, 'id-1');
    });

    it('are fetched anew at once when the cloud calls them expired', async () => {
      const chain = newChain();
      assert.equal((await chain.get()).accessKeyId, 'id-1');
      assert.equal(chain.renew(), true);
      assert.equal((await chain.get()).accessKeyId, 'id-2');
    });

    it('of a walk that began before a renewal are not kept, though it ends last', async () => {
      let letFirstGo = (): void => undefined;
      firstMayGo = new Promise((resolve) => (letFirstGo = resolve));
      const chain = newChain();
      const early = chain.get();
      await until(() => server.received.length === 1);
      chain.renew();
      assert.equal((await chain.get()).accessKeyId, 'id-2');
      letFirstGo();
      assert.equal((await early).accessKeyId, 'id-1');
      assert.equal((await chain.get()).accessKeyId, 'id-2');
    });
  });

  it('reads a profile anew when told that its token has expired', async () => {
    const profile = {
      name: 'a',
      mode: 'StsToken',
      access_key_id: 'A',
      access_key_secret: secret,
      sts_token: 'old',
    };
    machine.writeCliConfig(profile);
    const chain = defaultChainCredentials();
    assert.equal((await chain.get()).securityToken, 'old');
    machine.writeCliConfig({ ...profile, sts_token: 'new' });
    assert.equal((await chain.get()).securityToken, 'old');
    assert.equal(chain.renew(), true);
    assert.equal((await chain.get()).securityToken, 'new');
  });

  describe('a profile that names a command', () => {
    const runs = (): number =>
      existsSync(path.join(machine.home, 'runs'))
        ? readFileSync(path.join(machine.home, 'runs'), 'utf8').length
        : 0;
    /** Its command counts its runs and gives these. */
    const externalProfile = (name: string, given: object) => {
      machine.write(
        'command.js',
        `require('fs').appendFileSync(${JSON.stringify(path.join(machine.home, 'runs'))}, '.');` +
          `console.log(${JSON.stringify(JSON.stringify(given))})`,
      );
      const script = JSON.stringify(path.join(machine.home, 'command.js'));
      return { name, mode: 'External', process_command: `${JSON.stringify(process.execPath)} ${script}` };
    };
    const lasting = { mode: 'AK', access_key_id: 'from-command', access_key_secret: secret };
    const temporary = { ...lasting, mode: 'StsToken', sts_token: 't' };
    const times = async (count: number, get: () => Promise<Credentials>): Promise<void> => {
      for (let made = 0; made < count; made += 1) {
        assert.equal((await get()).accessKeyId, 'from-command');
      }
    };

    it('runs it once for keys that do not expire', async () => {
      machine.writeCliConfig(externalProfile('a', lasting));
      const chain = newChain();
      await times(3, () => chain.get());
      clock.pass(60 * minuteMs);
      await times(3, () => chain.get());
      assert.equal(runs(), 1);
      chain.renew();
      await times(3, () => chain.get());
      assert.equal(runs(), 2);
    });

    it('runs it at most once a minute for a token whose end is not told', async () => {
      machine.writeCliConfig(externalProfile('a', temporary));
      const chain = newChain();
      await times(5, () => chain.get());
      assert.equal(runs(), 1);
      clock.pass(minuteMs);
      await times(5, () => chain.get());
      assert.equal(runs(), 2);
    });

    it('leaves config.json as it is', async () => {
      machine.writeCliConfig(externalProfile('a', temporary));
      const config = path.join(machine.home, '.aliyun/config.json');
      const before = readFileSync(config, 'utf8');
      await times(1, () => newChain().get());
      assert.equal(readFileSync(config, 'utf8'), before);
    });

    it('runs it not at all when another profile is the one to use', async () => {
      const other = { name: 'a', mode: 'AK', access_key_id: 'A', access_key_secret: secret };
      machine.writeCliConfig(other, externalProfile('b', lasting));
      assert.equal((await newChain().get()).accessKeyId, 'A');
      assert.equal((await newChain('a').get()).accessKeyId, 'A');
      assert.equal(runs(), 0);
      assert.equal((await newChain('b').get()).accessKeyId, 'from-command');
      assert.equal(runs(), 1);
    });

    it('runs it not at all when an earlier source has credentials', async () => {
      machine.writeCliConfig(externalProfile('b', lasting));
      process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
      process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = secret;
      assert.equal((await newChain().get()).accessKeyId, 'from-env');
      assert.equal(runs(), 0);
    });
  });
});
