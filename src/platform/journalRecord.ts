import * as v from 'valibot';
import type { Creation } from '../core/creation';
import {
  endpointConnectionStates,
  endpointZoneStatuses,
  privateLinkServiceStates,
  vpcConnectionStatuses,
  vpcEndpointStatuses,
} from '../core/model';
import type { JournalRecord } from '../core/ports';

const text = v.pipe(v.string(), v.minLength(1));
const optionalNumber = v.exactOptional(v.number());
const optionalText = v.exactOptional(v.string());

const spec = v.object({
  regionId: text,
  vpcId: text,
  serviceName: text,
  name: text,
  securityGroupIds: v.array(text),
  zones: v.array(v.object({ zoneId: text, vSwitchId: text })),
  tags: v.record(v.string(), v.string()),
});

const creation = v.object({
  id: text,
  instanceId: text,
  instanceName: v.string(),
  regionId: text,
  startedAtMs: v.number(),
  accountId: v.exactOptional(text),
  tidbCloudAccount: v.exactOptional(text),
  alibabaCloudAccount: v.exactOptional(text),
  spec: v.exactOptional(spec),
  clientToken: text,
  endpointId: v.exactOptional(text),
  endpointDomain: optionalText,
  endpointSentAtMs: optionalNumber,
  connectionSentAtMs: optionalNumber,
  acceptance: v.picklist(['api', 'console']),
  registeredAtMs: optionalNumber,
  // TiDB Cloud may leave out the id of a connection.
  recreate: optionalText,
  removal: v.exactOptional(v.object({ connection: v.boolean(), endpoint: v.boolean() })),
  finished: v.exactOptional(
    v.object({ atMs: v.number(), outcome: v.picklist(['active', 'removed', 'abandoned']) }),
  ),
});

const serviceState = v.picklist([...privateLinkServiceStates, 'UNKNOWN']);
const seen = v.object({
  atMs: v.number(),
  service: v.union([
    v.literal('unknown'),
    v.object({
      instanceId: v.string(),
      serviceName: v.string(),
      serviceDnsName: v.string(),
      availableZones: v.array(v.string()),
      port: v.number(),
      state: serviceState,
    }),
  ]),
  endpoint: v.union([
    v.picklist(['absent', 'unknown']),
    v.object({
      id: v.string(),
      name: v.string(),
      regionId: v.string(),
      vpcId: v.string(),
      serviceName: v.string(),
      domain: v.string(),
      status: v.picklist([...vpcEndpointStatuses, 'Unknown']),
      connectionStatus: v.picklist([...vpcConnectionStatuses, 'Unknown']),
      businessStatus: v.string(),
      tags: v.record(v.string(), v.string()),
    }),
  ]),
  connection: v.union([
    v.picklist(['absent', 'unknown']),
    v.object({
      id: v.string(),
      instanceId: v.string(),
      endpointId: v.string(),
      privateDomainName: optionalText,
      state: v.picklist([...endpointConnectionStates, 'UNKNOWN']),
      message: optionalText,
      serviceState,
      host: optionalText,
      port: optionalNumber,
    }),
  ]),
  zones: v.union([
    v.literal('unknown'),
    v.array(
      v.object({
        zoneId: v.string(),
        vSwitchId: v.string(),
        networkInterfaceId: v.string(),
        ip: v.string(),
        domain: v.string(),
        status: v.picklist([...endpointZoneStatuses, 'Unknown']),
      }),
    ),
  ]),
});

const decision = v.variant('kind', [
  v.object({ kind: v.literal('createEndpoint'), spec }),
  v.object({ kind: v.literal('createConnection'), endpointId: text, privateDomainName: text }),
  v.object({ kind: v.literal('deleteConnection'), connectionId: text }),
  v.object({ kind: v.literal('removeZone'), endpointId: text, zoneId: text }),
  v.object({ kind: v.literal('deleteEndpoint'), endpointId: text }),
  v.object({
    kind: v.literal('wait'),
    until: v.picklist([
      'serviceActive',
      'endpointActive',
      'connectionActive',
      'connectionGone',
      'zoneGone',
      'endpointGone',
      'observed',
    ]),
  }),
  v.object({
    kind: v.literal('ask'),
    forWhat: v.picklist(['acceptInConsole', 'endpointDetails', 'deleteInTidbCloud', 'deleteInAlibabaCloud']),
  }),
  v.object({ kind: v.literal('done'), host: v.string(), port: v.number() }),
  v.object({ kind: v.literal('removed') }),
  v.object({
    kind: v.literal('blocked'),
    reason: v.picklist([
      'serviceDeleted',
      'endpointGone',
      'endpointDeleting',
      'financialLocked',
      'connectionFailed',
      'connectionDeleting',
    ]),
    message: optionalText,
  }),
]);

/** What the clouds and the extension itself say of a creation; SQL has no part in it. */
const error = v.object({
  code: v.picklist([
    'notSignedIn',
    'secretsUnavailable',
    'credentialsRejected',
    'credentialsExpired',
    'clockSkew',
    'notAllowed',
    'notFound',
    'conflict',
    'quota',
    'notOpen',
    'throttled',
    'unreachable',
    'timeout',
    'cloudFault',
    'badAnswer',
    'unsupported',
    'invalidInput',
  ]),
  details: v.object({
    source: v.picklist(['TiDB Cloud', 'Alibaba Cloud', 'SQL', 'Extension']),
    reason: optionalText,
    httpStatus: optionalNumber,
    serviceCode: optionalText,
    requestId: optionalText,
    missingPermission: optionalText,
    retryAfterMs: optionalNumber,
    subject: optionalText,
  }),
});

const shown = v.object({
  seen: v.exactOptional(seen),
  decision: v.exactOptional(decision),
  error: v.exactOptional(error),
});

const record = v.object({
  creation,
  // For showing only: what another version wrote and this one does not know is left out.
  shown: v.fallback(v.optional(shown), undefined),
});

/** The text of a file in the journal; undefined when it is no record. Older versions wrote the creation alone. */
export function readRecord(content: string): JournalRecord | undefined {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), content);
  if (!json.success) {
    return undefined;
  }
  const parsed = v.safeParse(record, json.output);
  if (parsed.success) {
    const { shown: last, ...rest } = parsed.output;
    return { ...rest, ...(last !== undefined && { shown: last }) };
  }
  const old = v.safeParse(creation, json.output);
  return old.success ? { creation: withMarks(old.output) } : undefined;
}

export const writeRecord = (content: JournalRecord): string => JSON.stringify(content, undefined, 2);

/** Older versions did not note that they had sent a create call: what they may have made is theirs. */
function withMarks(old: Creation): Creation {
  const { spec, startedAtMs, registeredAtMs, acceptance } = old;
  return {
    ...old,
    ...(spec !== undefined && { endpointSentAtMs: startedAtMs }),
    ...(registeredAtMs !== undefined && acceptance === 'api' && { connectionSentAtMs: registeredAtMs }),
  };
}
