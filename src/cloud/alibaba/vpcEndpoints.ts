import type { VpcEndpointSpec } from '../../core/model';
import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { unless } from './errors';
import { byToken } from './lists';
import * as map from './map';
import { privateLinkPageSize, rates } from './operation';

const reading = { product: 'privatelink', token: 'none' } as const;
const operations = {
  create: {
    product: 'privatelink',
    name: 'CreateVpcEndpoint',
    token: 'given',
    rate: rates.write,
    answer: map.endpoint,
  },
  // Its own token: one that a dry run has used must not be the real create's.
  dryRun: {
    product: 'privatelink',
    name: 'CreateVpcEndpoint',
    token: 'own',
    rate: rates.write,
    answer: map.nothing,
  },
  get: { ...reading, name: 'GetVpcEndpointAttribute', rate: rates.write, answer: map.endpoint },
  list: { ...reading, name: 'ListVpcEndpoints', rate: rates.read, answer: map.endpointPage },
  listZones: { ...reading, name: 'ListVpcEndpointZones', rate: rates.read, answer: map.endpointZonePage },
  listSecurityGroups: {
    ...reading,
    name: 'ListVpcEndpointSecurityGroups',
    rate: rates.write,
    answer: map.attachedSecurityGroupPage,
  },
} as const;

/** PrivateLink 2020-04-15: endpoints, made and read. */
export const vpcEndpointsApi = (
  caller: AlibabaCaller,
): Pick<
  AlibabaCloudApi,
  | 'dryRunCreateEndpoint'
  | 'createEndpoint'
  | 'getEndpoint'
  | 'listEndpoints'
  | 'listEndpointZones'
  | 'listEndpointSecurityGroups'
> => ({
  async dryRunCreateEndpoint(spec, signal) {
    const parameters = { ...parametersOf(spec), DryRun: true };
    await unless(['DryRunOperation'], () =>
      caller.call(operations.dryRun, spec.regionId, parameters, signal),
    );
  },

  async createEndpoint(spec, clientToken, signal) {
    const raw = await caller.create(
      operations.create,
      spec.regionId,
      parametersOf(spec),
      clientToken,
      signal,
    );
    return { ...map.toEndpoint(raw, spec.regionId), tags: spec.tags };
  },

  async getEndpoint(regionId, endpointId, signal) {
    const parameters = { RegionId: regionId, EndpointId: endpointId };
    const raw = await unless(['EndpointNotFound'], () =>
      caller.call(operations.get, regionId, parameters, signal),
    );
    return raw === undefined ? undefined : map.toEndpoint(raw, regionId);
  },

  listEndpoints(regionId, { serviceName, vpcId }, signal) {
    const filter = {
      RegionId: regionId,
      EndpointType: 'Interface',
      ServiceName: serviceName,
      VpcId: vpcId,
      MaxResults: privateLinkPageSize,
    };
    return byToken(operations.list, signal, async (NextToken) => {
      const page = await caller.call(operations.list, regionId, { ...filter, NextToken }, signal);
      return { items: page.Endpoints.map((raw) => map.toEndpoint(raw, regionId)), next: page.NextToken };
    });
  },

  listEndpointZones(regionId, endpointId, signal) {
    const filter = { RegionId: regionId, EndpointId: endpointId, MaxResults: privateLinkPageSize };
    return byToken(operations.listZones, signal, async (NextToken) => {
      const page = await caller.call(operations.listZones, regionId, { ...filter, NextToken }, signal);
      return { items: page.Zones, next: page.NextToken };
    });
  },

  listEndpointSecurityGroups(regionId, endpointId, signal) {
    const filter = { RegionId: regionId, EndpointId: endpointId, MaxResults: privateLinkPageSize };
    return byToken(operations.listSecurityGroups, signal, async (NextToken) => {
      const parameters = { ...filter, NextToken };
      const page = await caller.call(operations.listSecurityGroups, regionId, parameters, signal);
      return { items: page.SecurityGroups, next: page.NextToken };
    });
  },
});

const parametersOf = (spec: VpcEndpointSpec) => ({
  RegionId: spec.regionId,
  VpcId: spec.vpcId,
  ServiceName: spec.serviceName,
  EndpointType: 'Interface',
  EndpointName: spec.name,
  SecurityGroupId: spec.securityGroupIds,
  Zone: spec.zones.map(({ zoneId, vSwitchId }) => ({ ZoneId: zoneId, VSwitchId: vSwitchId })),
  Tag: Object.entries(spec.tags).map(([Key, Value]) => ({ Key, Value })),
});
