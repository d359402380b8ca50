import * as v from 'valibot';
import {
  endpointConnectionStates,
  privateLinkServiceStates,
  type CloudProvider,
  type EndpointConnection,
  type HostingAccount,
  type Instance,
  type InstanceEndpoint,
  type PrivateLinkService,
  type PublicConnectionSetting,
  type Region,
} from '../../core/model';
import { listOf, oneOf, text } from '../decode';

/**
 * Raw answers of TiDB Cloud v1beta2 and how they become the field's words. The gateway may leave out any field that is
 * unset.
 */

const providers = ['alicloud', 'aws', 'gcp', 'azure'] as const;
const endpointTypes = [
  'PUBLIC',
  'PRIVATE_ENDPOINT',
  'VPC_PEERING',
] as const satisfies readonly InstanceEndpoint['type'][];

const id = v.pipe(v.string(), v.nonEmpty());
const flag = v.nullish(v.boolean());

const rawEndpoint = v.object({
  host: text,
  port: v.nullish(v.number()),
  connectionType: oneOf(endpointTypes, 'UNKNOWN'),
  connectionReachability: v.nullish(
    v.object({
      reachable: flag,
      detail: v.nullish(
        v.object({ serviceActive: flag, endpointActive: flag, dnsReachable: flag, message: text }),
      ),
    }),
  ),
});

const rawTidb = v.object({
  tidbId: id,
  displayName: text,
  regionId: text,
  regionDisplayName: text,
  cloudProvider: text,
  servicePlan: text,
  state: text,
  labels: v.nullish(v.record(v.string(), v.string()), {}),
  tidbVersion: text,
  endpoints: listOf(rawEndpoint),
});

export const connection = v.object({
  privateEndpointConnectionId: text,
  endpointId: text,
  privateDomainName: text,
  endpointState: oneOf(endpointConnectionStates, 'UNKNOWN'),
  message: text,
  privateLinkServiceState: oneOf(privateLinkServiceStates, 'UNKNOWN'),
  host: text,
  port: v.nullish(v.union([v.string(), v.number()]), ''),
});

export const tidb = v.pipe(rawTidb, v.transform(toInstance));

export const tidbPage = v.object({ tidbs: listOf(tidb), nextPageToken: text });

export const privateLinkService = v.object({
  serviceName: text,
  serviceDnsName: text,
  availableZones: listOf(v.string()),
  servicePort: v.nullish(v.number()),
  state: oneOf(privateLinkServiceStates, 'UNKNOWN'),
});

export const connectionPage = v.object({
  privateEndpointConnections: listOf(connection),
  nextPageToken: text,
});

export const caCertificateUrl = v.object({ uri: id });

/** For calls whose answer says nothing: an empty body, or an object of whatever content. */
export const nothing = v.optional(v.object({}));

const rawRegion = v.object({
  regionId: id,
  cloudProvider: text,
  displayName: text,
  servicePlans: listOf(v.string()),
});

export const region = v.pipe(rawRegion, v.transform(toRegion));

export const regionPage = v.object({ regions: listOf(region), nextPageToken: text });

const rawHostingAccount = v.object({
  tidbId: id,
  cloudProvider: text,
  tidbCloudAccountId: text,
  tidbCloudAccountExternalId: text,
});

export const hostingAccount = v.pipe(rawHostingAccount, v.transform(toHostingAccount));

const rawPublicConnectionSetting = v.object({
  enabled: flag,
  ipAccessList: listOf(v.object({ cidrNotation: v.string(), description: text })),
  egressIps: listOf(v.string()),
});

export const publicConnectionSetting = v.pipe(
  rawPublicConnectionSetting,
  v.transform(toPublicConnectionSetting),
);

function toInstance(raw: v.InferOutput<typeof rawTidb>): Instance {
  const projectId = raw.labels['tidb.cloud/project'] ?? '';
  const organizationId = raw.labels['tidb.cloud/organization'] ?? '';
  return {
    id: raw.tidbId,
    name: raw.displayName,
    regionId: raw.regionId,
    regionName: raw.regionDisplayName,
    cloudProvider: providerOf(raw.cloudProvider, raw.regionId),
    servicePlan: raw.servicePlan,
    state: raw.state,
    ...(projectId === '' ? {} : { projectId }),
    ...(organizationId === '' ? {} : { organizationId }),
    ...(raw.tidbVersion === '' ? {} : { version: raw.tidbVersion }),
    endpoints: raw.endpoints.map(toEndpoint).filter((endpoint) => endpoint !== undefined),
  };
}

/** Undefined for one that has no address yet: for Alibaba Cloud it comes with the first connection. */
function toEndpoint(raw: v.InferOutput<typeof rawEndpoint>): InstanceEndpoint | undefined {
  const port = portOf(raw.port ?? '');
  if (raw.host === '' || port === undefined) {
    return undefined;
  }
  return {
    host: raw.host,
    port,
    type: raw.connectionType,
    ...(raw.connectionReachability == null
      ? {}
      : { reachability: toReachability(raw.connectionReachability) }),
  };
}

/** The gateway may leave out a value that is false; of what is in `detail` that would say too much. */
function toReachability(
  raw: NonNullable<v.InferOutput<typeof rawEndpoint>['connectionReachability']>,
): NonNullable<InstanceEndpoint['reachability']> {
  const { serviceActive, endpointActive, dnsReachable, message = '' } = raw.detail ?? {};
  return {
    reachable: raw.reachable ?? false,
    ...(serviceActive == null ? {} : { serviceActive }),
    ...(endpointActive == null ? {} : { endpointActive }),
    ...(dnsReachable == null ? {} : { dnsReachable }),
    ...(message === '' ? {} : { message }),
  };
}

function toRegion(raw: v.InferOutput<typeof rawRegion>): Region {
  return {
    id: raw.regionId,
    name: raw.displayName,
    cloudProvider: providerOf(raw.cloudProvider, raw.regionId),
    servicePlans: raw.servicePlans,
  };
}

function toHostingAccount(raw: v.InferOutput<typeof rawHostingAccount>): HostingAccount {
  return {
    cloudProvider: providerOf(raw.cloudProvider, ''),
    accountId: raw.tidbCloudAccountId,
    ...(raw.tidbCloudAccountExternalId === '' ? {} : { externalId: raw.tidbCloudAccountExternalId }),
  };
}

function toPublicConnectionSetting(
  raw: v.InferOutput<typeof rawPublicConnectionSetting>,
): PublicConnectionSetting {
  return {
    ...(raw.enabled == null ? {} : { enabled: raw.enabled }),
    ipAccessList: raw.ipAccessList.map(({ cidrNotation, description }) => ({
      cidr: cidrNotation,
      description,
    })),
    egressIps: raw.egressIps,
  };
}

/** Spelled in either case; where it is left out the region id begins with it. */
function providerOf(name: string, regionId: string): CloudProvider {
  const spelled = (name === '' ? (regionId.split('-')[0] ?? '') : name).toLowerCase();
  return providers.find((provider) => provider === spelled) ?? 'unknown';
}

/** The port on the service where the answer leaves it out. */
const usualPort = 4000;

export function toPrivateLinkService(
  raw: v.InferOutput<typeof privateLinkService>,
  instanceId: string,
): PrivateLinkService {
  return {
    instanceId,
    serviceName: raw.serviceName,
    serviceDnsName: raw.serviceDnsName,
    availableZones: raw.availableZones,
    port: raw.servicePort ?? usualPort,
    state: raw.state,
  };
}

export function toConnection(raw: v.InferOutput<typeof connection>, instanceId: string): EndpointConnection {
  const port = portOf(raw.port);
  return {
    id: raw.privateEndpointConnectionId,
    instanceId,
    endpointId: raw.endpointId,
    state: raw.endpointState,
    serviceState: raw.privateLinkServiceState,
    ...(raw.privateDomainName === '' ? {} : { privateDomainName: raw.privateDomainName }),
    ...(raw.message === '' ? {} : { message: raw.message }),
    ...(raw.host === '' ? {} : { host: raw.host }),
    ...(port === undefined ? {} : { port }),
  };
}

/** A decimal string, leading zeros allowed. */
function portOf(raw: string | number): number | undefined {
  const port = /^\d+$/.test(String(raw)) ? Number(raw) : Number.NaN;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
