import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors';
import type {
  CallerIdentity,
  EndpointService,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
  VpcEndpoint,
  VpcEndpointSpec,
  VSwitch,
} from '../../core/model';
import type { AlibabaCloudApi } from '../../core/ports';
import type { Page } from '../paging';
import { pageThrough } from '../paging';
import type { AlibabaCaller } from './caller';
import { source } from './errors';
import type { Parameters } from './flatten';
import * as map from './map';

/** Every operation used, with the schema of its answer. */
const operations = {
  getCallerIdentity: { product: 'sts', name: 'GetCallerIdentity', answer: map.callerIdentity },
  checkProductOpen: { product: 'privatelink', name: 'CheckProductOpen', answer: map.productOpen },
  openPrivateLink: { product: 'privatelink', name: 'OpenPrivateLinkService', answer: map.nothing },
  listServices: {
    product: 'privatelink',
    name: 'ListVpcEndpointServicesByEndUser',
    answer: map.endpointServicePage,
  },
  createEndpoint: { product: 'privatelink', name: 'CreateVpcEndpoint', answer: map.endpoint },
  dryRunEndpoint: { product: 'privatelink', name: 'CreateVpcEndpoint', answer: map.nothing },
  getEndpoint: { product: 'privatelink', name: 'GetVpcEndpointAttribute', answer: map.endpoint },
  listEndpoints: { product: 'privatelink', name: 'ListVpcEndpoints', answer: map.endpointPage },
  listVpcs: { product: 'vpc', name: 'DescribeVpcs', answer: map.vpcPage },
  listVSwitches: { product: 'vpc', name: 'DescribeVSwitches', answer: map.vSwitchPage },
  listSecurityGroups: { product: 'ecs', name: 'DescribeSecurityGroups', answer: map.securityGroupPage },
  listRules: { product: 'ecs', name: 'DescribeSecurityGroupAttribute', answer: map.rulePage },
} as const;

/** The products' largest pages that every version of their documents allows. */
const pageSizes = { privatelink: 50, vpc: 50, securityGroups: 100, rules: 500 } as const;
/** Where what belongs to no region is asked. */
const centralRegion = 'cn-hangzhou';

/** PrivateLink 2020-04-15, VPC 2016-04-28, ECS 2014-05-26 and STS 2015-04-01, as far as a private endpoint needs them. */
export class AlibabaCloudClient implements AlibabaCloudApi {
  constructor(private readonly caller: AlibabaCaller) {}

  getCallerIdentity(signal?: AbortSignal): Promise<CallerIdentity> {
    return this.caller.call(operations.getCallerIdentity, centralRegion, {}, signal);
  }

  async isPrivateLinkOpen(regionId: string, signal?: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.caller.call(operations.checkProductOpen, regionId, {}, signal);
      return answer.Success;
    } catch (error) {
      if (AppError.is(error) && error.code === 'notOpen') {
        return false;
      }
      throw error;
    }
  }

  async openPrivateLink(signal?: AbortSignal): Promise<void> {
    await this.unless('OrderOpend', () =>
      this.caller.call(operations.openPrivateLink, centralRegion, {}, signal),
    );
  }

  async findEndpointService(
    regionId: string,
    serviceName: string,
    signal?: AbortSignal,
  ): Promise<EndpointService | undefined> {
    const filter = { ServiceName: serviceName, MaxResults: pageSizes.privatelink };
    const services = this.byToken(operations.listServices.name, signal, async (NextToken) => {
      const parameters = { RegionId: regionId, ...filter, NextToken };
      const page = await this.caller.call(operations.listServices, regionId, parameters, signal);
      return { items: page.Services, next: page.NextToken };
    });
    for await (const service of services) {
      if (service.serviceName === serviceName) {
        return service;
      }
    }
    return undefined;
  }

  listVpcs(regionId: string, signal?: AbortSignal): AsyncIterable<Vpc> {
    return this.byNumber(operations.listVpcs.name, signal, async (paging) => {
      const page = await this.caller.call(
        operations.listVpcs,
        regionId,
        { RegionId: regionId, ...paging },
        signal,
      );
      return { items: page.Vpcs, total: page.TotalCount };
    });
  }

  listVSwitches(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<VSwitch> {
    return this.byNumber(operations.listVSwitches.name, signal, async (paging) => {
      const parameters = { RegionId: regionId, VpcId: vpcId, ...paging };
      const page = await this.caller.call(operations.listVSwitches, regionId, parameters, signal);
      return { items: page.VSwitches, total: page.TotalCount };
    });
  }

  listSecurityGroups(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<SecurityGroup> {
    const filter = { RegionId: regionId, VpcId: vpcId, MaxResults: pageSizes.securityGroups };
    return this.byToken(operations.listSecurityGroups.name, signal, async (NextToken) => {
      const parameters = { ...filter, NextToken };
      const page = await this.caller.call(operations.listSecurityGroups, regionId, parameters, signal);
      return { items: page.SecurityGroups, next: page.NextToken };
    });
  }

  listIngressRules(
    regionId: string,
    securityGroupId: string,
    signal?: AbortSignal,
  ): AsyncIterable<SecurityGroupRule> {
    const filter = {
      RegionId: regionId,
      SecurityGroupId: securityGroupId,
      Direction: 'ingress',
      NicType: 'intranet',
      MaxResults: pageSizes.rules,
    };
    return this.byToken(operations.listRules.name, signal, async (NextToken) => {
      const page = await this.caller.call(operations.listRules, regionId, { ...filter, NextToken }, signal);
      return { items: page.Permissions, next: page.NextToken };
    });
  }

  async dryRunCreateEndpoint(spec: VpcEndpointSpec, signal?: AbortSignal): Promise<void> {
    // Its own token: one that a dry run has used must not be the real create's.
    const parameters = { ...parametersOf(spec), DryRun: true, ClientToken: randomUUID() };
    await this.unless('DryRunOperation', () =>
      this.caller.call(operations.dryRunEndpoint, spec.regionId, parameters, signal),
    );
  }

  async createEndpoint(
    spec: VpcEndpointSpec,
    clientToken: string,
    signal?: AbortSignal,
  ): Promise<VpcEndpoint> {
    const parameters = { ...parametersOf(spec), ClientToken: clientToken };
    const raw = await this.caller.call(operations.createEndpoint, spec.regionId, parameters, signal);
    return { ...map.toEndpoint(raw, spec.regionId), tags: spec.tags };
  }

  async getEndpoint(
    regionId: string,
    endpointId: string,
    signal?: AbortSignal,
  ): Promise<VpcEndpoint | undefined> {
    const parameters = { RegionId: regionId, EndpointId: endpointId };
    const raw = await this.unless('EndpointNotFound', () =>
      this.caller.call(operations.getEndpoint, regionId, parameters, signal),
    );
    return raw === undefined ? undefined : map.toEndpoint(raw, regionId);
  }

  listEndpoints(
    regionId: string,
    filter: { readonly serviceName?: string; readonly vpcId?: string },
    signal?: AbortSignal,
  ): AsyncIterable<VpcEndpoint> {
    const parameters = {
      RegionId: regionId,
      EndpointType: 'Interface',
      ServiceName: filter.serviceName,
      VpcId: filter.vpcId,
      MaxResults: pageSizes.privatelink,
    };
    return this.byToken(operations.listEndpoints.name, signal, async (NextToken) => {
      const page = await this.caller.call(
        operations.listEndpoints,
        regionId,
        { ...parameters, NextToken },
        signal,
      );
      return { items: page.Endpoints.map((raw) => map.toEndpoint(raw, regionId)), next: page.NextToken };
    });
  }

  /** Undefined when the call fails with this one code, which says that all is well. */
  private async unless<T>(serviceCode: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (AppError.is(error) && error.details.serviceCode === serviceCode) {
        return undefined;
      }
      throw error;
    }
  }

  private byToken<T>(
    operation: string,
    signal: AbortSignal | undefined,
    fetchPage: (token: string | undefined) => Promise<Page<T>>,
  ): AsyncGenerator<T, void, undefined> {
    return pageThrough(source, operation, fetchPage, signal);
  }

  /** Lists that count their pages: the number takes the token's place. */
  private byNumber<T>(
    operation: string,
    signal: AbortSignal | undefined,
    fetchPage: (paging: {
      PageNumber: number;
      PageSize: number;
    }) => Promise<{ items: readonly T[]; total: number }>,
  ): AsyncGenerator<T, void, undefined> {
    return pageThrough(
      source,
      operation,
      async (token) => {
        const PageNumber = Number(token ?? 1);
        const { items, total } = await fetchPage({ PageNumber, PageSize: pageSizes.vpc });
        const more = items.length > 0 && PageNumber * pageSizes.vpc < total;
        return { items, next: more ? String(PageNumber + 1) : undefined };
      },
      signal,
    );
  }
}

function parametersOf(spec: VpcEndpointSpec): Parameters {
  return {
    RegionId: spec.regionId,
    VpcId: spec.vpcId,
    ServiceName: spec.serviceName,
    EndpointType: 'Interface',
    EndpointName: spec.name,
    SecurityGroupId: spec.securityGroupIds,
    Zone: spec.zones.map(({ zoneId, vSwitchId }) => ({ ZoneId: zoneId, VSwitchId: vSwitchId })),
    Tag: Object.entries(spec.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
