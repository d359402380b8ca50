import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { doRequest, type Request } from '@alicloud/credentials/dist/src/providers/http';
import OidcProvider from '@alicloud/credentials/dist/src/providers/oidc_role_arn';
import RamRoleArnProvider from '@alicloud/credentials/dist/src/providers/ram_role_arn';
import StaticKeyProvider from '@alicloud/credentials/dist/src/providers/static_ak';
import StaticStsProvider from '@alicloud/credentials/dist/src/providers/static_sts';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, textAt } from './support/at';
import { officialCaller, refusalOf } from './support/officialCaller';
import { rawCall } from './support/rawCaller';
import { rpcCall, type RpcRequest } from './support/rpcCaller';

const MINUTE = 60_000;
const PRIVATELINK = '2020-04-15';
const REGION: [string, string] = ['RegionId', 'ap-southeast-1'];

interface Session {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly expiration: string;
}

/** The package insists on https and fixed hosts: everything else of its request goes to the sandbox as it is. */
async function through(
  sandbox: Sandbox,
  provider: InstanceType<typeof RamRoleArnProvider> | InstanceType<typeof OidcProvider>,
): Promise<Session> {
  const inside = provider as unknown as {
    doRequest: typeof doRequest;
    getCredentialsInternal(): Promise<Session>;
  };
  inside.doRequest = (request: Request) => {
    const asked = new URL(request.toRequestURL());
    const redirected = Object.create(request) as Request;
    redirected.toRequestURL = () => `${sandbox.alibabaCloud.endpoints.sts}/${asked.search}`;
    return doRequest(redirected);
  };
  return inside.getCredentialsInternal();
}

describe('RPC signature 1.0', () => {
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 0.001 });
  });
  after(() => sandbox.stop());

  async function refused(request: RpcRequest): Promise<[number, unknown]> {
    const { status, body } = await rpcCall(sandbox, request);
    return [status, at(body, 'Code')];
  }

  it('is taken from the query by GET and POST, and for parameters in query or form', async () => {
    const who = await rpcCall(sandbox, { method: 'GET' });
    assert.equal(who.status, 200);
    assert.equal(at(who.body, 'AccountId'), sandbox.alibabaCloud.accountId);
    const list = { action: 'ListVpcEndpoints', version: PRIVATELINK };
    assert.equal((await rpcCall(sandbox, { ...list, query: [REGION] })).status, 200);
    assert.equal((await rpcCall(sandbox, { ...list, form: [REGION] })).status, 200);
    const odd: [string, string] = ['EndpointName', "it's (odd) * ~ +ü"];
    assert.equal((await rpcCall(sandbox, { ...list, query: [REGION, odd] })).status, 200);
  });

  it('is taken with a region that the action has no use for, and with temporary keys', async () => {
    assert.equal((await rpcCall(sandbox, { query: [REGION] })).status, 200);
    const tag: [string, string][] = [
      ['ResourceType', 'vpcendpoint'],
      ['ResourceId.1', 'ep-none'],
      ['Tag.1.Key', 'a b*~'],
    ];
    for (const form of [tag, [REGION, ...tag]]) {
      const call = { action: 'TagResources', version: PRIVATELINK, query: [REGION], form };
      assert.deepEqual(await refused(call), [400, 'InvalidResourceId.NotFound']);
    }
    const { accessKeyId, accessKeySecret: secret, securityToken } = sandbox.alibabaCloud.temporary;
    const role = await rpcCall(sandbox, { accessKeyId, secret, securityToken });
    assert.equal(at(role.body, 'IdentityType'), 'AssumedRoleUser');
  });

  const cases: [string, number, string, RpcRequest][] = [
    ['an unknown key', 404, 'InvalidAccessKeyId.NotFound', { accessKeyId: 'nobody' }],
    ['a wrong secret', 400, 'SignatureDoesNotMatch', { secret: 'wrong' }],
    ['a parameter added after signing', 400, 'SignatureDoesNotMatch', { unsigned: [['Extra', '1']] }],
    ['no key', 400, 'MissingAccessKeyId', { protocol: { AccessKeyId: undefined } }],
    ['no nonce', 400, 'MissingSignatureNonce', { protocol: { SignatureNonce: undefined } }],
    ['no date', 400, 'MissingTimestamp', { protocol: { Timestamp: undefined } }],
    ['no method', 400, 'MissingSignatureMethod', { protocol: { SignatureMethod: undefined } }],
    ['another method', 400, 'IncompleteSignature', { protocol: { SignatureMethod: 'HMAC-SHA256' } }],
    ['another signature version', 400, 'IncompleteSignature', { protocol: { SignatureVersion: '2.0' } }],
    ['a date too old', 400, 'InvalidTimeStamp.Expired', { date: new Date(Date.now() - 16 * MINUTE) }],
    ['a date too early', 400, 'InvalidTimeStamp.Expired', { date: new Date(Date.now() + 60 * MINUTE) }],
    ['a date in words', 400, 'InvalidTimeStamp.Format', { protocol: { Timestamp: 'today' } }],
    ['XML', 400, 'InvalidParameter.Format', { protocol: { Format: 'XML' } }],
    ['a key given twice', 400, 'InvalidParameter.AccessKeyId', { query: [['AccessKeyId', 'another']] }],
    ['an unknown action', 404, 'InvalidAction.NotFound', { action: 'CreateUser' }],
    ['an unknown version', 400, 'InvalidVersion', { version: '2019-01-01' }],
    [
      'temporary keys without a token',
      400,
      'MissingSecurityToken',
      { accessKeyId: 'STS.sandbox-access-key-id', secret: 'sandbox-temporary-secret' },
    ],
    [
      'a token with lasting keys',
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      { securityToken: 'sandbox-security-token' },
    ],
  ];
  for (const [what, status, code, request] of cases) {
    it(`refuses ${what}`, async () => assert.deepEqual(await refused(request), [status, code]));
  }

  it('refuses a nonce that was used, also by the other signature', async () => {
    const nonce = randomUUID();
    assert.equal((await rpcCall(sandbox, { nonce })).status, 200);
    assert.deepEqual(await refused({ nonce }), [400, 'SignatureNonceUsed']);
    const other = await rawCall(sandbox, { query: [REGION], nonce });
    assert.equal(at(other.body, 'Code'), 'SignatureNonceUsed');
  });

  it('says the string to sign as the client has it, so that a client can tell a wrong secret', async () => {
    const wrong = StaticKeyProvider.builder()
      .withAccessKeyId(sandbox.alibabaCloud.accessKeyId)
      .withAccessKeySecret('wrong')
      .build();
    await assert.rejects(through(sandbox, roleProvider(wrong)), /the access key secret is invalid/);
  });

  function roleProvider(
    source: InstanceType<typeof StaticKeyProvider> | InstanceType<typeof StaticStsProvider>,
    role = 'sandbox-role',
    durationSeconds = 3600,
  ): InstanceType<typeof RamRoleArnProvider> {
    return RamRoleArnProvider.builder()
      .withCredentialsProvider(source)
      .withRoleArn(`acs:ram::${sandbox.alibabaCloud.accountId}:role/${role}`)
      .withRoleSessionName('contract')
      .withDurationSeconds(durationSeconds)
      .build();
  }

  function lasting(): InstanceType<typeof StaticKeyProvider> {
    const { accessKeyId, accessKeySecret } = sandbox.alibabaCloud;
    return StaticKeyProvider.builder()
      .withAccessKeyId(accessKeyId)
      .withAccessKeySecret(accessKeySecret)
      .build();
  }

  it('lets the official credentials package assume a role, and a second one from there', async () => {
    const first = await through(sandbox, roleProvider(lasting()));
    const source = StaticStsProvider.builder()
      .withAccessKeyId(first.accessKeyId)
      .withAccessKeySecret(first.accessKeySecret)
      .withSecurityToken(first.securityToken)
      .build();
    const second = await through(sandbox, roleProvider(source, 'sandbox-deploy-role', 7200));
    const who = await officialCaller(sandbox, second)('sts', 'GetCallerIdentity');
    assert.equal(
      at(who, 'Arn'),
      `acs:ram::${sandbox.alibabaCloud.accountId}:assumed-role/sandbox-deploy-role/contract`,
    );
    assert.match(second.expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await assert.rejects(through(sandbox, roleProvider(lasting(), 'nobody')), /EntityNotExist\.Role/);
    await assert.rejects(
      through(sandbox, roleProvider(lasting(), 'sandbox-role', 7200)),
      /InvalidParameter\.DurationSeconds/,
    );
  });

  it('lets the official credentials package assume a role with an OIDC token, unsigned', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'oidc-'));
    try {
      const { accountId } = sandbox.alibabaCloud;
      const token = (exp: number): string =>
        [
          '{"alg":"RS256"}',
          JSON.stringify({ iss: 'https://issuer.example', sub: 'pod', aud: 'app', exp }),
          'x',
        ]
          .map((part) => Buffer.from(part).toString('base64url'))
          .join('.');
      const file = path.join(folder, 'token');
      const provider = (providerArn: string): InstanceType<typeof OidcProvider> =>
        OidcProvider.builder()
          .withOIDCProviderArn(providerArn)
          .withOIDCTokenFilePath(file)
          .withRoleArn(`acs:ram::${accountId}:role/sandbox-role`)
          .withRoleSessionName('pod')
          .build();
      const arn = `acs:ram::${accountId}:oidc-provider/sandbox`;
      await writeFile(file, token(Date.now() / 1000 + 600));
      const session = await through(sandbox, provider(arn));
      const who = await officialCaller(sandbox, session)('sts', 'GetCallerIdentity');
      assert.match(textAt(who, 'Arn'), /:assumed-role\/sandbox-role\/pod$/);
      await assert.rejects(
        through(sandbox, provider('acs:ram::1:oidc-provider/other')),
        /EntityNotExist\.OIDCProvider/,
      );
      await writeFile(file, token(Date.now() / 1000 - 60));
      await assert.rejects(through(sandbox, provider(arn)), /AuthenticationFail\.OIDCToken\.Expired/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}).timeout(35_000);

describe('Temporary keys', () => {
  it('expire when their time is over on the clock of the sandbox, which can be held', async () => {
    const sandbox = await startSandbox({ timeScale: 900 });
    try {
      sandbox.control.pauseClock();
      const made = await officialCaller(sandbox)('sts', 'AssumeRole', {
        RoleArn: `acs:ram::${sandbox.alibabaCloud.accountId}:role/sandbox-role`,
        RoleSessionName: 'short',
        DurationSeconds: 900,
      });
      const call = officialCaller(sandbox, {
        accessKeyId: textAt(made, 'Credentials', 'AccessKeyId'),
        accessKeySecret: textAt(made, 'Credentials', 'AccessKeySecret'),
        securityToken: textAt(made, 'Credentials', 'SecurityToken'),
      });
      assert.equal(at(await call('sts', 'GetCallerIdentity'), 'IdentityType'), 'AssumedRoleUser');
      sandbox.control.resumeClock();
      const limit = Date.now() + 10_000;
      let code = '';
      while (code === '' && Date.now() < limit) {
        code = await call('sts', 'GetCallerIdentity').then(
          () => '',
          (error: unknown) => (error as { code: string }).code,
        );
      }
      assert.equal(code, 'InvalidSecurityToken.Expired');
    } finally {
      await sandbox.stop();
    }
  });

  it('are refused from one moment to the next when a test says so', async () => {
    const sandbox = await startSandbox({ timeScale: 0.001 });
    try {
      const made = await officialCaller(sandbox)('sts', 'AssumeRole', {
        RoleArn: `acs:ram::${sandbox.alibabaCloud.accountId}:role/sandbox-role`,
        RoleSessionName: 'revoked',
      });
      sandbox.control.expireTemporaryKeys();
      const refusal = await refusalOf(
        officialCaller(sandbox, {
          accessKeyId: textAt(made, 'Credentials', 'AccessKeyId'),
          accessKeySecret: textAt(made, 'Credentials', 'AccessKeySecret'),
          securityToken: textAt(made, 'Credentials', 'SecurityToken'),
        })('sts', 'GetCallerIdentity'),
      );
      assert.equal(refusal.code, 'InvalidSecurityToken.Expired');
    } finally {
      await sandbox.stop();
    }
  });
}).timeout(35_000);
