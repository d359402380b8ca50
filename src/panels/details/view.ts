import { wordingOf } from '../../core/errors';
import { verdictOf, type HealthLevel, type PrivateEndpoint } from '../../core/health';
import type { Loadable } from '../../core/loadable';
import {
  alibabaRegionOf,
  type EndpointConnection,
  type EndpointZone,
  type Instance,
  type InstanceEndpoint,
  type PrivateLinkService,
  type SecurityGroupRule,
  type VpcEndpoint,
} from '../../core/model';
import type { PortCheck } from '../../core/portCheck';
import type { Reach } from '../../core/reach';
import { remedyLabel } from '../../platform/notifications';
import type { DetailFact, DetailSecurityGroup, DetailsState, DetailZone } from '../../protocol/details';
import type { EndpointRecord } from '../../services/health/book';
import type { EndpointDetails, GroupDetails } from '../../services/health/endpointDetails';
import type { PastHealth } from '../../services/health/history';
import { actionsOf } from './actions';

export interface Seen {
  readonly sandbox: boolean;
  readonly instance: Instance;
  readonly service: PrivateLinkService | undefined;
  readonly endpoint: PrivateEndpoint;
  readonly record: EndpointRecord | undefined;
  readonly reachability: InstanceEndpoint['reachability'];
  readonly details: Loadable<EndpointDetails>;
  readonly timeline: readonly PastHealth[];
}

/** Everything about one endpoint, from both clouds and from here, in a person's words. */
export function detailsState(seen: Seen): DetailsState {
  const { sandbox, instance, endpoint, record, details, timeline } = seen;
  const { level, word, explanation } = record?.verdict ?? verdictOf(endpoint);
  const { value, loading, error } = details;
  return {
    ref: { instanceId: endpoint.instanceId, endpointId: endpoint.endpointId },
    sandbox,
    title: endpoint.endpoint?.name ? endpoint.endpoint.name : endpoint.endpointId,
    instance: instance.name,
    health: {
      ...{ level, word, explanation },
      ...(record !== undefined && { sinceMs: record.sinceMs }),
    },
    groups: [
      { name: 'TiDB Cloud', facts: tidbCloudFacts(seen) },
      { name: 'Alibaba Cloud', facts: alibabaCloudFacts(endpoint) },
      { name: 'From This Machine', facts: machineFacts(record?.reach) },
    ],
    ...(value !== undefined && {
      zones: value.zones.map(zoneRow),
      securityGroups: value.securityGroups.map((group) => groupRow(group, value.cidrBlocks.length > 0)),
    }),
    timeline,
    latency: (record?.samples ?? []).map(({ atMs, latencyMs }) => ({
      atMs,
      ...(latencyMs !== undefined && { latencyMs }),
    })),
    actions: actionsOf(endpoint),
    loading,
    ...(error !== undefined && { problem: problemOf(error) }),
  };
}

function problemOf(error: unknown): NonNullable<DetailsState['problem']> {
  const { message, nextStep, remedies } = wordingOf(error);
  return { message, nextStep, actions: remedies.map((id) => ({ id, label: remedyLabel(id) })) };
}

const fact = (label: string, value: string | undefined, more: Partial<DetailFact> = {}): DetailFact[] =>
  value === undefined || value === '' ? [] : [{ label, value, ...more }];

const sentenceCase = (state: string): string => state.charAt(0) + state.slice(1).toLowerCase();

const connectionLevels: Record<EndpointConnection['state'], HealthLevel> = {
  ACTIVE: 'healthy',
  PENDING: 'changing',
  DELETING: 'changing',
  DISCOVERED: 'attention',
  FAILED: 'failed',
  UNKNOWN: 'attention',
};

function tidbCloudFacts({ instance, service, endpoint, reachability }: Seen): readonly DetailFact[] {
  const { connection } = endpoint;
  return [
    ...fact('Instance', instance.name),
    ...fact('Instance ID', instance.id),
    ...fact('Region', `${instance.regionName} (${instance.regionId})`),
    ...fact('Connection Status', connection && sentenceCase(connection.state), {
      level: connectionLevels[connection?.state ?? 'UNKNOWN'],
      ...(connection?.message ? { note: connection.message } : {}),
    }),
    ...fact('Connection ID', connection?.id),
    ...fact('Private Domain', connection?.host),
    ...fact('Port', connection?.port === undefined ? undefined : String(connection.port)),
    ...fact('Endpoint Service Name', service?.serviceName),
    ...fact('Private Link Service', service && sentenceCase(service.state), {
      level: service?.state === 'ACTIVE' ? 'healthy' : 'attention',
    }),
    ...reachabilityFact(reachability),
  ];
}

function reachabilityFact(reachability: Seen['reachability']): readonly DetailFact[] {
  if (reachability === undefined) {
    return [];
  }
  const { reachable, message } = reachability;
  return fact('Reachability', reachable ? 'Reachable' : 'Not reachable', {
    level: reachable ? 'healthy' : 'attention',
    note: `As TiDB Cloud reports it${message ? `: ${message}` : ''}; no proof that it can be reached from here.`,
  });
}

const endpointLevels: Partial<Record<VpcEndpoint['status'], HealthLevel>> = {
  Active: 'healthy',
  Creating: 'changing',
  Pending: 'changing',
  Deleting: 'changing',
};

const linkLevels: Partial<Record<VpcEndpoint['connectionStatus'], HealthLevel>> = {
  Connected: 'healthy',
  Connecting: 'changing',
  Pending: 'changing',
  Disconnecting: 'changing',
  Deleting: 'changing',
  Disconnected: 'attention',
  ServiceDeleted: 'failed',
};

function alibabaCloudFacts({ endpointId, endpoint, connection }: PrivateEndpoint): readonly DetailFact[] {
  const id = fact('Endpoint ID', endpointId);
  if (endpoint === undefined) {
    return [
      ...id,
      ...fact('Domain Name', connection?.privateDomainName),
      ...fact('Endpoint Status', 'Not visible', {
        level: 'attention',
        note: 'No signed-in Alibaba Cloud account shows this endpoint.',
      }),
    ];
  }
  const { name, domain, status, connectionStatus, businessStatus, vpcId, regionId, tags } = endpoint;
  return [
    ...fact('Endpoint Name', name),
    ...id,
    ...fact('Domain Name', domain),
    ...fact('Endpoint Status', status, { level: endpointLevels[status] ?? 'attention' }),
    ...fact('Endpoint Connection', connectionStatus, { level: linkLevels[connectionStatus] ?? 'attention' }),
    ...fact('Business Status', businessStatus === 'Normal' ? undefined : businessStatus, { level: 'failed' }),
    ...fact('VPC', vpcId),
    ...fact('Region ID', alibabaRegionOf(`alicloud-${regionId}`)),
    ...fact(
      'Tags',
      Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ),
  ];
}

function machineFacts(reach: Reach | undefined): readonly DetailFact[] {
  switch (reach?.kind) {
    case undefined:
      return fact('Private Domain', 'Not tried yet');
    case 'reached':
      return fact('Private Domain', `Answers in ${formatted(reach.latencyMs)}`, {
        level: 'healthy',
        note: 'Name, TCP, TLS with a verified certificate, and the greeting of the server; no login.',
      });
    case 'notFromHere':
      return fact('Private Domain', 'Not reachable from here', {
        level: 'changing',
        note: `This says nothing about the endpoint: ${reach.reason}. It can be reached from inside the VPC, on its VPN, or through a bastion.`,
      });
    case 'broken':
      return fact('Private Domain', 'Not answering', { level: 'failed', note: `${reach.reason}.` });
  }
}

const formatted = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

const zoneLevels: Partial<Record<EndpointZone['status'], HealthLevel>> = {
  Connected: 'healthy',
  Wait: 'changing',
  Creating: 'changing',
  Connecting: 'changing',
  Disconnecting: 'changing',
  Deleting: 'changing',
};

const zoneRow = (zone: EndpointZone): DetailZone => ({
  zoneId: zone.zoneId,
  status: zone.status,
  level: zoneLevels[zone.status] ?? 'attention',
  ip: zone.ip,
  vSwitchId: zone.vSwitchId,
  networkInterfaceId: zone.networkInterfaceId,
});

const answers: Record<PortCheck, readonly [string, HealthLevel]> = {
  open: ['lets the VPC in', 'healthy'],
  partly: ['lets only a part of the VPC in', 'attention'],
  closed: ['lets nothing of the VPC in', 'failed'],
  unknown: ['cannot be told', 'attention'],
};

function groupRow({ id, status, check, rules }: GroupDetails, vpcIsKnown: boolean): DetailSecurityGroup {
  const [answer, level] = answers[check];
  return {
    ...{ id, status, level },
    answer:
      rules === undefined
        ? 'its rules cannot be read with this account'
        : vpcIsKnown
          ? answer
          : 'the VPC’s addresses cannot be read with this account',
    rules: (rules ?? []).map(ruleText),
  };
}

function ruleText({ priority, policy, protocol, portRange, sourceCidr }: SecurityGroupRule): string {
  const ports = portRange === '-1/-1' ? 'all ports' : `ports ${portRange}`;
  const source = sourceCidr === '' ? 'a group or prefix list' : sourceCidr;
  return `${policy} ${protocol}, ${ports}, from ${source} (priority ${priority})`;
}
