import type { Endpoint, EndpointZone, PrivateLinkService } from '../../world/model';
import { MAX_RESULTS, REGION, REQUIRED_TEXT, TAG_FILTER, TEXT } from '../commonParameters';
import { operation } from '../operation';
import { pageByToken } from '../paging';
import { BAD_TOKEN, DEFAULT_PAGE, endpointBody, endpointOrRefuse, hasTags, regionOrRefuse } from './common';

const READ_EXTRAS = {
  EndpointType: 'Interface',
  PolicyDocument: '',
  ResourceGroupId: '',
};

/** PrivateLink 2020-04-15: looking at endpoints. */
export const readOperations = [
  operation({
    product: 'privatelink',
    action: 'GetVpcEndpointAttribute',
    parameters: { RegionId: REGION, EndpointId: REQUIRED_TEXT },
    run: (values, { world }) => {
      const endpoint = endpointOrRefuse(world, values.RegionId, values.EndpointId);
      return {
        ...endpointBody(world, endpoint),
        ...READ_EXTRAS,
        RegionId: endpoint.region,
        ProtectedEnabled: endpoint.protectedBy !== '',
        ResourceOwner: false,
        Payer: 'Endpoint',
        ZonePrivateIpAddressCount: 1,
      };
    },
  }),
  operation({
    product: 'privatelink',
    action: 'ListVpcEndpoints',
    parameters: {
      RegionId: REGION,
      EndpointId: TEXT,
      EndpointName: TEXT,
      EndpointStatus: { kind: 'text', values: ['Creating', 'Active', 'Pending', 'Deleting'] },
      EndpointType: { kind: 'text', values: ['Interface', 'Reverse', 'GatewayLoadBalancer'] },
      ConnectionStatus: {
        kind: 'text',
        values: [
          'Pending',
          'Connecting',
          'Connected',
          'Disconnecting',
          'Disconnected',
          'Deleting',
          'ServiceDeleted',
        ],
      },
      ServiceName: TEXT,
      ServiceRegionId: TEXT,
      VpcId: TEXT,
      AddressIpVersion: { kind: 'text', values: ['IPv4', 'DualStack'] },
      ResourceGroupId: TEXT,
      Tag: TAG_FILTER,
      MaxResults: MAX_RESULTS,
      NextToken: TEXT,
    },
    run: ({ MaxResults, NextToken, ...filters }, { world }) => {
      const region = regionOrRefuse(filters.RegionId);
      const endpoints = world.state.endpoints.filter((endpoint) => {
        const service = world.serviceBehind(endpoint);
        return (
          endpoint.region === region.id &&
          (filters.EndpointId === undefined || endpoint.endpointId === filters.EndpointId) &&
          (filters.EndpointName === undefined || endpoint.name === filters.EndpointName) &&
          (filters.EndpointStatus === undefined || endpoint.status === filters.EndpointStatus) &&
          (filters.EndpointType ?? 'Interface') === 'Interface' &&
          (filters.ConnectionStatus === undefined ||
            endpoint.connectionStatus === filters.ConnectionStatus) &&
          (filters.ServiceName === undefined || service?.serviceName === filters.ServiceName) &&
          (filters.ServiceRegionId === undefined || service?.region === filters.ServiceRegionId) &&
          (filters.VpcId === undefined || endpoint.vpcId === filters.VpcId) &&
          (filters.AddressIpVersion ?? 'IPv4') === 'IPv4' &&
          hasTags(endpoint.tags, filters.Tag)
        );
      });
      const page = pageByToken(endpoints, MaxResults ?? DEFAULT_PAGE, NextToken, filters, BAD_TOKEN);
      return {
        Endpoints: page.items.map((endpoint) => ({
          ...endpointBody(world, endpoint),
          ...READ_EXTRAS,
          RegionId: endpoint.region,
          ProtectedEnabled: endpoint.protectedBy !== '',
          ResourceOwner: false,
          Tags: endpoint.tags.map(({ key, value }) => ({ Key: key, Value: value })),
        })),
        MaxResults: MaxResults ?? DEFAULT_PAGE,
        NextToken: page.nextToken,
        TotalCount: endpoints.length,
      };
    },
  }),
  operation({
    product: 'privatelink',
    action: 'ListVpcEndpointZones',
    parameters: { RegionId: REGION, EndpointId: REQUIRED_TEXT, MaxResults: MAX_RESULTS, NextToken: TEXT },
    run: ({ MaxResults, NextToken, ...filters }, { world }) => {
      const endpoint = endpointOrRefuse(world, filters.RegionId, filters.EndpointId);
      const service = world.serviceBehind(endpoint);
      const page = pageByToken(endpoint.zones, MaxResults ?? DEFAULT_PAGE, NextToken, filters, BAD_TOKEN);
      return {
        Zones: page.items.map((zone) => zoneBody(endpoint, zone, service)),
        MaxResults: MaxResults ?? DEFAULT_PAGE,
        NextToken: page.nextToken,
        TotalCount: endpoint.zones.length,
      };
    },
  }),
  operation({
    product: 'privatelink',
    action: 'ListVpcEndpointSecurityGroups',
    parameters: {
      RegionId: REGION,
      EndpointId: REQUIRED_TEXT,
      MaxResults: { kind: 'integer', min: 1, max: 50 },
      NextToken: TEXT,
    },
    run: ({ MaxResults, NextToken, ...filters }, { world }) => {
      const { securityGroups } = endpointOrRefuse(world, filters.RegionId, filters.EndpointId);
      const page = pageByToken(securityGroups, MaxResults ?? DEFAULT_PAGE, NextToken, filters, BAD_TOKEN);
      return {
        SecurityGroups: page.items.map((group) => ({
          SecurityGroupId: group.securityGroupId,
          SecurityGroupStatus: group.status,
        })),
        MaxResults: MaxResults ?? DEFAULT_PAGE,
        NextToken: page.nextToken,
        TotalCount: securityGroups.length,
      };
    },
  }),
];

function zoneBody(endpoint: Endpoint, zone: EndpointZone, service: PrivateLinkService | undefined): object {
  return {
    ZoneId: zone.zoneId,
    VSwitchId: zone.vSwitchId,
    EniId: zone.eniId,
    EniIp: zone.eniIp,
    ZoneDomain: `${endpoint.endpointId}-${zone.zoneId}.${service?.serviceDomain ?? ''}`,
    ZoneIpv6Address: '',
    ZoneStatus: zone.status,
    RegionId: endpoint.region,
  };
}
