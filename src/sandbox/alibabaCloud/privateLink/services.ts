import type { PrivateLinkService } from '../../world/model';
import { MAX_RESULTS, REGION, TAG_FILTER, TEXT } from '../commonParameters';
import { operation } from '../operation';
import { pageByToken } from '../paging';
import { BAD_TOKEN, DEFAULT_PAGE, regionOrRefuse, requireOpenProduct } from './common';

/** The endpoint services that the account may connect to: here, those of the Alibaba Cloud instances in the region. */
export const serviceOperations = [
  operation({
    product: 'privatelink',
    action: 'ListVpcEndpointServicesByEndUser',
    parameters: {
      RegionId: REGION,
      ServiceName: TEXT,
      ServiceId: TEXT,
      ServiceType: { kind: 'text', values: ['Interface', 'InterfaceAndGateway', 'GatewayLoadBalancer'] },
      ServiceRegionId: TEXT,
      ResourceGroupId: TEXT,
      Tag: TAG_FILTER,
      MaxResults: MAX_RESULTS,
      NextToken: TEXT,
    },
    run: ({ MaxResults, NextToken, ...filters }, { world }) => {
      requireOpenProduct(world);
      const region = regionOrRefuse(filters.ServiceRegionId ?? filters.RegionId);
      const services = world.state.services.filter(
        (service) =>
          world.instance(service.tidbId)?.cloudProvider === 'alicloud' &&
          service.region === region.id &&
          service.state === 'ACTIVE' &&
          (filters.ServiceName === undefined || service.serviceName === filters.ServiceName) &&
          (filters.ServiceId === undefined || service.serviceId === filters.ServiceId) &&
          (filters.ServiceType ?? 'Interface') === 'Interface' &&
          filters.Tag.length === 0,
      );
      const page = pageByToken(services, MaxResults ?? DEFAULT_PAGE, NextToken, filters, BAD_TOKEN);
      return {
        Services: page.items.map(serviceBody),
        MaxResults: MaxResults ?? DEFAULT_PAGE,
        NextToken: page.nextToken,
        TotalCount: String(services.length),
      };
    },
  }),
];

function serviceBody(service: PrivateLinkService): object {
  return {
    ServiceId: service.serviceId,
    ServiceName: service.serviceName,
    ServiceDomain: service.serviceDomain,
    ServiceType: 'Interface',
    ServiceResourceType: 'nlb',
    Zones: service.zones,
    AutoAcceptEnabled: service.autoAccept,
    Payer: 'Endpoint',
    AddressIpVersion: 'IPv4',
    ServiceSupportIPv6: false,
    ZoneAffinityEnabled: false,
    VpcEndpointPolicySupported: false,
    ResourceGroupId: 'rg-provider',
    Tags: [],
  };
}
