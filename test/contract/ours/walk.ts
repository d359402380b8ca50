import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { collect } from '../../../src/core/collect';
import { AppError } from '../../../src/core/errors';
import type {
  EndpointConnection,
  PublicConnectionSetting,
  VpcEndpoint,
  VpcEndpointSpec,
} from '../../../src/core/model';
import type { AlibabaCloudApi, TidbCloudApi } from '../../../src/core/ports';
import type { Sandbox } from '../../../src/sandbox';

export const region = 'ap-southeast-1';

/** Operations of both clouds that a walk uses, as the sandbox counts them. */
export const operations = {
  alibaba: [
    'sts:GetCallerIdentity',
    'privatelink:CheckProductOpen',
    'privatelink:OpenPrivateLinkService',
    'privatelink:DescribeRegions',
    'privatelink:DescribeZones',
    'privatelink:ListVpcEndpointServicesByEndUser',
    'privatelink:CreateVpcEndpoint',
    'privatelink:GetVpcEndpointAttribute',
    'privatelink:ListVpcEndpoints',
    'privatelink:ListVpcEndpointZones',
    'privatelink:ListVpcEndpointSecurityGroups',
    'privatelink:AttachSecurityGroupToVpcEndpoint',
    'privatelink:DetachSecurityGroupFromVpcEndpoint',
    'privatelink:AddZoneToVpcEndpoint',
    'privatelink:RemoveZoneFromVpcEndpoint',
    'privatelink:UpdateVpcEndpointAttribute',
    'privatelink:DeleteVpcEndpoint',
    'privatelink:TagResources',
    'privatelink:UntagResources',
    'privatelink:ListTagResources',
    'vpc:DescribeVpcs',
    'vpc:DescribeVSwitches',
    'vpc:DescribeZones',
    'vpc:DescribeRegions',
    'ecs:DescribeSecurityGroups',
    'ecs:DescribeSecurityGroupAttribute',
    'ecs:AuthorizeSecurityGroup',
    'ecs:DescribeRegions',
    'ecs:DescribeZones',
  ],
  tidbCloud: [
    'tidb:ListTidbs',
    'tidb:GetTidb',
    'tidb:CreateTidb',
    'tidb:UpdateTidb',
    'tidb:DeleteTidb',
    'tidb:ResumeTidb',
    'tidb:ResetRootPassword',
    'tidb:CloudProviderInfo',
    'tidb:CaCertificateUrl',
    'tidb:GetPublicConnectionSetting',
    'tidb:UpdatePublicConnectionSetting',
    'tidb:ListRegions',
    'tidb:GetPrivateLinkService',
    'tidb:ListPrivateEndpointConnections',
    'tidb:CreatePrivateEndpointConnection',
    'tidb:GetPrivateEndpointConnection',
    'tidb:DeletePrivateEndpointConnection',
  ],
} as const;

/** What stands in `app-vpc` for an endpoint of `orders-prod`. */
export function specIn(sandbox: Sandbox, zoneCount = 2): VpcEndpointSpec {
  const { instances, services, vpcs, vSwitches, securityGroups } = sandbox.control.getState();
  const instance = instances.find(({ displayName }) => displayName === 'orders-prod') ?? assert.fail();
  const service = services.find(({ tidbId }) => tidbId === instance.tidbId) ?? assert.fail();
  const vpc = vpcs.find(({ name }) => name === 'app-vpc') ?? assert.fail();
  const group = securityGroups.find(({ name }) => name === 'app-clients') ?? assert.fail();
  return {
    regionId: region,
    vpcId: vpc.vpcId,
    serviceName: service.serviceName,
    name: 'tidb-orders-prod',
    securityGroupIds: [group.securityGroupId],
    zones: service.zones.slice(0, zoneCount).map((zoneId) => ({
      zoneId,
      vSwitchId:
        vSwitches.find((one) => one.vpcId === vpc.vpcId && one.zoneId === zoneId)?.vSwitchId ?? assert.fail(),
    })),
    tags: { 'created-by': 'tidb-private-endpoint', 'tidb-instance': instance.tidbId },
  };
}

const settled = (sandbox: Sandbox): Promise<unknown> =>
  sandbox.control.waitFor(({ endpoints }) => endpoints.every(({ status }) => status === 'Active'));

/** Uses every operation of Alibaba Cloud once at least, and looks at every answer. */
export async function walkAlibabaCloud(api: AlibabaCloudApi, sandbox: Sandbox): Promise<void> {
  const spec = specIn(sandbox, 1);
  assert.equal((await api.getCallerIdentity()).accountId, sandbox.alibabaCloud.accountId);
  assert.equal(await api.isPrivateLinkOpen(region), true);
  await api.openPrivateLink();
  for (const places of [
    await api.listPrivateLinkRegions(),
    await api.listVpcRegions(),
    await api.listEcsRegions(),
  ]) {
    assert.ok(places.some(({ id }) => id === region));
  }
  for (const places of [
    await api.listPrivateLinkZones(region),
    await api.listVpcZones(region),
    await api.listEcsZones(region),
  ]) {
    assert.ok(places.some(({ id }) => id === 'ap-southeast-1a'));
  }
  await walkNetwork(api, spec);
  const endpoint = await walkCreation(api, sandbox, spec);
  await walkChanges(api, sandbox, spec, endpoint);
  await walkTags(api, endpoint.id);
  await walkDeletion(api, sandbox, endpoint.id);
}

async function walkNetwork(api: AlibabaCloudApi, spec: VpcEndpointSpec): Promise<void> {
  const service = await api.findEndpointService(region, spec.serviceName);
  assert.deepEqual(service?.zones, ['ap-southeast-1a', 'ap-southeast-1b']);
  const vpcs = await collect(api.listVpcs(region));
  assert.deepEqual(vpcs.find(({ id }) => id === spec.vpcId)?.cidrBlocks, ['10.0.0.0/16']);
  const vSwitches = await collect(api.listVSwitches(region, spec.vpcId));
  assert.deepEqual(vSwitches.map(({ zoneId }) => zoneId).sort(), [
    'ap-southeast-1a',
    'ap-southeast-1b',
    'ap-southeast-1c',
  ]);
  const groups = await collect(api.listSecurityGroups(region, spec.vpcId));
  const web = groups.find(({ name }) => name === 'app-web') ?? assert.fail();
  assert.deepEqual(await ports(api, web.id), ['443/443']);
  const rule = {
    protocol: 'TCP',
    portRange: '4000/4000',
    sourceCidr: '10.0.0.0/16',
    description: 'TiDB Cloud private endpoint',
  } as const;
  await api.addIngressRule(region, web.id, rule, 'rule-token-1');
  await api.addIngressRule(region, web.id, rule, 'rule-token-1');
  assert.deepEqual((await ports(api, web.id)).sort(), ['4000/4000', '443/443']);
}

const ports = async (api: AlibabaCloudApi, groupId: string): Promise<string[]> =>
  (await collect(api.listIngressRules(region, groupId))).map(({ portRange }) => portRange);

async function walkCreation(
  api: AlibabaCloudApi,
  sandbox: Sandbox,
  spec: VpcEndpointSpec,
): Promise<VpcEndpoint> {
  await api.dryRunCreateEndpoint(spec);
  assert.deepEqual(await collect(api.listEndpoints(region, {})), []);
  const made = await api.createEndpoint(spec, 'create-token-1');
  assert.equal((await api.createEndpoint(spec, 'create-token-1')).id, made.id);
  await settled(sandbox);
  const endpoint = (await api.getEndpoint(region, made.id)) ?? assert.fail();
  assert.deepEqual(
    { ...endpoint, tags: undefined, domain: undefined },
    {
      id: made.id,
      name: spec.name,
      regionId: region,
      vpcId: spec.vpcId,
      serviceName: spec.serviceName,
      domain: undefined,
      status: 'Active',
      connectionStatus: 'Disconnected',
      businessStatus: 'Normal',
      tags: undefined,
    },
  );
  assert.ok(endpoint.domain.startsWith(`${made.id}.`));
  const filter = { serviceName: spec.serviceName, vpcId: spec.vpcId };
  const [listed] = await collect(api.listEndpoints(region, filter));
  assert.deepEqual(listed?.tags, spec.tags);
  assert.deepEqual(await collect(api.listEndpoints(region, { ...filter, vpcId: 'vpc-other' })), []);
  return endpoint;
}

async function walkChanges(
  api: AlibabaCloudApi,
  sandbox: Sandbox,
  spec: VpcEndpointSpec,
  { id }: VpcEndpoint,
): Promise<void> {
  const groups = async (): Promise<string[]> =>
    (await collect(api.listEndpointSecurityGroups(region, id))).map((group) => group.id);
  const zones = async (): Promise<string[]> =>
    (await collect(api.listEndpointZones(region, id))).map(({ zoneId }) => zoneId);
  const state = sandbox.control.getState();
  const web = state.securityGroups.find(({ name }) => name === 'app-web') ?? assert.fail();
  await api.attachSecurityGroup(region, id, web.securityGroupId);
  await settled(sandbox);
  assert.deepEqual((await groups()).sort(), [...spec.securityGroupIds, web.securityGroupId].sort());
  await api.detachSecurityGroup(region, id, web.securityGroupId);
  await settled(sandbox);
  assert.deepEqual(await groups(), spec.securityGroupIds);
  const second = specIn(sandbox, 2).zones[1] ?? assert.fail();
  await api.addEndpointZone(region, id, second, 'zone-token-1');
  await settled(sandbox);
  assert.deepEqual((await zones()).sort(), ['ap-southeast-1a', 'ap-southeast-1b']);
  await api.removeEndpointZone(region, id, second.zoneId);
  await settled(sandbox);
  assert.deepEqual(await zones(), ['ap-southeast-1a']);
  await api.renameEndpoint(region, id, 'tidb-orders-renamed');
  await settled(sandbox);
  assert.equal((await api.getEndpoint(region, id))?.name, 'tidb-orders-renamed');
}

async function walkTags(api: AlibabaCloudApi, id: string): Promise<void> {
  const before = await api.listEndpointTags(region, id);
  await api.tagEndpoint(region, id, { team: 'orders', empty: '' });
  assert.deepEqual(await api.listEndpointTags(region, id), { ...before, team: 'orders', empty: '' });
  await api.untagEndpoint(region, id, ['team', 'empty']);
  assert.deepEqual(await api.listEndpointTags(region, id), before);
}

async function walkDeletion(api: AlibabaCloudApi, sandbox: Sandbox, id: string): Promise<void> {
  const refusal: unknown = await api.deleteEndpoint(region, id).catch((error: unknown) => error);
  if (!AppError.is(refusal) || refusal.details.serviceCode !== 'EndpointDependenceViolation') {
    throw refusal instanceof Error ? refusal : new Error('An endpoint with zones was deleted');
  }
  assert.equal(refusal.code, 'conflict');
  await api.removeEndpointZone(region, id, 'ap-southeast-1a');
  await settled(sandbox);
  await api.deleteEndpoint(region, id);
  await sandbox.control.waitFor(({ endpoints }) => endpoints.length === 0);
  assert.equal(await api.getEndpoint(region, id), undefined);
  await api.deleteEndpoint(region, id);
}

/** Uses every operation of TiDB Cloud once at least, and looks at every answer. The endpoint is in Alibaba Cloud. */
export async function walkTidbCloud(
  api: TidbCloudApi,
  sandbox: Sandbox,
  endpoint: VpcEndpoint,
): Promise<void> {
  const regions = await collect(api.listRegions());
  assert.ok(regions.find(({ id }) => id === `alicloud-${region}`)?.servicePlans.includes('Premium'));
  await walkInstances(api, sandbox);
  const instances = await collect(api.listInstances());
  const instance = instances.find(({ name }) => name === 'orders-prod') ?? assert.fail();
  assert.equal(instance.regionId, `alicloud-${region}`);
  assert.equal((await api.getHostingAccount(instance.id)).cloudProvider, 'alicloud');
  assert.match(await api.getCaCertificate(instance.id), /^-----BEGIN CERTIFICATE-----/);
  await api.resetRootPassword(instance.id, 'a new password, 25 bytes!');
  await walkPublicConnection(api, instance.id);
  const service = await api.getPrivateLinkService(instance.id);
  assert.deepEqual([service.state, service.port], ['ACTIVE', 4000]);
  await walkConnection(api, sandbox, instance.id, endpoint);
}

async function walkInstances(api: TidbCloudApi, sandbox: Sandbox): Promise<void> {
  const request = { name: 'walk-made', regionId: `alicloud-${region}`, servicePlan: 'Premium' };
  const made = await api.createInstance({ ...request, rootPassword: 'twelve bytes' });
  const stateOf = (state: string) => (): Promise<unknown> =>
    sandbox.control.waitFor(({ instances }) =>
      instances.some(({ tidbId, state: now }) => tidbId === made.id && now === state),
    );
  await stateOf('ACTIVE')();
  assert.equal((await api.renameInstance(made.id, 'walk-renamed')).name, 'walk-renamed');
  sandbox.control.setInstance(made.id, { state: 'PAUSED' });
  assert.equal((await api.getInstance(made.id)).state, 'PAUSED');
  await api.resumeInstance(made.id);
  await stateOf('ACTIVE')();
  await api.deleteInstance(made.id);
  await sandbox.control.waitFor(({ instances }) => !instances.some(({ tidbId }) => tidbId === made.id));
}

async function walkPublicConnection(api: TidbCloudApi, instanceId: string): Promise<void> {
  const office = [{ cidr: '203.0.113.0/24', description: 'office' }];
  await api.updatePublicConnectionSetting(instanceId, { enabled: true, ipAccessList: office });
  await publicConnection(api, instanceId, true, office);
  await api.updatePublicConnectionSetting(instanceId, { enabled: false, ipAccessList: [] });
  await publicConnection(api, instanceId, false, []);
}

/** A change is accepted at once and shows a moment later. */
async function publicConnection(
  api: TidbCloudApi,
  instanceId: string,
  enabled: boolean,
  ipAccessList: PublicConnectionSetting['ipAccessList'],
): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const setting = await api.getPublicConnectionSetting(instanceId);
    const shown = setting.enabled === enabled && isDeepStrictEqual(setting.ipAccessList, ipAccessList);
    if (shown) {
      return;
    }
    assert.ok(Date.now() < end, `still ${JSON.stringify(setting)}`);
    await pause(5);
  }
}

async function walkConnection(
  api: TidbCloudApi,
  sandbox: Sandbox,
  instanceId: string,
  endpoint: VpcEndpoint,
): Promise<void> {
  const listed = async (): Promise<EndpointConnection | undefined> =>
    (await collect(api.listConnections(instanceId))).find(({ endpointId }) => endpointId === endpoint.id);
  assert.equal((await listed())?.state, 'DISCOVERED');
  const made = await api.createConnection({
    instanceId,
    regionId: `alicloud-${region}`,
    endpointId: endpoint.id,
    privateDomainName: endpoint.domain,
  });
  assert.equal(made.state, 'PENDING');
  await sandbox.control.waitFor(({ connections }) => connections[0]?.state === 'ACTIVE');
  const connection = (await api.getConnection(instanceId, made.id)) ?? assert.fail();
  assert.deepEqual(
    { ...connection, host: undefined },
    {
      id: made.id,
      instanceId,
      endpointId: endpoint.id,
      privateDomainName: endpoint.domain,
      state: 'ACTIVE',
      serviceState: 'ACTIVE',
      host: undefined,
      port: 4000,
    },
  );
  assert.deepEqual(await listed(), connection);
  const { endpoints } = await api.getInstance(instanceId);
  assert.ok(endpoints.some(({ type, host }) => type === 'PRIVATE_ENDPOINT' && host === connection.host));
  await api.deleteConnection(instanceId, made.id);
  await sandbox.control.waitFor(({ connections }) => connections.length === 0);
  assert.equal(await api.getConnection(instanceId, made.id), undefined);
  await api.deleteConnection(instanceId, made.id);
}
