import * as v from 'valibot';
import type {
  CloudProvider,
  EndpointConnection,
  EndpointConnectionState,
  Instance,
  PrivateLinkService,
  PrivateLinkServiceState,
} from '../../core/model';
import { listOf, oneOf, text } from '../decode';

/**
 * Raw answers of TiDB Cloud v1beta2 and how they become the field's words. The gateway may leave out any field that is
 * unset.
 */

const providers = ['alicloud', 'aws', 'gcp', 'azure'] as const;
const serviceStates = [
  'CREATING',
  'ACTIVE',
  'DELETING',
] as const satisfies readonly PrivateLinkServiceState[];
const connectionStates = [
  'DISCOVERED',
  'PENDING',
  'ACTIVE',
  'DELETING',
  'FAILED',
] as const satisfies readonly EndpointConnectionState[];

const id = v.pipe(v.string(), v.nonEmpty());

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
});

export const connection = v.object({
  privateEndpointConnectionId: text,
  endpointId: text,
  privateDomainName: text,
  endpointState: oneOf(connectionStates, 'UNKNOWN'),
  message: text,
  privateLinkServiceState: oneOf(serviceStates, 'UNKNOWN'),
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
  state: oneOf(serviceStates, 'UNKNOWN'),
});

export const connectionPage = v.object({
  privateEndpointConnections: listOf(connection),
  nextPageToken: text,
});

export const caCertificateUrl = v.object({ uri: id });

function toInstance(raw: v.InferOutput<typeof rawTidb>): Instance {
  const projectId = raw.labels['tidb.cloud/project'] ?? '';
  return {
    id: raw.tidbId,
    name: raw.displayName,
    regionId: raw.regionId,
    regionName: raw.regionDisplayName,
    cloudProvider: providerOf(raw.cloudProvider, raw.regionId),
    servicePlan: raw.servicePlan,
    state: raw.state,
    ...(projectId === '' ? {} : { projectId }),
    ...(raw.tidbVersion === '' ? {} : { version: raw.tidbVersion }),
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
