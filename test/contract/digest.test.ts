import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, listAt } from './support/at';
import {
  digestHeader,
  parseChallenge,
  plainCall,
  tidbCaller,
  type Challenge,
} from './support/tidbCloudCaller';

const run = promisify(execFile);

async function isThere(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

describe('The sandbox of TiDB Cloud: Digest', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ requestsPerMinute: 1000 });
  });
  afterEach(() => sandbox.stop());

  async function challenge(): Promise<Challenge> {
    const first = await plainCall(sandbox, 'GET', '/tidbs');
    assert.equal(first.status, 401);
    return parseChallenge(first.headers);
  }

  function authorize(
    given: Challenge,
    nc: number,
    change: { target?: string; key?: string; secret?: string } = {},
  ): string {
    return digestHeader({
      method: 'GET',
      target: change.target ?? '/v1beta2/tidbs',
      challenge: given,
      nc,
      publicKey: change.key ?? sandbox.tidbCloud.publicKey,
      privateKey: change.secret ?? sandbox.tidbCloud.privateKey,
    });
  }

  it('challenges, then accepts one nonce for many calls with any unused count', async () => {
    const given = await challenge();
    assert.equal(given.algorithm, 'MD5');
    for (const nc of [1, 3, 2, 255]) {
      const answer = await plainCall(sandbox, 'GET', '/tidbs', { authorization: authorize(given, nc) });
      assert.equal(answer.status, 200, `nc ${nc}`);
      assert.match(answer.headers.get('x-debug-trace-id') ?? '', /^[0-9a-f]{32}$/);
    }
  });

  it('refuses a count that was used, and a nonce that is not known any more, as stale', async () => {
    const given = await challenge();
    const send = (nc: number): ReturnType<typeof plainCall> =>
      plainCall(sandbox, 'GET', '/tidbs', { authorization: authorize(given, nc) });
    assert.equal((await send(1)).status, 200);
    const again = await send(1);
    assert.equal(again.status, 401);
    assert.match(again.headers.get('www-authenticate') ?? '', /stale=true/);
    sandbox.control.expireDigestNonces();
    const late = await send(2);
    assert.equal(late.status, 401);
    assert.match(late.headers.get('www-authenticate') ?? '', /stale=true/);
    assert.equal((await tidbCaller(sandbox)('GET', '/tidbs')).status, 200);
  });

  it('refuses wrong keys and digests for another address without calling the nonce stale', async () => {
    const given = await challenge();
    const cases: [string, { target?: string; key?: string; secret?: string }][] = [
      ['public_key not found', { key: 'nobody' }],
      ['the digest response is wrong', { secret: 'wrong' }],
      ['the authorization header is not a digest for this request', { target: '/v1beta2/tidbs?pageSize=1' }],
    ];
    for (const [message, change] of cases) {
      const answer = await plainCall(sandbox, 'GET', '/tidbs', {
        authorization: authorize(given, 1, change),
      });
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.body, { code: 49900001, message, details: [] });
      assert.doesNotMatch(answer.headers.get('www-authenticate') ?? '', /stale/);
    }
    assert.equal((await plainCall(sandbox, 'GET', '/tidbs', { authorization: 'Bearer abc' })).status, 401);
  });

  it('speaks SHA-256 where asked to', async () => {
    const other = await startSandbox({ digestAlgorithm: 'SHA-256' });
    try {
      const first = await plainCall(other, 'GET', '/tidbs');
      assert.equal(parseChallenge(first.headers).algorithm, 'SHA-256');
      assert.equal((await tidbCaller(other)('GET', '/tidbs')).status, 200);
    } finally {
      await other.stop();
    }
  });

  it('counts every request of a key against the minute', async () => {
    const other = await startSandbox({ requestsPerMinute: 4 });
    try {
      const call = tidbCaller(other);
      const first = await call('GET', '/tidbs');
      assert.equal(first.headers.get('x-ratelimit-limit-minute'), '4');
      assert.equal(first.headers.get('x-ratelimit-remaining-minute'), '2', 'the challenge counts too');
      await call('GET', '/tidbs');
      await call('GET', '/tidbs');
      const refused = await call('GET', '/tidbs');
      assert.equal(refused.status, 429);
      assert.equal(at(refused.body, 'code'), 49900007);
      const reset = Number(refused.headers.get('x-ratelimit-reset'));
      assert.ok(reset >= 1 && reset <= 60);
    } finally {
      await other.stop();
    }
  });

  it('satisfies curl', async function () {
    if (!(await isThere('curl', ['--version']))) {
      this.skip();
    }
    const { publicKey, privateKey, baseUrl } = sandbox.tidbCloud;
    const login = ['--silent', '--digest', '--user', `${publicKey}:${privateKey}`];
    const { stdout } = await run('curl', [...login, `${baseUrl}/tidbs?pageSize=2&name=o`]);
    assert.equal(listAt(JSON.parse(stdout), 'tidbs').length, 2);
  });

  it('satisfies Python requests, which keeps the nonce in a session', async function () {
    if (!(await isThere('python3', ['-c', 'import requests']))) {
      this.skip();
    }
    const script = [
      'import sys, requests',
      'from requests.auth import HTTPDigestAuth',
      'session = requests.Session()',
      'session.auth = HTTPDigestAuth(sys.argv[2], sys.argv[3])',
      'codes = [session.get(sys.argv[1] + path) for path in ("/tidbs", "/regions?pageSize=1", "/tidbs/1")]',
      'print(",".join(f"{len(r.history)}:{r.status_code}" for r in codes))',
    ].join('\n');
    const { publicKey, privateKey, baseUrl } = sandbox.tidbCloud;
    const { stdout } = await run('python3', ['-c', script, baseUrl, publicKey, privateKey]);
    assert.equal(stdout.trim(), '1:200,0:200,0:404');
  });
}).timeout(35_000);
