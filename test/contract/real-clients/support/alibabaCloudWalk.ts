import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { at, listAt, textAt } from '../../support/at';
import type { AlibabaCloudClient } from './alibabaCloudClient';

export const REGION = 'ap-southeast-1';

/** What the tests of a client share: the sandbox that it calls, and the client. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly client: AlibabaCloudClient;
  /** The same kind of client for another sandbox. */
  readonly another: (sandbox: Sandbox) => AlibabaCloudClient;
}

interface Target {
  readonly RegionId: string;
  readonly EndpointId: string;
}

/** The tests that every foreign client of Alibaba Cloud has to pass: together they call every operation. */
export function walkAlibabaCloud(stage: () => Stage): void {
  const call = (product: string, action: string, parameters: object = {}): Promise<unknown> =>
    stage().client.call(product, action, parameters);
  const codeOf = async (product: string, action: string, parameters: object = {}): Promise<unknown> =>
    (await stage().client.refusal(product, action, parameters)).code;

  async function untilActive(): Promise<void> {
    await stage().sandbox.control.waitFor(({ endpoints }) =>
      endpoints.every(({ status }) => status === 'Active'),
    );
  }

  it('is told who it is, and may assume a role whose keys then work', async () => {
    const { client, sandbox } = stage();
    const { accountId } = sandbox.alibabaCloud;
    const user = await call('sts', 'GetCallerIdentity');
    assert.deepEqual(
      [at(user, 'IdentityType'), at(user, 'AccountId'), at(user, 'UserId')],
      ['RAMUser', accountId, at(user, 'PrincipalId')],
    );
    const assumed = await call('sts', 'AssumeRole', {
      RoleArn: `acs:ram::${accountId}:role/sandbox-role`,
      RoleSessionName: 'a-session',
      DurationSeconds: 900,
    });
    const arn = `acs:ram::${accountId}:assumed-role/sandbox-role/a-session`;
    assert.equal(at(assumed, 'AssumedRoleUser', 'Arn'), arn);
    assert.ok(Date.parse(textAt(assumed, 'Credentials', 'Expiration')) > Date.now());
    const credentials = {
      accessKeyId: textAt(assumed, 'Credentials', 'AccessKeyId'),
      accessKeySecret: textAt(assumed, 'Credentials', 'AccessKeySecret'),
      securityToken: textAt(assumed, 'Credentials', 'SecurityToken'),
    };
    const role = await client.call('sts', 'GetCallerIdentity', {}, { credentials });
    assert.deepEqual([at(role, 'IdentityType'), at(role, 'Arn')], ['AssumedRoleUser', arn]);
    const unknown = { RoleArn: `acs:ram::${accountId}:role/nobody`, RoleSessionName: 'a-session' };
    assert.equal(await codeOf('sts', 'AssumeRole', unknown), 'EntityNotExist.Role');
  });

  it('assumes a role with an OIDC token', async () => {
    const { accountId } = stage().sandbox.alibabaCloud;
    const claims = { iss: 'https://issuer.example', sub: 'a-pod', aud: 'sts', exp: 4_102_444_800 };
    const assumed = await call('sts', 'AssumeRoleWithOIDC', {
      RoleArn: `acs:ram::${accountId}:role/sandbox-role`,
      OIDCProviderArn: `acs:ram::${accountId}:oidc-provider/cluster`,
      OIDCToken: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`,
      RoleSessionName: 'a-pod',
    });
    assert.deepEqual(
      [at(assumed, 'OIDCTokenInfo', 'Issuer'), at(assumed, 'OIDCTokenInfo', 'Subject')],
      ['https://issuer.example', 'a-pod'],
    );
    assert.match(textAt(assumed, 'Credentials', 'AccessKeyId'), /^STS\./);
  });

  it('is refused with a wrong secret, an unknown key and a foreign token', async () => {
    const { client, sandbox } = stage();
    const { accessKeyId, accessKeySecret, temporary } = sandbox.alibabaCloud;
    const cases = [
      [404, 'InvalidAccessKeyId.NotFound', { accessKeyId: 'nobody', accessKeySecret }],
      [400, 'InvalidSecurityToken.Malformed', { ...temporary, securityToken: 'another' }],
    ] as const;
    for (const [status, code, credentials] of cases) {
      const refusal = await client.refusal('vpc', 'DescribeRegions', {}, { credentials });
      assert.deepEqual([refusal.status, refusal.code], [status, code]);
    }
    const credentials = { accessKeyId, accessKeySecret: 'wrong' };
    const refusal = await client.refusal('vpc', 'DescribeRegions', {}, { credentials });
    assert.match(refusal.code ?? '', /^SignatureDoesNotMatch$/);
  });

  it('lists regions and zones of each product', async () => {
    for (const product of ['privatelink', 'vpc', 'ecs']) {
      const regions = await call(product, 'DescribeRegions');
      const region = listAt(regions, 'Regions', 'Region').find((one) => at(one, 'RegionId') === REGION);
      assert.ok(region, product);
      assert.equal(at(region, 'RegionEndpoint'), `${product}.${REGION}.aliyuncs.com`);
      assert.equal(at(region, 'LocalName'), 'Singapore');
      const zones = await call(product, 'DescribeZones', { RegionId: REGION });
      assert.deepEqual(
        listAt(zones, 'Zones', 'Zone').map((zone) => at(zone, 'ZoneId')),
        ['a', 'b', 'c'].map((letter) => REGION + letter),
        product,
      );
    }
    const refusal = await stage().client.refusal('vpc', 'DescribeZones', { RegionId: 'nowhere-1' });
    assert.deepEqual([refusal.status, refusal.code], [404, 'InvalidRegionId.NotFound']);
    assert.match(refusal.requestId ?? '', /^[0-9A-F-]{36}$/);
  });

  it('pages VPCs by number, and finds one with its vSwitches', async () => {
    const names: unknown[] = [];
    let total = Infinity;
    for (let PageNumber = 1; names.length < total; PageNumber += 1) {
      const page = await call('vpc', 'DescribeVpcs', { RegionId: REGION, PageNumber, PageSize: 50 });
      const vpcs = listAt(page, 'Vpcs', 'Vpc');
      assert.ok(vpcs.length > 0, 'the total promises more than the pages hold');
      total = at(page, 'TotalCount') as number;
      names.push(...vpcs.map((vpc) => at(vpc, 'VpcName')));
    }
    assert.equal(new Set(names).size, 64);
    const found = await call('vpc', 'DescribeVpcs', { RegionId: REGION, VpcName: 'app-vpc' });
    const vpc = at(found, 'Vpcs', 'Vpc', 0);
    assert.deepEqual(
      ['CidrBlock', 'IsDefault', 'Status', 'RegionId'].map((name) => at(vpc, name)),
      ['10.0.0.0/16', false, 'Available', REGION],
    );
    assert.equal(String(at(vpc, 'OwnerId')), stage().sandbox.alibabaCloud.accountId);
    const vSwitches = await call('vpc', 'DescribeVSwitches', {
      RegionId: REGION,
      VpcId: textAt(vpc, 'VpcId'),
      ZoneId: `${REGION}b`,
    });
    assert.equal(at(vSwitches, 'TotalCount'), 1);
    const vSwitch = at(vSwitches, 'VSwitches', 'VSwitch', 0);
    assert.deepEqual(
      ['VSwitchName', 'CidrBlock', 'AvailableIpAddressCount', 'VpcId'].map((name) => at(vSwitch, name)),
      ['app-b', '10.0.2.0/24', 252, at(vpc, 'VpcId')],
    );
    const tooMany = { RegionId: REGION, PageSize: 51 };
    assert.equal(await codeOf('vpc', 'DescribeVpcs', tooMany), 'InvalidParameter.PageSize');
  });

  it('pages security groups by token, reads the rules of one, and adds a rule', async () => {
    const groups: unknown[] = [];
    let NextToken: unknown;
    do {
      const page = await call('ecs', 'DescribeSecurityGroups', {
        RegionId: REGION,
        MaxResults: 100,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      groups.push(...listAt(page, 'SecurityGroups', 'SecurityGroup'));
      NextToken = at(page, 'NextToken');
    } while (NextToken !== '');
    assert.ok(new Set(groups.map((group) => at(group, 'SecurityGroupId'))).size > 100);
    const clients = groups.find((group) => at(group, 'SecurityGroupName') === 'app-clients');
    const target = { RegionId: REGION, SecurityGroupId: textAt(clients, 'SecurityGroupId') };
    await call('ecs', 'AuthorizeSecurityGroup', {
      ...target,
      ClientToken: randomUUID(),
      Permissions: [
        {
          IpProtocol: 'TCP',
          PortRange: '4000/4000',
          SourceCidrIp: '10.9.0.0/16',
          Priority: '2',
          Description: 'added',
        },
      ],
    });
    const rules = await call('ecs', 'DescribeSecurityGroupAttribute', { ...target, Direction: 'ingress' });
    assert.equal(at(rules, 'InnerAccessPolicy'), 'Accept');
    assert.deepEqual(
      listAt(rules, 'Permissions', 'Permission').map((rule) =>
        ['IpProtocol', 'PortRange', 'SourceCidrIp', 'Policy', 'Priority', 'Description'].map((name) =>
          at(rule, name),
        ),
      ),
      [
        ['TCP', '4000/4000', '10.0.0.0/16', 'Accept', '1', ''],
        ['TCP', '4000/4000', '10.9.0.0/16', 'Accept', '2', 'added'],
      ],
    );
    const none = { RegionId: REGION, SecurityGroupId: 'sg-none' };
    assert.equal(
      await codeOf('ecs', 'DescribeSecurityGroupAttribute', none),
      'InvalidSecurityGroupId.NotFound',
    );
  });

  it('activates PrivateLink once', async () => {
    stage().sandbox.control.setPrivateLinkOpen(false);
    assert.equal(await codeOf('privatelink', 'CheckProductOpen'), 'NeedOpenProduct');
    assert.match(textAt(await call('privatelink', 'OpenPrivateLinkService'), 'OrderId'), /^\d+$/);
    assert.equal(at(await call('privatelink', 'CheckProductOpen'), 'Success'), true);
    assert.equal(await codeOf('privatelink', 'OpenPrivateLinkService'), 'OrderOpend');
  });

  it('finds the endpoint service by its name', async () => {
    const service = stage().sandbox.control.getState().services[0];
    assert.ok(service);
    const page = await call('privatelink', 'ListVpcEndpointServicesByEndUser', {
      RegionId: REGION,
      ServiceName: service.serviceName,
    });
    assert.deepEqual([at(page, 'TotalCount'), at(page, 'NextToken')], ['1', '']);
    const found = at(page, 'Services', 0);
    assert.deepEqual(
      ['ServiceId', 'ServiceDomain', 'ServiceType', 'Payer', 'AutoAcceptEnabled', 'Zones'].map((name) =>
        at(found, name),
      ),
      [
        service.serviceId,
        service.serviceDomain,
        'Interface',
        'Endpoint',
        false,
        [`${REGION}a`, `${REGION}b`],
      ],
    );
  });

  it('walks an endpoint from the dry run to its end', async () => {
    const { control } = stage().sandbox;
    const state = control.getState();
    const vpcId = state.vpcs.find(({ name }) => name === 'app-vpc')?.vpcId;
    const vSwitch = (name: string): string =>
      state.vSwitches.find((one) => one.name === name)?.vSwitchId ?? '';
    const group = (name: string): string =>
      state.securityGroups.find((one) => one.name === name)?.securityGroupId ?? '';
    const wish = {
      RegionId: REGION,
      EndpointName: 'walk',
      EndpointType: 'Interface',
      ServiceName: state.services[0]?.serviceName,
      VpcId: vpcId,
      SecurityGroupId: [group('app-clients')],
      Zone: [{ ZoneId: `${REGION}a`, VSwitchId: vSwitch('app-a'), ip: '10.0.1.20' }],
      Tag: [{ Key: 'created-by', Value: "it's (here)!* ~ 東京" }],
    };
    const dry = { ...wish, DryRun: true, ClientToken: randomUUID() };
    const dryRun = await stage().client.refusal('privatelink', 'CreateVpcEndpoint', dry);
    assert.deepEqual([dryRun.status, dryRun.code], [400, 'DryRunOperation']);
    const wrongZone = {
      ...wish,
      ClientToken: randomUUID(),
      Zone: [{ ZoneId: `${REGION}c`, VSwitchId: vSwitch('app-c') }],
    };
    assert.equal(
      await codeOf('privatelink', 'CreateVpcEndpoint', wrongZone),
      'EndpointServiceNotSupportedZone',
    );

    const ClientToken = randomUUID();
    const made = await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
    const EndpointId = textAt(made, 'EndpointId');
    assert.equal(at(made, 'EndpointDomain'), `${EndpointId}.${state.services[0]?.serviceDomain}`);
    assert.equal(typeof at(made, 'Bandwidth'), 'number');
    const repeated = await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
    assert.equal(at(repeated, 'EndpointId'), EndpointId);
    const changed = { ...wish, ClientToken, EndpointName: 'another' };
    assert.equal(await codeOf('privatelink', 'CreateVpcEndpoint', changed), 'IdempotenceSignatureMismatch');

    const target: Target = { RegionId: REGION, EndpointId };
    await untilActive();
    await readEndpoint(target);
    await modifyEndpoint(target, { zoneB: vSwitch('app-b'), otherGroup: group('app-web') });
    await tagEndpoint(target);
    await endEndpoint(target);
  });

  it('is throttled when it calls more often than the quota allows', async () => {
    const narrow = await startSandbox({ quotas: { readsPerMinute: 2 } });
    const client = stage().another(narrow);
    try {
      for (const product of ['vpc', 'privatelink', 'vpc', 'privatelink']) {
        await client.call(product, 'DescribeRegions');
      }
      const { code, status } = await client.refusal('privatelink', 'DescribeRegions');
      assert.deepEqual([code, status], ['Throttling.User', 400]);
    } finally {
      await client.stop();
      await narrow.stop();
    }
  });

  async function readEndpoint(target: Target): Promise<void> {
    const endpoint = await call('privatelink', 'GetVpcEndpointAttribute', target);
    assert.deepEqual(
      ['EndpointName', 'EndpointStatus', 'ConnectionStatus', 'EndpointBusinessStatus', 'EndpointType'].map(
        (name) => at(endpoint, name),
      ),
      ['walk', 'Active', 'Disconnected', 'Normal', 'Interface'],
    );
    const zones = await call('privatelink', 'ListVpcEndpointZones', target);
    assert.deepEqual(
      ['ZoneId', 'EniIp', 'ZoneStatus'].map((name) => at(zones, 'Zones', 0, name)),
      [`${REGION}a`, '10.0.1.20', 'Wait'],
    );
    const groups = await call('privatelink', 'ListVpcEndpointSecurityGroups', target);
    assert.equal(at(groups, 'SecurityGroups', 0, 'SecurityGroupStatus'), 'Attached');
  }

  async function modifyEndpoint(
    target: Target,
    { zoneB, otherGroup }: { zoneB: string; otherGroup: string },
  ): Promise<void> {
    const { control } = stage().sandbox;
    const zone = { ...target, ZoneId: `${REGION}b`, VSwitchId: zoneB };
    control.pauseClock();
    await call('privatelink', 'AddZoneToVpcEndpoint', { ...zone, ClientToken: randomUUID() });
    const meanwhile = { ...target, SecurityGroupId: otherGroup };
    assert.match(
      String(await codeOf('privatelink', 'AttachSecurityGroupToVpcEndpoint', meanwhile)),
      /^Endpoint(Locked|OperationDenied)$/,
    );
    control.resumeClock();
    await untilActive();
    assert.equal(await codeOf('privatelink', 'AddZoneToVpcEndpoint', zone), 'EndpointZoneDuplicated');
    await call('privatelink', 'AttachSecurityGroupToVpcEndpoint', meanwhile);
    await untilActive();
    assert.equal(
      await codeOf('privatelink', 'AttachSecurityGroupToVpcEndpoint', meanwhile),
      'SecurityGroupExist',
    );
    await call('privatelink', 'DetachSecurityGroupFromVpcEndpoint', meanwhile);
    await untilActive();
    await call('privatelink', 'UpdateVpcEndpointAttribute', {
      ...target,
      EndpointName: 'walk-2',
      EndpointDescription: 'a second name',
    });
    await untilActive();
    const endpoint = await call('privatelink', 'GetVpcEndpointAttribute', target);
    assert.deepEqual(
      [at(endpoint, 'EndpointName'), at(endpoint, 'EndpointDescription')],
      ['walk-2', 'a second name'],
    );
  }

  async function tagEndpoint({ RegionId, EndpointId }: Target): Promise<void> {
    const resources = { RegionId, ResourceType: 'vpcendpoint', ResourceId: [EndpointId] };
    await call('privatelink', 'TagResources', {
      ...resources,
      Tag: [{ Key: 'tidb-instance', Value: '42' }],
    });
    const byTag = await call('privatelink', 'ListVpcEndpoints', {
      RegionId,
      Tag: [{ Key: 'tidb-instance', Value: '42' }],
    });
    assert.equal(at(byTag, 'TotalCount'), 1);
    assert.deepEqual(listAt(byTag, 'Endpoints', 0, 'Tags'), [
      { Key: 'created-by', Value: "it's (here)!* ~ 東京" },
      { Key: 'tidb-instance', Value: '42' },
    ]);
    await call('privatelink', 'UntagResources', { ...resources, TagKey: ['created-by'] });
    const tags = await call('privatelink', 'ListTagResources', resources);
    assert.deepEqual(
      listAt(tags, 'TagResources').map((tag) => [
        at(tag, 'ResourceId'),
        at(tag, 'TagKey'),
        at(tag, 'TagValue'),
      ]),
      [[EndpointId, 'tidb-instance', '42']],
    );
  }

  async function endEndpoint(target: Target): Promise<void> {
    assert.equal(await codeOf('privatelink', 'DeleteVpcEndpoint', target), 'EndpointDependenceViolation');
    for (const ZoneId of [`${REGION}a`, `${REGION}b`]) {
      await call('privatelink', 'RemoveZoneFromVpcEndpoint', { ...target, ZoneId });
      await untilActive();
    }
    await call('privatelink', 'DeleteVpcEndpoint', { ...target, ClientToken: randomUUID() });
    await stage().sandbox.control.waitFor(({ endpoints }) => endpoints.length === 0);
    const gone = await stage().client.refusal('privatelink', 'GetVpcEndpointAttribute', target);
    assert.deepEqual([gone.status, gone.code], [400, 'EndpointNotFound']);
  }
}
