import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at } from './support/at';
import { rawCall, type RawRequest } from './support/rawCaller';

const REGION: [string, string] = ['RegionId', 'ap-southeast-1'];
const CREATE: [string, string][] = [
  REGION,
  ['VpcId', 'vpc-1'],
  ['ServiceName', 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-1'],
  ['SecurityGroupId.1', 'sg-1'],
];
const MINUTE = 60_000;

describe('The sandbox of Alibaba Cloud is strict', () => {
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 0.001 });
  });
  after(() => sandbox.stop());

  async function refused(request: RawRequest): Promise<[number, unknown]> {
    const { status, body } = await rawCall(sandbox, request);
    return [status, at(body, 'Code')];
  }

  it('takes a good call, and answers errors in the cloud’s form', async () => {
    assert.equal((await rawCall(sandbox, { query: [REGION] })).status, 200);
    const { body } = await rawCall(sandbox, {});
    assert.deepEqual(Object.keys(body as object), ['RequestId', 'HostId', 'Code', 'Message', 'Recommend']);
    assert.equal(at(body, 'Code'), 'MissingRegionId');
    assert.equal(at(body, 'Message'), 'RegionId is mandatory for this action.');
  });

  const signatureCases: [string, number, string, RawRequest][] = [
    ['an unknown key', 404, 'InvalidAccessKeyId.NotFound', { accessKeyId: 'nobody' }],
    ['a wrong secret', 400, 'SignatureDoesNotMatch', { secret: 'wrong' }],
    ['no authorization', 400, 'IncompleteSignature', { spoil: () => '' }],
    [
      'another algorithm',
      400,
      'IncompleteSignature',
      { spoil: (text) => text.replace('ACS3-HMAC-SHA256', 'ACS3-HMAC-SM3') },
    ],
    ['host left out of the signature', 400, 'IncompleteSignature', { unsigned: ['host'] }],
    ['an x-acs header left out', 400, 'IncompleteSignature', { unsigned: ['x-acs-date'] }],
    ['a date too old', 400, 'InvalidTimeStamp.Expired', { date: new Date(Date.now() - 16 * MINUTE) }],
    ['a date too early', 400, 'InvalidTimeStamp.Expired', { date: new Date(Date.now() + 16 * MINUTE) }],
    ['a date in words', 400, 'InvalidTimeStamp.Format', { headers: { 'x-acs-date': 'today' } }],
    [
      'a body that is not the signed one',
      400,
      'SignatureDoesNotMatch',
      { headers: { 'x-acs-content-sha256': '0' } },
    ],
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
      { headers: { 'x-acs-security-token': 'sandbox-security-token' } },
    ],
  ];
  for (const [what, status, code, request] of signatureCases) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await refused({ query: [REGION], ...request }), [status, code]);
    });
  }

  it('allows fourteen minutes of skew', async () => {
    const date = new Date(Date.now() - 14 * MINUTE);
    assert.equal((await rawCall(sandbox, { query: [REGION], date })).status, 200);
  });

  it('refuses a nonce that was used', async () => {
    const nonce = randomUUID();
    assert.equal((await rawCall(sandbox, { query: [REGION], nonce })).status, 200);
    assert.deepEqual(await refused({ query: [REGION], nonce }), [400, 'SignatureNonceUsed']);
  });

  it('refuses unknown actions and versions', async () => {
    assert.deepEqual(await refused({ action: 'CreateVpc' }), [404, 'InvalidAction.NotFound']);
    assert.deepEqual(await refused({ version: '2016-04-28' }), [404, 'InvalidAction.NotFound']);
    assert.deepEqual(await refused({ version: '2019-01-01' }), [400, 'InvalidVersion']);
    assert.deepEqual(await refused({ version: '' }), [400, 'MissingVersion']);
  });

  const parameterCases: [string, string, [string, string][]][] = [
    ['an unknown parameter', 'InvalidParameter.VpcID', [['VpcID', 'vpc-1']]],
    ['a parameter given twice', 'InvalidParameter.VpcId', [['VpcId', 'vpc-2']]],
    ['an unknown field', 'InvalidParameter.Zone', [['Zone.1.VswitchId', 'vsw-1']]],
    ['a field with the wrong case', 'InvalidParameter.Zone', [['Zone.1.Ip', '10.0.1.20']]],
    ['a flattening from 0', 'InvalidParameter.Zone', [['Zone.0.ZoneId', 'ap-southeast-1a']]],
    ['a flattening without position', 'InvalidParameter.Zone', [['Zone.ZoneId', 'ap-southeast-1a']]],
    ['brackets', 'InvalidParameter.Zone[0]', [['Zone[0].ZoneId', 'ap-southeast-1a']]],
    ['an object as JSON', 'InvalidParameter.Zone', [['Zone', '[{"ZoneId":"ap-southeast-1a"}]']]],
    ['a list as one value', 'InvalidParameter.SecurityGroupId', [['SecurityGroupId', 'sg-2']]],
    ['a gap in the numbering', 'InvalidParameter.SecurityGroupId', [['SecurityGroupId.3', 'sg-2']]],
    ['a scalar with a position', 'InvalidParameter.EndpointName', [['EndpointName.1', 'name']]],
    ['a boolean that is none', 'InvalidParameter.DryRun', [['DryRun', 'True']]],
    ['a number that is none', 'InvalidParameter.CrossRegionBandwidth', [['CrossRegionBandwidth', '1e3']]],
    ['a value out of its enum', 'InvalidParameter.EndpointType', [['EndpointType', 'interface']]],
    ['a token that is too long', 'InvalidParameter.ClientToken', [['ClientToken', 'x'.repeat(65)]]],
    ['an item without its vSwitch', 'MissingVSwitchId', [['Zone.1.ZoneId', 'ap-southeast-1a']]],
  ];
  for (const [what, code, extra] of parameterCases) {
    it(`refuses ${what}`, async () => {
      const call = refused({ action: 'CreateVpcEndpoint', query: [...CREATE, ...extra] });
      assert.deepEqual(await call, [400, code]);
    });
  }

  it('names a missing parameter as each product does', async () => {
    const cases: [string, string, string][] = [
      ['2020-04-15', 'GetVpcEndpointAttribute', 'MissingRegionId'],
      ['2016-04-28', 'DescribeVpcs', 'MissingRegionId'],
      ['2014-05-26', 'DescribeSecurityGroups', 'MissingParameter.RegionId'],
    ];
    for (const [version, action, code] of cases) {
      assert.deepEqual(await refused({ version, action }), [400, code]);
    }
  });

  it('takes the parameters of tag calls from the form only, and those of other calls from either place', async () => {
    const pairs: [string, string][] = [
      REGION,
      ['ResourceType', 'vpcendpoint'],
      ['ResourceId.1', 'ep-none'],
      ['Tag.1.Key', 'a'],
    ];
    const form = new URLSearchParams(pairs).toString();
    assert.deepEqual(await refused({ action: 'TagResources', query: pairs }), [
      400,
      'InvalidParameter.RegionId',
    ]);
    assert.deepEqual(await refused({ action: 'TagResources', form }), [400, 'InvalidResourceId.NotFound']);
    const list = await rawCall(sandbox, { action: 'ListVpcEndpoints', form: 'RegionId=ap-southeast-1' });
    assert.equal(list.status, 200);
  });
}).timeout(35_000);
