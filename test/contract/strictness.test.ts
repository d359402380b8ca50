import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, textAt } from './support/at';
import { usualWish } from './support/chosen';
import { officialCaller, refusalOf } from './support/officialCaller';
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
    ['a date too early', 400, 'InvalidTimeStamp.Expired', { date: new Date(Date.now() + 60 * MINUTE) }],
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
    ['a boolean that is none', 'InvalidParameter.DryRun', [['DryRun', 'yes']]],
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

  const text = (length: number, first = 'a'): string => first + 'x'.repeat(length - 1);
  const many = (count: number, name: (n: number) => string): [string, string][] =>
    Array.from({ length: count }, (_, index) => [name(index + 1), `value-${index + 1}`]);
  const valueCases: [string, string, [string, string][]][] = [
    ['a name of one letter', 'InvalidParameter.EndpointName', [['EndpointName', 'a']]],
    ['a name of 129 letters', 'InvalidParameter.EndpointName', [['EndpointName', text(129)]]],
    ['a name with a space', 'InvalidParameter.EndpointName', [['EndpointName', 'an endpoint']]],
    ['a name that begins with -', 'InvalidParameter.EndpointName', [['EndpointName', '-endpoint']]],
    ['a description of one letter', 'InvalidParameter.EndpointDescription', [['EndpointDescription', 'a']]],
    [
      'a description of 257 letters',
      'InvalidParameter.EndpointDescription',
      [['EndpointDescription', text(257)]],
    ],
    [
      'a description that is a link',
      'InvalidParameter.EndpointDescription',
      [['EndpointDescription', 'https://example.com']],
    ],
    ['a token that is not ASCII', 'InvalidParameter.ClientToken', [['ClientToken', 'tökén']]],
    ['too little bandwidth', 'InvalidParameter.CrossRegionBandwidth', [['CrossRegionBandwidth', '99']]],
    ['too much bandwidth', 'InvalidParameter.CrossRegionBandwidth', [['CrossRegionBandwidth', '10241']]],
    [
      'two addresses in a zone',
      'InvalidParameter.ZonePrivateIpAddressCount',
      [['ZonePrivateIpAddressCount', '2']],
    ],
    ['another kind of address', 'InvalidParameter.AddressIpVersion', [['AddressIpVersion', 'IPv6']]],
    ['a service in another region', 'UnsupportedRegion', [['ServiceRegionId', 'eu-central-1']]],
    ['a policy', 'OperationDenied.EndpointPolicyNotSupport', [['PolicyDocument', '{}']]],
    ['a tag without a key', 'MissingTagKeyParam', [['Tag.1.Value', 'a']]],
    ['a tag key of 65 letters', 'IllegalTagKeyParam', [['Tag.1.Key', text(65)]]],
    [
      'a tag value of 129 letters',
      'IllegalTagValueParam',
      [
        ['Tag.1.Key', 'a'],
        ['Tag.1.Value', text(129)],
      ],
    ],
    ['21 tags', 'QuotaExceed.TagsPerResource', many(21, (n) => `Tag.${n}.Key`)],
    ['11 security groups', 'InvalidParameter.SecurityGroupId', many(10, (n) => `SecurityGroupId.${n + 1}`)],
    [
      '11 zones',
      'QuotaExceeded.epZonePerEndpoint',
      [...many(11, (n) => `Zone.${n}.ZoneId`), ...many(11, (n) => `Zone.${n}.VSwitchId`)],
    ],
  ];
  for (const [what, code, extra] of valueCases) {
    it(`refuses ${what}`, async () => {
      const call = refused({ action: 'CreateVpcEndpoint', query: [...CREATE, ...extra] });
      assert.deepEqual(await call, [400, code]);
    });
  }

  const tagCases: [string, string, [string, string][]][] = [
    ['a reserved tag key', 'IllegalTagKeyParam', [['Tag.1.Key', 'aliyun-mine']]],
    [
      'a tag value with a link',
      'IllegalTagValueParam',
      [
        ['Tag.1.Key', 'a'],
        ['Tag.1.Value', 'see http://example.com'],
      ],
    ],
    [
      'a tag key given twice',
      'DuplicatedTagKey',
      [
        ['Tag.1.Key', 'a'],
        ['Tag.2.Key', 'a'],
      ],
    ],
    ['51 resources', 'InvalidParameter.ResourceId', many(50, (n) => `ResourceId.${n + 1}`)],
    ['another kind of resource', 'InvalidParameter.ResourceType', [['ResourceType', 'vpc']]],
  ];
  for (const [what, code, extra] of tagCases) {
    it(`refuses to tag with ${what}`, async () => {
      const made = await officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
      const pairs = new Map<string, string>([
        REGION,
        ['ResourceType', 'vpcendpoint'],
        ['ResourceId.1', textAt(made, 'EndpointId')],
        ['Tag.1.Key', 'b'],
        ...extra,
      ]);
      const form = new URLSearchParams([...pairs]).toString();
      assert.deepEqual(await refused({ action: 'TagResources', form }), [400, code]);
    });
  }

  const VPC = '2016-04-28';
  const ECS = '2014-05-26';
  const otherCases: [string, string, string, number, string, [string, string][]][] = [
    ['21 VPC ids', VPC, 'DescribeVpcs', 400, 'InvalidVpcIdNumber.NotSupported', [['VpcId', 'v,'.repeat(20)]]],
    [
      '21 vSwitch ids',
      VPC,
      'DescribeVSwitches',
      404,
      'InvalidVSwitchIdNumber.NotSupported',
      [['VSwitchId', 'v,'.repeat(20)]],
    ],
    ['an unknown VPC', VPC, 'DescribeVSwitches', 400, 'Forbidden.VpcNotFound', [['VpcId', 'vpc-none']]],
    ['another owner', VPC, 'DescribeVpcs', 400, 'IllegalParam.OwnerId', [['OwnerId', '42']]],
    [
      'another account',
      VPC,
      'DescribeVpcs',
      400,
      'IellgalParameter.OwnerAccount',
      [['OwnerAccount', 'somebody']],
    ],
    ['no resource group', VPC, 'DescribeVpcs', 400, 'InvalidResourceGroupId', [['ResourceGroupId', 'none']]],
    [
      'another resource group',
      VPC,
      'DescribeVpcs',
      400,
      'InvalidResourceGroupId.NotFound',
      [['ResourceGroupId', 'rg-none']],
    ],
    ['a reserved tag key', VPC, 'DescribeVpcs', 400, 'InvalidTagKey', [['Tag.1.Key', 'acs:x']]],
    ['a language', VPC, 'DescribeZones', 400, 'InvalidParameter.AcceptLanguage', [['AcceptLanguage', 'fr']]],
    ['a language', ECS, 'DescribeZones', 404, 'InvalidAcceptLanguage.NotFound', [['AcceptLanguage', 'fr']]],
    [
      'a list that is no JSON',
      ECS,
      'DescribeSecurityGroups',
      400,
      'InvalidParameter.SecurityGroupIds',
      [['SecurityGroupIds', 'sg-1']],
    ],
    [
      'a foreign page token',
      ECS,
      'DescribeSecurityGroups',
      400,
      'InValidParameter.NextToken',
      [['NextToken', 'abc']],
    ],
    [
      'a malformed id',
      ECS,
      'DescribeSecurityGroupAttribute',
      400,
      'InvalidSecurityGroupId.Malformed',
      [['SecurityGroupId', 'group']],
    ],
    [
      'an unknown id',
      ECS,
      'DescribeSecurityGroupAttribute',
      404,
      'InvalidSecurityGroupId.NotFound',
      [['SecurityGroupId', 'sg-none']],
    ],
  ];
  for (const [what, version, action, status, code, query] of otherCases) {
    it(`refuses ${what} for ${action} (${code})`, async () => {
      assert.deepEqual(await refused({ version, action, query: [REGION, ...query] }), [status, code]);
    });
  }

  const rule = { IpProtocol: 'tcp', PortRange: '4000/4000', SourceCidrIp: '10.0.0.0/16' };
  const ruleCases: [string, number, string, Record<string, unknown>][] = [
    ['no source', 400, 'MissingParameter.Source', { SourceCidrIp: undefined }],
    ['host bits', 400, 'InvalidSourceCidrIp.Malformed', { SourceCidrIp: '10.0.0.1/16' }],
    ['an unknown protocol', 400, 'InvalidIpProtocol.ValueNotSupported', { IpProtocol: 'SCTP' }],
    ['a single port', 400, 'InvalidPortRange.Malformed', { PortRange: '4000' }],
    ['a range backwards', 400, 'InvalidPortRange.Malformed', { PortRange: '4001/4000' }],
    ['port 0', 400, 'InvalidPortRange.Malformed', { PortRange: '0/4000' }],
    ['an unknown policy', 400, 'InvalidPolicy.Malformed', { Policy: 'allow' }],
    ['priority 101', 400, 'InvalidPriority.ValueNotSupported', { Priority: 101 }],
    ['a long description', 400, 'InvalidSecurityGroupDiscription.Malformed', { Description: text(513) }],
    [
      'an unknown group',
      404,
      'InvalidSourceGroupId.NotFound',
      { SourceCidrIp: undefined, SourceGroupId: 'sg-x' },
    ],
    ['an unknown prefix list', 404, 'InvalidPrefixListId.NotFound', { SourcePrefixListId: 'pl-x' }],
    ['a classic network card', 400, 'InvalidNicType.ValueNotSupported', { NicType: 'public' }],
  ];
  for (const [what, status, code, change] of ruleCases) {
    it(`refuses a rule with ${what}`, async () => {
      const group = sandbox.control.getState().securityGroups[0]?.securityGroupId;
      const asked: Record<string, unknown> = { ...rule, ...change };
      const given = Object.entries(asked).filter(([, value]) => value !== undefined);
      const Permissions = [Object.fromEntries(given)];
      const input = { RegionId: REGION[1], SecurityGroupId: group, Permissions };
      const refusal = await refusalOf(officialCaller(sandbox)('ecs', 'AuthorizeSecurityGroup', input));
      assert.deepEqual([refusal.statusCode, refusal.code], [status, code]);
    });
  }

  it('refuses rules given twice, in the old form, and for groups that do not take them', async () => {
    const groups = sandbox.control.getState().securityGroups;
    const idOf = (name: string): string | undefined =>
      groups.find((group) => group.name === name)?.securityGroupId;
    const cases: [number, string, object][] = [
      [400, 'InvalidParam.DuplicatePermissions', { Permissions: [rule, rule] }],
      [400, 'InvalidParam.Permissions', { Permissions: [rule], IpProtocol: 'tcp' }],
      [
        403,
        'InvalidOperation.ResourceManagedByCloudProduct',
        { SecurityGroupId: idOf('managed-by-ack'), Permissions: [rule] },
      ],
      [
        400,
        'InvalidGroupParameter.OperationDenied',
        { SecurityGroupId: idOf('app-enterprise'), Permissions: [{ ...rule, Policy: 'accept' }] },
      ],
      [
        403,
        'InvalidSourceGroupId.Mismatch',
        { Permissions: [{ IpProtocol: 'tcp', PortRange: '1/2', SourceGroupId: idOf('batch') }] },
      ],
    ];
    for (const [status, code, change] of cases) {
      const input = { RegionId: REGION[1], SecurityGroupId: idOf('app-web'), ...change };
      const refusal = await refusalOf(officialCaller(sandbox)('ecs', 'AuthorizeSecurityGroup', input));
      assert.deepEqual([refusal.statusCode, refusal.code], [status, code]);
    }
  });

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
