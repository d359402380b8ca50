import { tidbRegionName, TIDB_CLOUD_REGIONS, type TidbCloudRegion } from '../world/geography';
import type { Connection, Instance, InstanceState } from '../world/model';
import type { World } from '../world/world';
import { addressOf, EGRESS_IPS, type SqlAddress } from './address';
import { PAGING_PARAMETERS, pageBody, Query } from './query';
import type { RouteCall, RouteContext } from './routes';
import { RpcError } from './rpcStatus';

const PROVIDERS = ['aws', 'gcp', 'azure', 'alicloud'];
export const PLANS = [
  'Starter',
  'Essential',
  'Premium',
  'BYOC',
  'Dedicated',
  'Premium_Reserved',
  'Essential_V2',
];

/** TiDB Cloud v1beta2, ListTidbs. */
export function listTidbs({ queryText }: RouteCall, context: RouteContext): object {
  const query = new Query(
    queryText,
    ['servicePlan', 'name', ...PAGING_PARAMETERS],
    ['regionIds', 'tags', 'tidbIds', 'resourcePoolIds'],
  );
  const plan = query.oneOf('servicePlan', PLANS);
  const name = query.one('name');
  const allowed = (parameter: string, value: string): boolean =>
    query.all(parameter).length === 0 || query.all(parameter).includes(value);
  const wantedTags = query.all('tags');
  const found = context.world.state.instances.filter(
    (instance) =>
      (plan === undefined || instance.servicePlan === plan) &&
      (name === undefined || instance.displayName.includes(name)) &&
      allowed('regionIds', instance.regionId) &&
      allowed('tidbIds', instance.tidbId) &&
      (wantedTags.length === 0 || wantedTags.some((tag) => instance.tags.includes(tag))) &&
      query.all('resourcePoolIds').length === 0,
  );
  return pageBody('tidbs', found, query, (instance) => tidbBody(context, instance));
}

export function getTidb(tidbId: string, context: RouteContext): object {
  return tidbBody(context, instanceOrRefuse(context.world, tidbId));
}

export function cloudProviderInfo(world: World, tidbId: string): object {
  const { cloudProvider } = instanceOrRefuse(world, tidbId);
  return { tidbId, cloudProvider, tidbCloudAccountId: '5123456789012345' };
}

export function listRegions(queryText: string): object {
  const query = new Query(queryText, ['cloudProvider', 'servicePlan', ...PAGING_PARAMETERS]);
  const provider = query.oneOf('cloudProvider', PROVIDERS);
  const plan = query.oneOf('servicePlan', PLANS);
  const found = TIDB_CLOUD_REGIONS.filter(
    (region) =>
      (provider === undefined || region.cloudProvider === provider) &&
      (plan === undefined || region.servicePlans.some((offered) => offered === plan)),
  );
  return pageBody('regions', found, query, regionBody);
}

export function instanceOrRefuse(world: World, tidbId: string): Instance {
  const instance = world.instance(tidbId);
  if (!instance) {
    throw new RpcError(5, `tidb ${tidbId} not found`);
  }
  return instance;
}

/** @throws RpcError when the instance is not there, or in none of these states */
export function instanceIn(
  { world }: Pick<RouteContext, 'world'>,
  tidbId: string,
  states: readonly InstanceState[],
): Instance {
  const instance = instanceOrRefuse(world, tidbId);
  if (!states.includes(instance.state)) {
    throw new RpcError(9, `tidb ${tidbId} is ${instance.state}, not ${states.join(' or ')}`);
  }
  return instance;
}

/** The resource Tidb. int64 is text in JSON. */
export function tidbBody({ world, sql }: RouteContext, instance: Instance): object {
  return {
    name: `tidbs/${instance.tidbId}`,
    tidbId: instance.tidbId,
    displayName: instance.displayName,
    regionId: instance.regionId,
    cloudProvider: instance.cloudProvider,
    regionDisplayName: tidbRegionName(instance.regionId),
    state: instance.state,
    minRcu: String(instance.minRcu),
    maxRcu: String(instance.maxRcu),
    reservedCapacityTemplateId: instance.reservedCapacityTemplateId,
    servicePlan: instance.servicePlan,
    highAvailabilityType: 'REGIONAL',
    capacityMode: 'ELASTIC',
    annotations: { 'tidb.cloud/has-set-password': String(instance.hasPassword) },
    labels: {
      'tidb.cloud/organization': world.state.organizationId,
      'tidb.cloud/project': instance.projectId,
    },
    creator: 'sandbox@example.com',
    createTime: instance.createTime,
    updateTime: instance.updateTime,
    endpoints: endpointBodies(world, sql, instance),
    tidbVersion: 'v8.5.3',
    tags: instance.tags,
  };
}

/** The public address where that is switched on, and one for each private endpoint that has a name. */
function endpointBodies(world: World, sql: SqlAddress, instance: Instance): object[] {
  const region = instance.regionId.slice(instance.cloudProvider.length + 1);
  const privateOnes = world
    .connectionsOf(instance.tidbId)
    .filter(({ state }) => state === 'ACTIVE')
    .map((connection) => ({
      ...addressOf(sql, region, connection.endpointId),
      connectionType: 'PRIVATE_ENDPOINT',
      connectionReachability: reachability(world, instance, connection),
    }));
  const publicOne = {
    host: `public-${instance.tidbId}.${region}.${sql.domainSuffix}`,
    port: sql.port,
    connectionType: 'PUBLIC',
    egressIps: EGRESS_IPS,
  };
  const isThere = !['CREATING', 'DELETED'].includes(instance.state);
  return [...(isThere && instance.publicConnection.enabled ? [publicOne] : []), ...privateOnes];
}

/** TiDB Cloud's own view of one private endpoint. */
function reachability(world: World, { tidbId, state }: Instance, { endpointId }: Connection): object {
  const endpoint = world.endpoint(endpointId);
  const serviceActive = state === 'ACTIVE' && world.serviceOf(tidbId)?.state === 'ACTIVE';
  const endpointActive = endpoint?.connectionStatus === 'Connected' && endpoint.businessStatus === 'Normal';
  const dnsReachable = endpoint !== undefined;
  return {
    reachable: serviceActive && endpointActive && dnsReachable,
    detail: {
      serviceActive,
      endpointActive,
      dnsReachable,
      ...(dnsReachable ? {} : { message: 'DNS_NOT_REACHABLE' }),
    },
  };
}

function regionBody(region: TidbCloudRegion): object {
  return {
    name: `regions/${region.regionId}`,
    regionId: region.regionId,
    cloudProvider: region.cloudProvider,
    displayName: region.displayName,
    provider: region.cloudProvider,
    servicePlans: region.servicePlans,
    supportedServicePlans: region.servicePlans.map((plan) => ({
      servicePlan: plan,
      displayName: plan,
      supportedEngineTypes: ['MYSQL_COMPATIBLE'],
    })),
  };
}
