import { freshConnectionId } from '../world/ids';
import { tidbRegionName } from '../world/geography';
import type { Lifecycle } from '../world/lifecycle';
import type { Connection, Endpoint, Instance, PrivateLinkService } from '../world/model';
import type { World } from '../world/world';
import { addressOf, type SqlAddress } from './address';
import { instanceOrRefuse } from './instances';
import { readBody } from './jsonBody';
import { PAGING_PARAMETERS, pageBody, Query } from './query';
import { RpcError } from './rpcStatus';

const OUTPUT = { kind: 'output' } as const;
const REQUIRED = { kind: 'text', required: true } as const;

/** Fields of the resource PrivateEndpointConnection. */
const NEW_CONNECTION = {
  regionId: REQUIRED,
  endpointId: REQUIRED,
  privateDomainName: REQUIRED,
  name: OUTPUT,
  tidbId: OUTPUT,
  privateEndpointConnectionId: OUTPUT,
  regionDisplayName: OUTPUT,
  cloudProvider: OUTPUT,
  endpointState: OUTPUT,
  message: OUTPUT,
  privateLinkService: OUTPUT,
  privateLinkServiceState: OUTPUT,
  host: OUTPUT,
  port: OUTPUT,
  privateIpAddress: OUTPUT,
} as const;

export function getPrivateLinkService(world: World, tidbId: string): object {
  const { instance, service } = serviceOrRefuse(world, tidbId);
  const made = service.state !== 'CREATING';
  return {
    name: `tidbs/${tidbId}/privateLinkService`,
    tidbId,
    regionId: instance.regionId,
    regionDisplayName: tidbRegionName(instance.regionId),
    cloudProvider: instance.cloudProvider,
    ...(made ? { serviceName: service.serviceName, serviceDnsName: service.serviceDomain } : {}),
    ...(made && instance.cloudProvider === 'aws' ? { availableZones: service.zones } : {}),
    servicePort: service.port,
    state: service.state,
  };
}

/** TiDB Cloud v1beta2, list of connections: those posted, then endpoints that were only seen on the service. */
export function listConnections(world: World, sql: SqlAddress, tidbId: string, queryText: string): object {
  const query = new Query(queryText, PAGING_PARAMETERS);
  const instance = instanceOrRefuse(world, tidbId);
  const service = world.serviceOf(tidbId);
  const posted = world
    .connectionsOf(tidbId)
    .map((connection) => connectionBody(world, sql, instance, connection));
  const discovered = service
    ? world.discovered(service).map((endpoint) => discoveredBody(instance, service, endpoint))
    : [];
  return pageBody('privateEndpointConnections', [...posted, ...discovered], query, (body) => body);
}

export function getConnection(world: World, sql: SqlAddress, tidbId: string, connectionId: string): object {
  const instance = instanceOrRefuse(world, tidbId);
  return connectionBody(world, sql, instance, connectionOrRefuse(world, tidbId, connectionId));
}

/** The body of a POST: the resource with its writable fields. @throws RpcError */
export function createConnection(
  world: World,
  lifecycle: Lifecycle,
  sql: SqlAddress,
  tidbId: string,
  bodyText: string,
): object {
  const wanted = readBody(NEW_CONNECTION, bodyText);
  const { instance } = serviceOrRefuse(world, tidbId);
  if (wanted.regionId !== instance.regionId) {
    throw new RpcError(3, `regionId: must be ${instance.regionId}, the region of the instance`);
  }
  const connection = acceptEndpoint(world, lifecycle, tidbId, wanted.endpointId, wanted.privateDomainName);
  return connectionBody(world, sql, instance, connection);
}

/** Registers an endpoint with an instance; what both the API and the networking page do. @throws RpcError */
export function acceptEndpoint(
  world: World,
  lifecycle: Lifecycle,
  tidbId: string,
  endpointId: string,
  privateDomainName: string,
): Connection {
  const { instance, service } = serviceOrRefuse(world, tidbId);
  if (instance.state !== 'ACTIVE' || service.state !== 'ACTIVE') {
    throw new RpcError(9, 'the instance and its private link service must be active');
  }
  const endpoint = world.endpoint(endpointId);
  if (endpoint?.serviceId !== service.serviceId) {
    throw new RpcError(3, `endpointId: ${endpointId} is not an endpoint of the private link service`);
  }
  if (endpoint.domain !== privateDomainName) {
    throw new RpcError(3, 'privateDomainName: is not the domain name of the endpoint');
  }
  if (world.connectionOf(endpointId)) {
    throw new RpcError(6, `a private endpoint connection for ${endpointId} already exists`);
  }
  if (endpoint.status === 'Creating' || endpoint.status === 'Deleting') {
    throw new RpcError(9, `the endpoint ${endpointId} is not active`);
  }
  const connection: Connection = {
    connectionId: freshConnectionId(),
    tidbId,
    endpointId,
    privateDomainName,
    state: 'PENDING',
    message: '',
  };
  world.state.connections.push(connection);
  lifecycle.followConnection(connection);
  world.changed();
  return connection;
}

/** Starts the removal; a connection that is being removed already stays so. @throws RpcError */
export function removeConnection(
  world: World,
  lifecycle: Lifecycle,
  tidbId: string,
  connectionId: string,
): object {
  instanceOrRefuse(world, tidbId);
  const connection = connectionOrRefuse(world, tidbId, connectionId);
  if (connection.state !== 'DELETING') {
    lifecycle.deleteConnection(connection);
    world.changed();
  }
  return {};
}

export function serviceOrRefuse(
  world: World,
  tidbId: string,
): { instance: Instance; service: PrivateLinkService } {
  const instance = instanceOrRefuse(world, tidbId);
  const service = world.serviceOf(tidbId);
  if (!service) {
    throw new RpcError(9, `private link service is not available for the plan ${instance.servicePlan}`);
  }
  return { instance, service };
}

function connectionOrRefuse(world: World, tidbId: string, connectionId: string): Connection {
  const found = world.connectionsOf(tidbId).find((connection) => connection.connectionId === connectionId);
  if (!found) {
    throw new RpcError(5, `private endpoint connection ${connectionId} not found`);
  }
  return found;
}

function connectionBody(world: World, sql: SqlAddress, instance: Instance, connection: Connection): object {
  const service = world.serviceOf(instance.tidbId);
  const address = addressOf(sql, regionOf(instance), connection.endpointId);
  return {
    name: `tidbs/${instance.tidbId}/privateEndpointConnections/${connection.connectionId}`,
    tidbId: instance.tidbId,
    privateEndpointConnectionId: connection.connectionId,
    regionId: instance.regionId,
    regionDisplayName: tidbRegionName(instance.regionId),
    cloudProvider: instance.cloudProvider,
    endpointId: connection.endpointId,
    privateDomainName: connection.privateDomainName,
    endpointState: connection.state,
    ...(connection.message === '' ? {} : { message: connection.message }),
    privateLinkService: service?.serviceName ?? '',
    privateLinkServiceState: service?.state ?? 'DELETING',
    ...(connection.state === 'ACTIVE' ? { host: address.host, port: String(address.port) } : {}),
  };
}

/** Nobody has posted it, so it has neither an id of its own nor a domain name that TiDB Cloud would know. */
function discoveredBody(instance: Instance, service: PrivateLinkService, endpoint: Endpoint): object {
  return {
    tidbId: instance.tidbId,
    regionId: instance.regionId,
    regionDisplayName: tidbRegionName(instance.regionId),
    cloudProvider: instance.cloudProvider,
    endpointId: endpoint.endpointId,
    endpointState: 'DISCOVERED',
    privateLinkService: service.serviceName,
    privateLinkServiceState: service.state,
  };
}

function regionOf(instance: Instance): string {
  return instance.regionId.slice(instance.cloudProvider.length + 1);
}
