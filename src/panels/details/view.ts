import { AppError, wordingOf } from '../../core/errors';
import { endpointName, verdictOf, type HealthLevel, type PrivateEndpoint } from '../../core/health';
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
import type {
  DetailFact,
  DetailSecurityGroup,
  DetailsProblem,
  DetailsState,
  DetailZone,
  EndpointFacts,
} from '../../protocol/details';
import type { EndpointRef } from '../../services/connections';
import type { EndpointRecord } from '../../services/health/book';
import { rulesAbout, type EndpointDetails, type GroupDetails } from '../../services/health/endpointDetails';
import type { PastHealth } from '../../services/health/history';
import type { InstanceDetails } from '../../services/detailsReader';
import { actionsOf, actionsWithoutEndpoint } from './actions';

/** What is known of an endpoint, as far as anything is. */
export interface Seen {
  readonly ref: EndpointRef;
  readonly sandbox: boolean;
  /** Of the list of instances; an error also where only one of several accounts could not be listed. */
  readonly listing: Pick<Loadable<unknown>, 'loading' | 'error'> & { readonly isWhole: boolean };
  readonly instance: Instance | undefined;
  /** What was read of the instance. */
  readonly read: Loadable<InstanceDetails>;
  readonly endpoint: PrivateEndpoint | undefined;
  readonly record: EndpointRecord | undefined;
  readonly reachability: InstanceEndpoint['reachability'];
  readonly details: Loadable<EndpointDetails>;
  /** Somebody is signed in to Alibaba Cloud, or may be. */
  readonly hasAlibabaCloud: boolean;
  readonly timeline: readonly PastHealth[];
  readonly isProduction: boolean;
  /** The endpoint is being taken away. */
  readonly removing: boolean;
  /** What it was called when it was there. */
  readonly lastName: string | undefined;
}

/** The usual port of a private link service, while its own is not known. */
const usualPort = 4000;

/** Everything about one endpoint, from both clouds and from here, in a person's words; or why there is nothing. */
export function detailsState(seen: Seen): DetailsState {
  const { ref, sandbox, listing, instance, read, endpoint, details, timeline, lastName } = seen;
  const { instanceId, endpointId } = ref;
  const isThere = instance !== undefined && endpoint !== undefined;
  return {
    ref: { instanceId, endpointId },
    sandbox,
    title: isThere ? endpointName(endpoint) : (lastName ?? endpointId),
    instance: instance?.name ?? instanceId,
    ...healthOf(seen),
    ...(isThere && { endpoint: factsOf(seen, instance, endpoint) }),
    timeline: timeline.map(({ isFirst, ...change }) => ({ ...change, ...(isFirst === true && { isFirst }) })),
    actions: isThere
      ? actionsOf({ ...seen, endpoint })
      : instance === undefined
        ? []
        : actionsWithoutEndpoint,
    loading: read.loading || details.loading || (instance === undefined && listing.loading),
    problems: problemsOf(errorsOf(seen)),
  };
}

/** Why something is missing, each reason once. */
export function errorsOf(seen: Seen): readonly unknown[] {
  const { listing, instance, read, endpoint, details, hasAlibabaCloud } = seen;
  const needsAlibabaCloud =
    instance !== undefined && read.value !== undefined && endpoint?.endpoint === undefined;
  return [
    instance === undefined ? listing.error : undefined,
    read.error,
    read.value?.alibabaCloudError,
    needsAlibabaCloud && !hasAlibabaCloud
      ? new AppError('notSignedIn', { source: 'Alibaba Cloud' })
      : undefined,
    // Without an endpoint that Alibaba Cloud shows, what was read of it earlier says nothing.
    endpoint?.endpoint === undefined ? undefined : details.error,
  ].filter((error) => error !== undefined);
}

function problemsOf(errors: readonly unknown[]): readonly DetailsProblem[] {
  const problems = errors.map((error): DetailsProblem => {
    const { message, nextStep, remedies } = wordingOf(error);
    return { message, nextStep, actions: remedies.map((id) => ({ id, label: remedyLabel(id) })) };
  });
  return problems.filter(
    ({ message }, at) => problems.findIndex((other) => other.message === message) === at,
  );
}

/** Nothing while the clouds have not told, or do not tell this account. */
function healthOf(seen: Seen): Pick<DetailsState, 'health'> {
  const { instance, endpoint, record, read, listing, hasAlibabaCloud } = seen;
  if (instance !== undefined && endpoint !== undefined) {
    const { level, word, explanation } = record?.verdict ?? verdictOf(endpoint);
    return {
      health: { level, word, explanation, ...(record !== undefined && { sinceMs: record.sinceMs }) },
    };
  }
  if (instance === undefined) {
    return listing.isWhole && listing.error === undefined
      ? gone('This endpoint is gone: no signed-in TiDB Cloud account lists its instance.')
      : {};
  }
  if (read.value === undefined) {
    return {};
  }
  return hasAlibabaCloud && read.value.alibabaCloudError === undefined
    ? gone('This endpoint is gone: neither TiDB Cloud nor a signed-in Alibaba Cloud account lists it.')
    : gone(
        'TiDB Cloud does not list this endpoint. Whether Alibaba Cloud still has it cannot be seen.',
        'Not registered',
      );
}

const gone = (explanation: string, word = 'Gone'): Pick<DetailsState, 'health'> => ({
  health: { level: 'attention', word, explanation },
});

function factsOf(seen: Seen, instance: Instance, endpoint: PrivateEndpoint): EndpointFacts {
  const { record, read, details, reachability } = seen;
  const service = read.value?.service;
  // What was read with an account that does not show it any more is not shown either.
  const value = endpoint.endpoint === undefined ? undefined : details.value;
  const zones = endpoint.endpoint === undefined ? undefined : (record?.zones ?? value?.zones);
  return {
    groups: [
      { name: 'TiDB Cloud', facts: tidbCloudFacts({ instance, service, endpoint, reachability }) },
      { name: 'Alibaba Cloud', facts: alibabaCloudFacts(endpoint) },
      { name: 'From This Machine', facts: machineFacts(record?.reach) },
    ],
    ...(zones !== undefined && { zones: zones.map(zoneRow) }),
    ...(value !== undefined && {
      securityGroups: value.securityGroups.map((group) =>
        groupRow(group, service?.port ?? usualPort, value.cidrBlocks),
      ),
    }),
    latency: (record?.samples ?? []).map(({ atMs, latencyMs }) => ({
      atMs,
      ...(latencyMs !== undefined && { latencyMs }),
    })),
  };
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

interface OfTidbCloud extends Pick<Seen, 'reachability'> {
  readonly instance: Instance;
  readonly service: PrivateLinkService | undefined;
  readonly endpoint: PrivateEndpoint;
}

function tidbCloudFacts({ instance, service, endpoint, reachability }: OfTidbCloud): readonly DetailFact[] {
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
    ...fact('Domain Name', domain === '' ? connection?.privateDomainName : domain),
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

const reachedNote = {
  verified: 'Name, TCP, the greeting of the server, and TLS with a verified certificate; no login.',
  unverified:
    'Name, TCP, the greeting of the server, and TLS; its certificate is not verified before the first SQL session; no login.',
  unknown: 'Name, TCP, and the greeting of the server; no login.',
} as const;

function machineFacts(reach: Reach | undefined): readonly DetailFact[] {
  switch (reach?.kind) {
    case undefined:
      return fact('Private Domain', 'Not tried yet');
    case 'reached':
      return fact('Private Domain', `Answers in ${formatted(reach.latencyMs)}`, {
        level: 'healthy',
        note: reachedNote[reach.tls ?? 'unknown'],
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
  unknown: ['cannot be told whether it lets the VPC in', 'attention'],
};

function groupRow(
  { id, status, rules: all }: GroupDetails,
  port: number,
  cidrBlocks: readonly string[],
): DetailSecurityGroup {
  const { rules, others, check } = rulesAbout(all, port, cidrBlocks);
  const [answer, level] = answers[check];
  return {
    ...{ id, status, level },
    answer:
      rules === undefined
        ? 'its rules cannot be read with this account'
        : cidrBlocks.length > 0
          ? `${answer} on port ${port}`
          : 'the VPC’s addresses cannot be read with this account',
    rules: (rules ?? []).map(ruleText),
    ...(others > 0 && {
      others: `${others} other ${others === 1 ? 'rule is' : 'rules are'} not about TCP port ${port}.`,
    }),
  };
}

function ruleText({ priority, policy, protocol, portRange, sourceCidr }: SecurityGroupRule): string {
  const ports = portRange === '-1/-1' ? 'all ports' : `ports ${portRange}`;
  const source = sourceCidr === '' ? 'a group or prefix list' : sourceCidr;
  return `${policy} ${protocol}, ${ports}, from ${source} (priority ${priority})`;
}
