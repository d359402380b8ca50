import { AppError } from '../../core/errors';
import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { unless } from './errors';
import { byToken } from './lists';
import * as map from './map';
import { centralRegion, privateLinkPageSize, rates } from './operation';

const asking = { product: 'privatelink', token: 'none' } as const;
const operations = {
  checkOpen: { ...asking, name: 'CheckProductOpen', rate: rates.write, answer: map.productOpen },
  // A second time it answers OrderOpend.
  open: { ...asking, name: 'OpenPrivateLinkService', rate: rates.open, answer: map.nothing },
  regions: { ...asking, name: 'DescribeRegions', rate: rates.read, answer: map.regions },
  zones: { ...asking, name: 'DescribeZones', rate: rates.read, answer: map.zones },
  services: {
    ...asking,
    name: 'ListVpcEndpointServicesByEndUser',
    rate: rates.read,
    answer: map.endpointServicePage,
  },
} as const;

/** PrivateLink 2020-04-15: whether and where it is there, and the services in it. */
export const privateLinkApi = (
  caller: AlibabaCaller,
): Pick<
  AlibabaCloudApi,
  | 'isPrivateLinkOpen'
  | 'openPrivateLink'
  | 'listPrivateLinkRegions'
  | 'listPrivateLinkZones'
  | 'findEndpointService'
> => ({
  async isPrivateLinkOpen(regionId, signal) {
    try {
      const answer = await caller.call(operations.checkOpen, regionId, {}, signal);
      return answer.Success;
    } catch (error) {
      if (AppError.is(error) && error.code === 'notOpen') {
        return false;
      }
      throw error;
    }
  },

  async openPrivateLink(signal) {
    await unless(['OrderOpend'], () => caller.call(operations.open, centralRegion, {}, signal));
  },

  listPrivateLinkRegions: (signal) => caller.call(operations.regions, centralRegion, {}, signal),

  listPrivateLinkZones: (regionId, signal) =>
    caller.call(operations.zones, regionId, { RegionId: regionId }, signal),

  async findEndpointService(regionId, serviceName, signal) {
    const filter = { RegionId: regionId, ServiceName: serviceName, MaxResults: privateLinkPageSize };
    const services = byToken(operations.services, signal, async (NextToken) => {
      const page = await caller.call(operations.services, regionId, { ...filter, NextToken }, signal);
      return { items: page.Services, next: page.NextToken };
    });
    for await (const service of services) {
      if (service.serviceName === serviceName) {
        return service;
      }
    }
    return undefined;
  },
});
