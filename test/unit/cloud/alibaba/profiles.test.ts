import assert from 'node:assert/strict';
import path from 'node:path';
import { listProfiles } from '../../../../src/cloud/alibaba';
import { appErrorOf, wholeText } from '../support';
import { useMachine } from './machine';

const secret = 'c0nfig-file-secret';
const cli = '~/.aliyun/config.json';
const file = '~/.alibabacloud/credentials';

describe('Alibaba Cloud profiles of this machine', () => {
  const machine = useMachine();
  const key = { access_key_id: 'id', access_key_secret: secret };
  const ini = (...names: string[]): string =>
    names
      .map((name) => `[${name}]\ntype = access_key\naccess_key_id = id\naccess_key_secret = ${secret}\n`)
      .join('\n');

  it('are none where there are no files', async () => {
    assert.deepEqual(await listProfiles(), []);
  });

  it('come with file, mode and region, the current one marked, and never a secret', async () => {
    machine.writeCliConfig(
      { name: 'work', mode: 'AK', region_id: 'cn-hangzhou', ...key },
      { name: 'role', mode: 'RamRoleArn', ram_role_arn: 'acs:ram::1:role/r', region_id: '', ...key },
    );
    machine.write('.alibabacloud/credentials', ini('default', 'build'));
    const found = await listProfiles();
    assert.deepEqual(found, [
      { name: 'work', file: cli, mode: 'AK', regionId: 'cn-hangzhou', isCurrent: true },
      { name: 'role', file: cli, mode: 'RamRoleArn', isCurrent: false },
      { name: 'default', file, mode: 'access_key', isCurrent: false },
      { name: 'build', file, mode: 'access_key', isCurrent: false },
    ]);
    assert.ok(!JSON.stringify(found).includes(secret));
  });

  it('of the credentials file: its default is the current one where config.json has none', async () => {
    machine.write('.alibabacloud/credentials', ini('build', 'default'));
    assert.deepEqual(
      (await listProfiles()).filter(({ isCurrent }) => isCurrent).map(({ name }) => name),
      ['default'],
    );
  });

  it('are marked as ALIBABA_CLOUD_PROFILE says', async () => {
    machine.writeCliConfig({ name: 'a', mode: 'AK', ...key }, { name: 'b', mode: 'AK', ...key });
    machine.write('.alibabacloud/credentials', ini('default', 'c'));
    const current = async () => (await listProfiles()).find(({ isCurrent }) => isCurrent)?.name;
    process.env.ALIBABA_CLOUD_PROFILE = 'b';
    assert.equal(await current(), 'b');
    process.env.ALIBABA_CLOUD_PROFILE = 'c';
    assert.equal(await current(), 'c');
    process.env.ALIBABA_CLOUD_PROFILE = 'zz';
    assert.equal(await current(), undefined);
  });

  it('are listed once where both files have the name', async () => {
    machine.writeCliConfig({ name: 'default', mode: 'AK', ...key });
    machine.write('.alibabacloud/credentials', ini('default'));
    assert.deepEqual(
      (await listProfiles()).map((profile) => [profile.name, profile.file]),
      [['default', cli]],
    );
  });

  it('of config.json are left out where it is switched off', async () => {
    machine.writeCliConfig({ name: 'a', mode: 'AK', ...key });
    process.env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED = 'TRUE';
    assert.deepEqual(await listProfiles(), []);
  });

  it('come from where ALIBABA_CLOUD_CREDENTIALS_FILE says', async () => {
    const elsewhere = path.join(machine.home, 'elsewhere.ini');
    machine.write('elsewhere.ini', `${ini('there')}\n[no profile]\ncomment = none\n`);
    process.env.ALIBABA_CLOUD_CREDENTIALS_FILE = elsewhere;
    assert.deepEqual(await listProfiles(), [
      { name: 'there', file: elsewhere, mode: 'access_key', isCurrent: false },
    ]);
  });

  it('show no text that stands where a mode belongs', async () => {
    machine.writeCliConfig({ name: 'a', mode: secret }, { name: 'b' });
    assert.deepEqual(
      (await listProfiles()).map(({ mode }) => mode),
      ['unknown', 'unknown'],
    );
  });

  const broken: readonly (readonly [title: string, text: string, words: string])[] = [
    ['cut off', `{"profiles":[{"access_key_secret":"${secret}"`, `${cli} is not valid JSON`],
    ['of another form', JSON.stringify({ profiles: { a: secret } }), `${cli} has an unknown form`],
  ];
  for (const [title, text, reason] of broken) {
    it(`from a file that is ${title}: an error that names it and nothing of its content`, async () => {
      machine.write('.aliyun/config.json', text);
      const error = await appErrorOf(listProfiles());
      assert.equal(error.code, 'invalidInput');
      assert.equal(error.details.subject, cli);
      assert.equal(error.details.reason, reason);
      assert.ok(!wholeText(error).includes(secret));
    });
  }

  it('from a file that cannot be read: an error that names it', async () => {
    process.env.ALIBABA_CLOUD_CREDENTIALS_FILE = machine.home;
    const error = await appErrorOf(listProfiles());
    assert.equal(error.details.reason, `${machine.home} is not readable (EISDIR)`);
  });
});
