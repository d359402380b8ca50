import { alibabaRegion, type AlibabaRegion } from '../../world/geography';
import type { Endpoint, Tag } from '../../world/model';
import type { World } from '../../world/world';
import { refuse } from '../apiError';
import type { OperationContext } from '../operation';

export const DEFAULT_PAGE = 50;
export const BAD_TOKEN = 'InvalidParameter.NextToken';

/** Names: letters, digits, `-` and `_`, starting with a letter or a Chinese character. */
export const ENDPOINT_NAME = {
  kind: 'text',
  minLength: 2,
  maxLength: 128,
  pattern: /^[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]*$/,
} as const;

export const ENDPOINT_DESCRIPTION = {
  kind: 'text',
  minLength: 2,
  maxLength: 256,
  pattern: /^(?!https?:\/\/)/,
} as const;

export function regionOrRefuse(id: string): AlibabaRegion {
  return alibabaRegion(id) ?? refuse('RegionNotFound', 'The specified region does not exist.');
}

export function requireOpenProduct(world: World): void {
  if (!world.state.privateLinkOpen) {
    refuse('NeedOpenProduct', 'PrivateLink has not been activated for this account.');
  }
}

export function endpointOrRefuse(world: World, regionId: string, endpointId: string): Endpoint {
  const region = regionOrRefuse(regionId);
  const endpoint = world.endpoint(endpointId);
  if (!endpoint || endpoint.region !== region.id) {
    refuse('EndpointNotFound', 'The specified endpoint does not exist.');
  }
  return endpoint;
}

type Changing = Pick<OperationContext, 'world' | 'identity'>;

/** An endpoint that may be changed: its service is still there, and it is not locked for an overdue payment. */
export function attachedEndpoint(context: Changing, regionId: string, endpointId: string): Endpoint {
  const { world } = context;
  const endpoint = endpointOrRefuse(world, regionId, endpointId);
  if (endpoint.connectionStatus === 'ServiceDeleted' || !world.service(endpoint.serviceId)) {
    refuse('EndpointServiceDeleted', 'The endpoint service has been deleted.');
  }
  if (endpoint.businessStatus === 'FinancialLocked') {
    refuse('EndpointLocked', 'The endpoint is locked for an overdue payment.');
  }
  return changeableEndpoint(context, regionId, endpointId);
}

/** An endpoint that may be changed now: Active, and its connection not on the way from one state to another. */
export function changeableEndpoint(
  { world, identity }: Changing,
  regionId: string,
  endpointId: string,
): Endpoint {
  const endpoint = endpointOrRefuse(world, regionId, endpointId);
  if (endpoint.protectedBy !== '' && endpoint.protectedBy !== identity?.caller['PrincipalId']) {
    refuse('EndpointProtected', 'The endpoint is under managed protection: its creator alone may change it.');
  }
  if (endpoint.status !== 'Active') {
    refuse('EndpointOperationDenied', 'The status of the endpoint does not allow this operation.');
  }
  if (['Pending', 'Connecting', 'Disconnecting', 'Deleting'].includes(endpoint.connectionStatus)) {
    refuse(
      'EndpointConnectionOperationDenied',
      'The status of the endpoint connection does not allow this operation.',
    );
  }
  return endpoint;
}

export function hasTags(present: readonly Tag[], wanted: readonly WantedTag[]): boolean {
  return wanted.every((want) =>
    present.some((tag) => tag.key === want.Key && (want.Value === undefined || tag.value === want.Value)),
  );
}

export interface WantedTag {
  Key: string;
  Value: string | undefined;
}

/** The fields of an endpoint that every answer about it has. */
export function endpointBody(world: World, endpoint: Endpoint): Record<string, unknown> {
  const service = world.serviceBehind(endpoint);
  return {
    EndpointId: endpoint.endpointId,
    EndpointName: endpoint.name,
    EndpointDescription: endpoint.description,
    EndpointDomain: endpoint.domain,
    EndpointStatus: endpoint.status,
    EndpointBusinessStatus: endpoint.businessStatus,
    ConnectionStatus: endpoint.connectionStatus,
    Bandwidth: 1024,
    CreateTime: endpoint.createTime,
    ServiceId: endpoint.serviceId,
    ServiceName: service?.serviceName ?? '',
    ServiceRegionId: service?.region ?? endpoint.region,
    VpcId: endpoint.vpcId,
    AddressIpVersion: 'IPv4',
    CrossRegionBandwidth: 0,
    ZoneAffinityEnabled: false,
  };
}
