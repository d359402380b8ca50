import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DescribeVpcsRequest, DescribeVSwitchesRequest } from '@alicloud/vpc20160428';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, listAt, poll, textAt } from './support/at';
import { officialCaller, officialVpcClient, refusalOf, type OfficialCall } from './support/officialCaller';

const REGION = 'ap-southeast-1';

interface Chosen {
  readonly serviceName: string;
  readonly vpcId: string;
  readonly securityGroupIds: string[];
  readonly zones: { readonly ZoneId: string; readonly VSwitchId: string }[];
}

/** What a person would pick for `orders-prod`. */
async function choose(sandbox: Sandbox, call: OfficialCall): Promise<Chosen> {
  const service = sandbox.control.getState().services[0];
  assert.ok(service);
  const services = await call('privatelink', 'ListVpcEndpointServicesByEndUser', {
    RegionId: REGION,
    ServiceName: service.serviceName,
  });
  const zones = listAt(services, 'Services', 0, 'Zones');
  const vpcs = await call('vpc', 'DescribeVpcs', { RegionId: REGION, VpcName: 'app-vpc' });
  const vpcId = textAt(vpcs, 'Vpcs', 'Vpc', 0, 'VpcId');
  const vSwitches = await call('vpc', 'DescribeVSwitches', { RegionId: REGION, VpcId: vpcId, PageSize: 50 });
  const groups = await call('ecs', 'DescribeSecurityGroups', { RegionId: REGION, VpcId: vpcId });
  return {
    serviceName: service.serviceName,
    vpcId,
    securityGroupIds: listAt(groups, 'SecurityGroups', 'SecurityGroup').map((group) =>
      textAt(group, 'SecurityGroupId'),
    ),
    zones: listAt(vSwitches, 'VSwitches', 'VSwitch')
      .filter((vSwitch) => zones.includes(at(vSwitch, 'ZoneId')))
      .map((vSwitch) => ({ ZoneId: textAt(vSwitch, 'ZoneId'), VSwitchId: textAt(vSwitch, 'VSwitchId') })),
  };
}

describe('The official Alibaba Cloud SDK against the sandbox', () => {
  let sandbox: Sandbox;
  let call: OfficialCall;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 600, seed: { many: true } });
    call = officialCaller(sandbox);
  });
  after(() => sandbox.stop());

  it('knows who it is, with lasting and with temporary credentials', async () => {
    const user = await call('sts', 'GetCallerIdentity');
    assert.equal(at(user, 'IdentityType'), 'RAMUser');
    assert.equal(at(user, 'AccountId'), sandbox.alibabaCloud.accountId);
    assert.match(textAt(user, 'RequestId'), /^[0-9A-F-]{36}$/);

    const role = await officialCaller(sandbox, sandbox.alibabaCloud.temporary)('sts', 'GetCallerIdentity');
    assert.equal(at(role, 'IdentityType'), 'AssumedRoleUser');
    const stranger = { ...sandbox.alibabaCloud.temporary, securityToken: 'another-token' };
    const refusal = await refusalOf(officialCaller(sandbox, stranger)('sts', 'GetCallerIdentity'));
    assert.equal(refusal.code, 'InvalidSecurityToken.Malformed');
  });

  it('pages VPCs and vSwitches by number through the VPC SDK', async () => {
    const client = officialVpcClient(sandbox);
    const seen: (string | undefined)[] = [];
    let total = Infinity;
    for (let pageNumber = 1; seen.length < total; pageNumber += 1) {
      const { body } = await client.describeVpcs(
        new DescribeVpcsRequest({ regionId: REGION, pageNumber, pageSize: 50 }),
      );
      const page = body?.vpcs?.vpc ?? [];
      assert.ok(page.length > 0, 'the total promises more than the pages hold');
      total = body?.totalCount ?? 0;
      seen.push(...page.map(({ vpcId }) => vpcId));
    }
    assert.equal(total, sandbox.control.getState().vpcs.filter(({ region }) => region === REGION).length);
    assert.ok(total > 50);
    assert.equal(new Set(seen).size, total);

    const { body } = await client.describeVSwitches(
      new DescribeVSwitchesRequest({ regionId: REGION, pageSize: 50, pageNumber: 2 }),
    );
    assert.equal(body?.pageNumber, 2);
    assert.ok((body.vSwitches?.vSwitch?.length ?? 0) > 0);
    await assert.rejects(
      client.describeVpcs(new DescribeVpcsRequest({ regionId: REGION, pageSize: 51 })),
      ({ code }: { code: string }) => code === 'InvalidParameter.PageSize',
    );
  });

  it('pages security groups by token', async () => {
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const page = await call('ecs', 'DescribeSecurityGroups', {
        RegionId: REGION,
        MaxResults: 100,
        NextToken: token,
      });
      assert.equal(at(page, 'TotalCount'), undefined);
      listAt(page, 'SecurityGroups', 'SecurityGroup').forEach((group) =>
        seen.add(textAt(group, 'SecurityGroupId')),
      );
      token = (at(page, 'NextToken') as string | undefined) ?? '';
    } while (token !== '');
    assert.ok(seen.size > 100);

    const first = await call('ecs', 'DescribeSecurityGroups', { RegionId: REGION });
    const otherFilter = call('ecs', 'DescribeSecurityGroups', {
      RegionId: REGION,
      SecurityGroupType: 'normal',
      NextToken: textAt(first, 'NextToken'),
    });
    assert.equal((await refusalOf(otherFilter)).code, 'InValidParameter.NextToken');
    const mixed = call('ecs', 'DescribeSecurityGroups', { RegionId: REGION, MaxResults: 10, PageNumber: 1 });
    assert.equal((await refusalOf(mixed)).code, 'NotSupported.PageNumberAndPageSize');
  });

  it('lists regions and zones of each product', async () => {
    for (const product of ['privatelink', 'vpc', 'ecs'] as const) {
      const regions = await call(product, 'DescribeRegions');
      const ids = listAt(regions, 'Regions', 'Region').map((region) => at(region, 'RegionId'));
      assert.ok(ids.includes(REGION), product);
    }
    for (const product of ['privatelink', 'vpc'] as const) {
      const zones = await call(product, 'DescribeZones', { RegionId: REGION });
      assert.equal(at(zones, 'Zones', 'Zone', 2, 'ZoneId'), 'ap-southeast-1c', product);
    }
    assert.equal(
      (await refusalOf(call('vpc', 'DescribeZones', { RegionId: 'nowhere-1' }))).code,
      'InvalidRegionId.NotFound',
    );
  });

  it('opens a security group, once for the same rule', async () => {
    const vpcs = await call('vpc', 'DescribeVpcs', { RegionId: REGION, IsDefault: true });
    const VpcId = textAt(vpcs, 'Vpcs', 'Vpc', 0, 'VpcId');
    const groups = await call('ecs', 'DescribeSecurityGroups', { RegionId: REGION, VpcId });
    const target = {
      RegionId: REGION,
      SecurityGroupId: textAt(groups, 'SecurityGroups', 'SecurityGroup', 0, 'SecurityGroupId'),
    };
    const Permissions = [{ IpProtocol: 'tcp', PortRange: '4000/4000', SourceCidrIp: '172.16.0.0/12' }];
    await call('ecs', 'AuthorizeSecurityGroup', { ...target, Permissions, ClientToken: randomUUID() });
    await call('ecs', 'AuthorizeSecurityGroup', { ...target, Permissions, ClientToken: randomUUID() });
    const rules = await call('ecs', 'DescribeSecurityGroupAttribute', { ...target, Direction: 'ingress' });
    assert.equal(listAt(rules, 'Permissions', 'Permission').length, 1);
    const rule = at(rules, 'Permissions', 'Permission', 0);
    assert.deepEqual(
      [at(rule, 'IpProtocol'), at(rule, 'PortRange'), at(rule, 'Priority'), at(rule, 'Policy')],
      ['TCP', '4000/4000', '1', 'Accept'],
    );
    const hostBits = [{ IpProtocol: 'TCP', PortRange: '4000/4000', SourceCidrIp: '172.16.0.1/12' }];
    const refusal = await refusalOf(
      call('ecs', 'AuthorizeSecurityGroup', { ...target, Permissions: hostBits }),
    );
    assert.equal(refusal.code, 'InvalidSourceCidrIp.Malformed');
  });

  it('walks an endpoint from the dry run to its end', async () => {
    assert.equal(at(await call('privatelink', 'CheckProductOpen'), 'Success'), true);
    const chosen = await choose(sandbox, call);
    assert.equal(chosen.zones.length, 2);
    const [firstGroup, secondGroup] = chosen.securityGroupIds;
    const [firstZone, secondZone] = chosen.zones;
    assert.ok(firstGroup && secondGroup && firstZone && secondZone);
    const wish = {
      RegionId: REGION,
      EndpointName: 'walk',
      EndpointType: 'Interface',
      ServiceName: chosen.serviceName,
      VpcId: chosen.vpcId,
      SecurityGroupId: [firstGroup],
      Zone: [{ ...firstZone, ip: '10.0.1.20' }],
      Tag: [{ Key: 'created-by', Value: "it's (here)!*" }],
    };

    const dry = await refusalOf(
      call('privatelink', 'CreateVpcEndpoint', { ...wish, DryRun: true, ClientToken: randomUUID() }),
    );
    assert.equal(dry.code, 'DryRunOperation');
    assert.equal(dry.statusCode, 400);
    assert.equal(sandbox.control.getState().endpoints.length, 0);

    sandbox.control.pauseClock();
    const ClientToken = randomUUID();
    const made = await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
    const EndpointId = textAt(made, 'EndpointId');
    assert.match(EndpointId, /^ep-[0-9a-z]{20}$/);
    assert.equal(at(made, 'EndpointStatus'), 'Creating');
    assert.match(
      textAt(made, 'EndpointDomain'),
      new RegExp(`^${EndpointId}\\.epsrv-.*\\.privatelink\\.aliyuncs\\.com$`),
    );
    const again = await call('privatelink', 'CreateVpcEndpoint', { ...wish, ClientToken });
    assert.equal(at(again, 'EndpointId'), EndpointId);
    const changed = call('privatelink', 'CreateVpcEndpoint', { ...wish, EndpointName: 'other', ClientToken });
    assert.equal((await refusalOf(changed)).code, 'IdempotenceSignatureMismatch');

    const target = { RegionId: REGION, EndpointId };
    const early = call('privatelink', 'AttachSecurityGroupToVpcEndpoint', {
      ...target,
      SecurityGroupId: secondGroup,
    });
    assert.equal((await refusalOf(early)).code, 'EndpointOperationDenied');
    sandbox.control.resumeClock();
    const active = (): Promise<unknown> =>
      poll(
        () => call('privatelink', 'GetVpcEndpointAttribute', target),
        (answer) => at(answer, 'EndpointStatus') === 'Active',
      );
    assert.equal(at(await active(), 'ConnectionStatus'), 'Disconnected');
    const zones = await call('privatelink', 'ListVpcEndpointZones', target);
    assert.equal(at(zones, 'Zones', 0, 'EniIp'), '10.0.1.20');
    assert.equal(at(zones, 'Zones', 0, 'ZoneStatus'), 'Wait');

    sandbox.control.pauseClock();
    await call('privatelink', 'AttachSecurityGroupToVpcEndpoint', {
      ...target,
      SecurityGroupId: secondGroup,
    });
    const meanwhile = call('privatelink', 'AddZoneToVpcEndpoint', { ...target, ...secondZone });
    assert.equal((await refusalOf(meanwhile)).code, 'EndpointOperationDenied');
    sandbox.control.resumeClock();
    await active();
    await call('privatelink', 'AddZoneToVpcEndpoint', { ...target, ...secondZone });
    await active();
    await call('privatelink', 'DetachSecurityGroupFromVpcEndpoint', {
      ...target,
      SecurityGroupId: firstGroup,
    });
    await active();
    await call('privatelink', 'UpdateVpcEndpointAttribute', { ...target, EndpointName: 'walk-2' });
    assert.equal(at(await active(), 'EndpointName'), 'walk-2');
    const groups = await call('privatelink', 'ListVpcEndpointSecurityGroups', target);
    assert.deepEqual(listAt(groups, 'SecurityGroups'), [
      { SecurityGroupId: secondGroup, SecurityGroupStatus: 'Attached' },
    ]);

    const resources = { RegionId: REGION, ResourceType: 'vpcendpoint', ResourceId: [EndpointId] };
    await call('privatelink', 'TagResources', { ...resources, Tag: [{ Key: 'tidb-instance', Value: '42' }] });
    const byTag = await call('privatelink', 'ListVpcEndpoints', {
      RegionId: REGION,
      Tag: [{ Key: 'tidb-instance', Value: '42' }],
    });
    assert.equal(at(byTag, 'TotalCount'), 1);
    assert.equal(at(byTag, 'Endpoints', 0, 'Tags', 0, 'Value'), "it's (here)!*");
    await call('privatelink', 'UntagResources', { ...resources, TagKey: ['created-by'] });
    const tags = await call('privatelink', 'ListTagResources', resources);
    assert.deepEqual(
      listAt(tags, 'TagResources').map((tag) => at(tag, 'TagKey')),
      ['tidb-instance'],
    );

    const full = call('privatelink', 'DeleteVpcEndpoint', target);
    assert.equal((await refusalOf(full)).code, 'EndpointDependenceViolation');
    for (const { ZoneId } of chosen.zones) {
      await call('privatelink', 'RemoveZoneFromVpcEndpoint', { ...target, ZoneId });
      await active();
    }
    await call('privatelink', 'DeleteVpcEndpoint', target);
    const gone = await poll(
      () => refusalOf(call('privatelink', 'GetVpcEndpointAttribute', target)).catch(() => undefined),
      (refusal) => refusal !== undefined,
    );
    assert.equal(gone?.code, 'EndpointNotFound');
    const free = sandbox.control
      .getState()
      .vSwitches.filter(({ name }) => name === 'app-a' || name === 'app-b');
    assert.deepEqual(
      free.map(({ freeAddresses }) => freeAddresses),
      [252, 252],
    );
  });

  it('pages endpoint services with a total that is text', async () => {
    await sandbox.control.waitFor(({ services }) => services.every(({ state }) => state === 'ACTIVE'));
    const page = await call('privatelink', 'ListVpcEndpointServicesByEndUser', {
      RegionId: REGION,
      MaxResults: 1,
    });
    assert.equal(at(page, 'TotalCount'), '3');
    const next = await call('privatelink', 'ListVpcEndpointServicesByEndUser', {
      RegionId: REGION,
      MaxResults: 2,
      NextToken: textAt(page, 'NextToken'),
    });
    assert.equal(at(next, 'NextToken'), '');
    const ids = [page, next].flatMap((part) =>
      listAt(part, 'Services').map((service) => at(service, 'ServiceId')),
    );
    assert.equal(new Set(ids).size, 3);
    const elsewhere = await call('privatelink', 'ListVpcEndpointServicesByEndUser', {
      RegionId: 'eu-central-1',
      ServiceName: textAt(page, 'Services', 0, 'ServiceName'),
    });
    assert.deepEqual(listAt(elsewhere, 'Services'), []);
  });

  it('has to activate PrivateLink first where that was not done', async () => {
    sandbox.control.setPrivateLinkOpen(false);
    assert.equal((await refusalOf(call('privatelink', 'CheckProductOpen'))).code, 'NeedOpenProduct');
    await call('privatelink', 'OpenPrivateLinkService');
    assert.equal(at(await call('privatelink', 'CheckProductOpen'), 'Success'), true);
    assert.equal((await refusalOf(call('privatelink', 'OpenPrivateLinkService'))).code, 'OrderOpend');
  });

  it('meets injected trouble as it would meet real trouble', async () => {
    const list = (): Promise<unknown> => call('privatelink', 'ListVpcEndpoints', { RegionId: REGION });
    const { control } = sandbox;
    control.fail({
      operation: 'ListVpcEndpoints',
      fault: { kind: 'error', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '70' } },
    });
    const throttled = await refusalOf(list());
    assert.deepEqual([throttled.name, throttled.retryAfter], ['ThrottlingError', 70]);
    control.fail({
      operation: 'privatelink:ListVpcEndpoints',
      fault: {
        kind: 'error',
        status: 400,
        code: 'NoPermission',
        body: { AccessDeniedDetail: { AuthAction: 'privatelink:ListVpcEndpoints' } },
      },
    });
    const denied = await refusalOf(list());
    assert.equal(at(denied.data, 'AccessDeniedDetail', 'AuthAction'), 'privatelink:ListVpcEndpoints');
    control.fail({ operation: 'ListVpcEndpoints', fault: { kind: 'html' } });
    assert.equal((await refusalOf(list())).name, 'SyntaxError');
    control.fail({ operation: 'ListVpcEndpoints', fault: { kind: 'reset' } });
    assert.match((await refusalOf(list())).code, /ECONNRESET/);
    const before = control.calls('ListVpcEndpoints');
    assert.equal(at(await list(), 'TotalCount'), 0);
    assert.equal(control.calls('ListVpcEndpoints'), before + 1);
  });

  it('repeats a create whose answer was lost and finds the same endpoint', async () => {
    const chosen = await choose(sandbox, call);
    const wish = {
      RegionId: REGION,
      ServiceName: chosen.serviceName,
      VpcId: chosen.vpcId,
      SecurityGroupId: chosen.securityGroupIds.slice(0, 1),
      Zone: chosen.zones,
      ClientToken: randomUUID(),
    };
    sandbox.control.fail({ operation: 'CreateVpcEndpoint', when: 'after', fault: { kind: 'truncated' } });
    await refusalOf(call('privatelink', 'CreateVpcEndpoint', wish));
    const made = await call('privatelink', 'CreateVpcEndpoint', wish);
    const { endpoints } = sandbox.control.getState();
    assert.deepEqual(
      endpoints.map(({ endpointId }) => endpointId),
      [textAt(made, 'EndpointId')],
    );
  });
}).timeout(35_000);

describe('The official Alibaba Cloud SDK against a sandbox in which nothing moves', () => {
  let sandbox: Sandbox;
  let call: OfficialCall;

  before(async () => {
    sandbox = await startSandbox({ timeScale: 0.001 });
    call = officialCaller(sandbox);
  });
  after(() => sandbox.stop());

  it('is refused what does not fit together', async () => {
    const chosen = await choose(sandbox, call);
    const wish = {
      RegionId: REGION,
      ServiceName: chosen.serviceName,
      VpcId: chosen.vpcId,
      SecurityGroupId: chosen.securityGroupIds.slice(0, 1),
      Zone: chosen.zones,
      DryRun: true,
    };
    const state = sandbox.control.getState();
    const idOf = (name: string): string =>
      state.vSwitches.find((item) => item.name === name)?.vSwitchId ?? '';
    const groupOf = (name: string): string =>
      state.securityGroups.find((item) => item.name === name)?.securityGroupId ?? '';
    const vpcOf = (name: string): string => state.vpcs.find((item) => item.name === name)?.vpcId ?? '';
    const cases: [string, object][] = [
      ['DryRunOperation', {}],
      ['EndpointServiceNotFound', { RegionId: 'eu-central-1' }],
      ['IncorrectStatus.VpcEndpointService', { ServiceName: state.services[2]?.serviceName }],
      ['VpcNotFound', { VpcId: 'vpc-none' }],
      [
        'EndpointServiceNotSupportedZone',
        { Zone: [{ ZoneId: 'ap-southeast-1c', VSwitchId: idOf('app-c') }] },
      ],
      ['EndpointZoneDuplicated', { Zone: [chosen.zones[0], chosen.zones[0]] }],
      ['VSwitchNotFound', { Zone: [{ ZoneId: 'ap-southeast-1a', VSwitchId: idOf('app-b') }] }],
      ['EniIpUnavailable', { Zone: [{ ...chosen.zones[0], ip: '10.0.2.9' }] }],
      ['EniIpUnavailable', { Zone: [{ ...chosen.zones[0], ip: '10.0.1.0' }] }],
      ['EndpointMustContainSecurityGroup', { SecurityGroupId: [] }],
      ['SecurityGroupNotFound', { SecurityGroupId: [groupOf('default-group')] }],
      ['SecurityGroupTypeNotSupport', { SecurityGroupId: [groupOf('managed-by-ack')] }],
      [
        'SecurityGroupTypeOnlySingleTypeSupporteded',
        { SecurityGroupId: [groupOf('app-clients'), groupOf('app-enterprise')] },
      ],
      [
        'ResourceNotEnough.VSwitchIp',
        {
          VpcId: vpcOf('default-vpc'),
          SecurityGroupId: [groupOf('default-group')],
          Zone: [{ ZoneId: 'ap-southeast-1a', VSwitchId: idOf('default-a') }],
        },
      ],
      ['Mismatch.EndpointType', { EndpointType: 'Reverse' }],
      ['InvalidParameter.EndpointName', { EndpointName: '1-starts-with-a-digit' }],
      ['IllegalTagKeyParam', { Tag: [{ Key: 'acs:mine', Value: '' }] }],
      ['RegionNotFound', { RegionId: 'nowhere-1' }],
    ];
    for (const [code, change] of cases) {
      const refusal = await refusalOf(call('privatelink', 'CreateVpcEndpoint', { ...wish, ...change }));
      assert.equal(refusal.code, code, JSON.stringify(change));
      assert.equal(refusal.statusCode, 400);
    }
  });
}).timeout(35_000);
