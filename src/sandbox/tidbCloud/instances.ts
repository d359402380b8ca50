import { tidbRegionName, TIDB_CLOUD_REGIONS, type TidbCloudRegion } from '../world/geography';
import type { Instance } from '../world/model';
import type { World } from '../world/world';
import { addressOf, type SqlAddress } from './address';
import { PAGING_PARAMETERS, pageBody, Query } from './query';
import { RpcError } from './rpcStatus';

const PROVIDERS = ['aws', 'gcp', 'azure', 'alicloud'];
const PLANS = ['Starter', 'Essential', 'Premium', 'BYOC', 'Dedicated', 'Premium_Reserved', 'Essential_V2'];

/** TiDB Cloud v1beta2, ListTidbs. */
export function listTidbs(world: World, sql: SqlAddress, queryText: string): object {
  const query = new Query(
    queryText,
    ['servicePlan', 'name', ...PAGING_PARAMETERS],
    ['regionIds', 'tags', 'tidbIds', 'resourcePoolIds'],
  );
  const plan = query.oneOf('servicePlan', PLANS);
  const name = query.one('name');
  const allowed = (parameter: string, value: string): boolean =>
    query.all(parameter).length === 0 || query.all(parameter).includes(value);
  const found = world.state.instances.filter(
    (instance) =>
      (plan === undefined || instance.servicePlan === plan) &&
      (name === undefined || instance.displayName.includes(name)) &&
      allowed('regionIds', instance.regionId) &&
      allowed('tidbIds', instance.tidbId) &&
      query.all('tags').length === 0 &&
      query.all('resourcePoolIds').length === 0,
  );
  return pageBody('tidbs', found, query, (instance) => tidbBody(world, sql, instance));
}

export function getTidb(world: World, sql: SqlAddress, tidbId: string): object {
  return tidbBody(world, sql, instanceOrRefuse(world, tidbId));
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

function tidbBody(world: World, sql: SqlAddress, instance: Instance): object {
  return {
    name: `tidbs/${instance.tidbId}`,
    tidbId: instance.tidbId,
    displayName: instance.displayName,
    regionId: instance.regionId,
    cloudProvider: instance.cloudProvider,
    regionDisplayName: tidbRegionName(instance.regionId),
    state: instance.state,
    minRcu: '2000',
    maxRcu: '8000',
    servicePlan: instance.servicePlan,
    highAvailabilityType: 'REGIONAL',
    capacityMode: 'ELASTIC',
    annotations: { 'tidb.cloud/has-set-password': 'true' },
    labels: {
      'tidb.cloud/organization': world.state.organizationId,
      'tidb.cloud/project': instance.projectId,
    },
    creator: 'sandbox@example.com',
    createTime: instance.createTime,
    updateTime: instance.createTime,
    endpoints: endpointBodies(world, sql, instance),
    tidbVersion: 'v8.5.3',
    tags: [],
  };
}

/** The public address, and one for each private endpoint that is ready. */
function endpointBodies(world: World, sql: SqlAddress, instance: Instance): object[] {
  const region = instance.regionId.slice(instance.cloudProvider.length + 1);
  const reachable = {
    reachable: true,
    detail: { serviceActive: true, endpointActive: true, dnsReachable: true },
  };
  const privateOnes = world.state.connections
    .filter(({ tidbId, state }) => tidbId === instance.tidbId && state === 'ACTIVE')
    .map((connection) => {
      const { host, port } = addressOf(sql, region, connection.endpointId);
      return { host, port, connectionType: 'PRIVATE_ENDPOINT', connectionReachability: reachable };
    });
  const publicOne = { host: `public-${instance.tidbId}.${region}.${sql.domainSuffix}`, port: sql.port };
  return [{ ...publicOne, connectionType: 'PUBLIC' }, ...privateOnes];
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
