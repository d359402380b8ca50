import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { AlibabaCloudClient } from './support/alibabaCloudClient';
import { REGION, walkAlibabaCloud, type Stage } from './support/alibabaCloudWalk';
import { LineProgram } from './support/lineProgram';
import { prepared } from './support/prepared';
import { goProgram, pythonProgram, type Program } from './support/programs';

/** Starts a client against a sandbox of its own. */
function onStage(
  prepare: () => Promise<Program>,
  args: (cloud: Sandbox['alibabaCloud']) => string[],
): () => Stage {
  let stage: Stage | undefined;

  before(async function () {
    const program = await prepared(this, prepare);
    const sandbox = await startSandbox({ timeScale: 600, seed: { many: true } });
    const another = ({ alibabaCloud }: Sandbox): AlibabaCloudClient =>
      new AlibabaCloudClient(LineProgram.start(program, args(alibabaCloud)));
    stage = { sandbox, client: another(sandbox), another };
  });
  afterEach(() => stage?.sandbox.control.clearFaults());
  after(async () => {
    await stage?.client.stop();
    await stage?.sandbox.stop();
  });

  return () => {
    assert.ok(stage);
    return stage;
  };
}

describe('The official Python SDK against the sandbox of Alibaba Cloud', () => {
  const stage = onStage(
    () => pythonProgram('alibaba_cloud.py'),
    ({ endpoints, accessKeyId, accessKeySecret }) => [endpoints.vpc, accessKeyId, accessKeySecret],
  );

  walkAlibabaCloud(stage);

  it('signs the older way as well', async () => {
    const { client, sandbox } = stage();
    const identity = await client.call('sts', 'GetCallerIdentity', {}, { signature: 'v2' });
    assert.equal((identity as { AccountId: string }).AccountId, sandbox.alibabaCloud.accountId);
    const { accessKeyId } = sandbox.alibabaCloud;
    const refusal = await client.refusal(
      'sts',
      'GetCallerIdentity',
      {},
      { signature: 'v2', credentials: { accessKeyId, accessKeySecret: 'wrong' } },
    );
    assert.equal(refusal.code, 'SignatureDoesNotMatch');
  });

  it('would notice a field of another name or type', async () => {
    const { client, sandbox } = stage();
    sandbox.control.fail({
      operation: 'ListVpcEndpoints',
      fault: {
        kind: 'answer',
        status: 200,
        body: { RequestId: 'X', TotalCount: '0', Endpoints: [{ EndpointID: 'ep-1', Bandwidth: true }] },
      },
    });
    assert.deepEqual(await client.complaints('privatelink', 'ListVpcEndpoints', { RegionId: REGION }), [
      "ListVpcEndpoints.Endpoints[0].EndpointID is not in the SDK's model",
      'ListVpcEndpoints.endpoints[0].bandwidth should be int, is bool',
      'ListVpcEndpoints.total_count should be int, is str',
    ]);
    const unknown = await client.refusal('vpc', 'DescribeVpcs', { RegionID: REGION });
    assert.equal(unknown.kind, 'TypeError');
  });

  it('makes of trouble what its own error types are for', async () => {
    const { client, sandbox } = stage();
    const list = (): ReturnType<typeof client.refusal> =>
      client.refusal('privatelink', 'ListVpcEndpoints', { RegionId: REGION });
    sandbox.control.fail({
      operation: 'ListVpcEndpoints',
      fault: { kind: 'error', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '70' } },
    });
    const throttled = await list();
    assert.deepEqual(
      [throttled.kind, throttled.code, throttled.retryAfter],
      ['ThrottlingException', 'Throttling.User', 70],
    );
    const AccessDeniedDetail = {
      AuthAction: 'privatelink:ListVpcEndpoints',
      NoPermissionType: 'ImplicitDeny',
    };
    sandbox.control.fail({
      operation: 'ListVpcEndpoints',
      fault: { kind: 'error', status: 400, code: 'NoPermission', body: { AccessDeniedDetail } },
    });
    const denied = await list();
    assert.deepEqual(
      [denied.kind, denied.code, denied.accessDeniedDetail],
      ['ClientException', 'NoPermission', AccessDeniedDetail],
    );
    sandbox.control.fail({
      operation: 'ListVpcEndpoints',
      fault: { kind: 'error', status: 503, code: 'ServiceUnavailable' },
    });
    assert.deepEqual([(await list()).kind], ['ServerException']);
    sandbox.control.fail({ operation: 'ListVpcEndpoints', fault: { kind: 'html' } });
    assert.equal((await list()).status, undefined);
  });
}).timeout(60_000);

describe('The official Go SDK, which the aliyun command line is built on, against the sandbox', () => {
  const stage = onStage(
    () => goProgram('alibabacloud'),
    ({ endpoints, accessKeyId, accessKeySecret }) => [endpoints.vpc, REGION, accessKeyId, accessKeySecret],
  );

  walkAlibabaCloud(stage);

  it('calls without types, as the command line does', async () => {
    const { client, sandbox } = stage();
    const generic = { generic: true } as const;
    const identity = await client.call('sts', 'GetCallerIdentity', {}, generic);
    assert.equal((identity as { AccountId: string }).AccountId, sandbox.alibabaCloud.accountId);
    const vpcs = await client.call('vpc', 'DescribeVpcs', { RegionId: REGION, VpcName: 'app-vpc' }, generic);
    assert.equal((vpcs as { TotalCount: number }).TotalCount, 1);
    const dryRun = await client.refusal(
      'privatelink',
      'CreateVpcEndpoint',
      { RegionId: REGION, VpcId: 'vpc-none', Zone: [{ ZoneId: `${REGION}a`, VSwitchId: 'vsw-none' }] },
      generic,
    );
    assert.equal(dryRun.status, 400);
  });

  it('would notice a field of another type', async () => {
    const { client, sandbox } = stage();
    sandbox.control.fail({
      operation: 'ListVpcEndpoints',
      fault: { kind: 'answer', status: 200, body: { RequestId: 'X', TotalCount: '0', Endpoints: [] } },
    });
    const [complaint, ...others] = await client.complaints('privatelink', 'ListVpcEndpoints', {
      RegionId: REGION,
    });
    assert.match(complaint ?? '', /TotalCount of type int$/);
    assert.deepEqual(others, []);
    const unknown = await client.refusal('vpc', 'DescribeVpcs', { VpcID: 'vpc-1' });
    assert.equal(unknown.message, 'DescribeVpcsRequest has no VpcID');
  });

  it('is told of throttling and of trouble in the service', async () => {
    const { client, sandbox } = stage();
    const cases = [
      [400, 'Throttling.User'],
      [503, 'ServiceUnavailable'],
      [400, 'NoPermission'],
    ] as const;
    for (const [status, code] of cases) {
      sandbox.control.fail({ operation: 'ListVpcEndpoints', fault: { kind: 'error', status, code } });
      const refusal = await client.refusal('privatelink', 'ListVpcEndpoints', { RegionId: REGION });
      assert.deepEqual([refusal.status, refusal.code], [status, code]);
    }
  });
}).timeout(60_000);
