import type { EndpointConnection, EndpointZone } from '../model';
import { reachabilityOf } from './cause';
import { valueOf } from './facts';
import type { DiagnosisFacts, PortFacts } from './facts';
import { lineOf } from './line';
import type { Line, Said } from './line';

/** What TiDB Cloud and Alibaba Cloud report. */
export function tidbCloudLines(facts: DiagnosisFacts): readonly Line[] {
  const going = { over: facts.finished, begun: true };
  return [
    lineOf(
      { id: 'instance', title: 'Instance', tried: `Ask TiDB Cloud for ${facts.instanceName}` },
      facts.instance,
      {
        ...going,
        say: ({ state, version }) => ({
          outcome: `${state}${version === undefined ? '' : `, ${version}`}.`,
          ...(state !== 'ACTIVE' && { status: 'warning', advice: instanceAdvice(state) }),
        }),
      },
    ),
    lineOf(
      { id: 'service', title: 'Private link service', tried: 'Ask TiDB Cloud for the endpoint service' },
      facts.service,
      {
        ...going,
        say: ({ state, serviceName, port }) => ({
          outcome: `${state}.`,
          details: [`${serviceName || 'no name yet'}, port ${port}`],
          ...(state !== 'ACTIVE' && {
            status: 'warning',
            advice: 'Wait until the service is Active; it belongs to the instance.',
          }),
        }),
      },
    ),
    lineOf(
      {
        id: 'connection',
        title: 'Private endpoint connection',
        tried: `Look for ${facts.endpointId} among the instance’s connections`,
      },
      facts.connection,
      { ...going, say: connectionSaid },
    ),
    reachabilityLine(facts),
  ];
}

const instanceAdvice = (state: string): string =>
  state.startsWith('PAUS') || state === 'RESUMING'
    ? 'Resume the instance in TiDB Cloud and wait until it is Active.'
    : 'Look at the instance in TiDB Cloud.';

function connectionSaid(connection: EndpointConnection | undefined): Said {
  const { message, host, port }: Partial<EndpointConnection> = connection ?? {};
  const details = [
    ...(message ? [`TiDB Cloud says: ${message}`] : []),
    ...(host === undefined ? [] : [`${host}:${port ?? ''}`]),
  ];
  if (connection === undefined) {
    return {
      status: 'failed',
      outcome: 'TiDB Cloud has no connection for this endpoint.',
      advice: 'Register the endpoint: open the creation panel, or TiDB Cloud’s networking page.',
    };
  }
  switch (connection.state) {
    case 'ACTIVE':
      return { outcome: 'Active.', details };
    case 'DISCOVERED':
      return {
        ...{ status: 'failed', outcome: 'Seen, but not registered.', details },
        advice: 'Register the endpoint: open the creation panel, or TiDB Cloud’s networking page.',
      };
    case 'PENDING':
      return {
        ...{ status: 'warning', outcome: 'Pending.', details },
        advice: 'TiDB Cloud is accepting the endpoint; this takes about 5 minutes.',
      };
    case 'FAILED':
      return {
        ...{ status: 'failed', outcome: 'Failed.', details },
        advice: 'Delete the connection and create a new one.',
      };
    case 'DELETING':
      return { status: 'failed', outcome: 'Being deleted.', details };
    case 'UNKNOWN':
      return { status: 'warning', outcome: 'In a state that this version does not know.', details };
  }
}

function reachabilityLine(facts: DiagnosisFacts): Line {
  return lineOf(
    {
      id: 'reachability',
      title: 'Reachability as TiDB Cloud reports it',
      tried: 'Read what TiDB Cloud’s own check of the private domain says',
    },
    facts.instance,
    {
      over: facts.finished,
      begun: true,
      say: () => {
        const said = reachabilityOf(facts);
        if (said === undefined) {
          return { outcome: 'TiDB Cloud says nothing about this domain.' };
        }
        const details = [
          ...(said.dnsReachable === undefined
            ? []
            : [`DNS: ${said.dnsReachable ? 'reachable' : 'not reachable'}`]),
          ...(said.message ? [said.message] : []),
        ];
        return said.reachable
          ? { outcome: 'Reachable.', details }
          : {
              ...{ status: 'warning', outcome: 'Not reachable.', details },
              advice: 'TiDB Cloud’s check may lag behind by minutes; it proves nothing about this machine.',
            };
      },
      fail: () => ({ status: 'failed', outcome: 'TiDB Cloud did not tell.' }),
    },
  );
}

export function alibabaCloudLines(facts: DiagnosisFacts): readonly Line[] {
  const hasEndpoint = valueOf(facts.endpoint) !== undefined;
  const over = facts.finished;
  return [
    lineOf(
      {
        id: 'endpoint',
        title: 'Endpoint',
        tried: `Ask Alibaba Cloud for ${facts.endpointId} in ${facts.regionId}`,
      },
      facts.endpoint,
      {
        over,
        begun: true,
        say: (endpoint) => {
          if (endpoint === undefined) {
            return {
              status: 'warning',
              outcome: 'Not visible to the account that is signed in.',
              advice:
                'Sign in with the Alibaba Cloud account that owns the endpoint, or it has been deleted.',
            };
          }
          const { status, connectionStatus, businessStatus, vpcId, domain } = endpoint;
          const isWell =
            status === 'Active' && connectionStatus === 'Connected' && businessStatus !== 'FinancialLocked';
          return {
            ...(!isWell && { status: 'warning' }),
            outcome: `${status}, ${connectionStatus}, ${businessStatus || 'Normal'}.`,
            details: [`VPC: ${vpcId}`, ...(domain === '' ? [] : [domain])],
            advice: isWell ? undefined : endpointAdvice(connectionStatus, businessStatus),
          };
        },
      },
    ),
    lineOf(
      { id: 'zones', title: 'Zones', tried: 'Ask for the endpoint’s address in each zone' },
      facts.zones,
      {
        over,
        begun: hasEndpoint,
        say: zonesSaid,
      },
    ),
    lineOf(
      {
        id: 'securityGroups',
        title: 'Security groups',
        tried: `Check the rules for TCP on port ${facts.port ?? ''}`,
      },
      facts.ports,
      { over, begun: hasEndpoint, say: portsSaid },
    ),
    {
      id: 'networkAcl',
      title: 'Network ACL',
      status: 'skipped',
      tried: 'Check the network ACLs of the vSwitches',
      outcome: 'Cannot be seen from here.',
      details: [],
      advice:
        'When everything else is well, check that the vSwitch’s network ACL lets the port in and the answers out.',
    },
  ];
}

function endpointAdvice(connectionStatus: string, businessStatus: string): string {
  if (businessStatus === 'FinancialLocked') {
    return 'Settle the overdue payment in Alibaba Cloud.';
  }
  return connectionStatus === 'ServiceDeleted'
    ? 'Delete the endpoint and create a new one.'
    : 'Look at the endpoint in Alibaba Cloud.';
}

function zonesSaid(zones: readonly EndpointZone[]): Said {
  const up = zones.filter(({ status }) => status === 'Connected').length;
  const details = zones.map(({ zoneId, ip, status }) => `${zoneId}: ${ip || 'no address yet'}, ${status}`);
  if (zones.length === 0) {
    return {
      status: 'failed',
      outcome: 'The endpoint is in no zone.',
      advice: 'Add a zone to the endpoint.',
    };
  }
  return up === zones.length
    ? { outcome: up === 1 ? 'Its one zone is Connected.' : `All of its ${up} zones are Connected.`, details }
    : {
        status: up === 0 ? 'failed' : 'warning',
        outcome: `${up} of ${zones.length} zones are Connected.`,
        details,
        advice: 'Look at the zone in Alibaba Cloud; it can be removed from the endpoint and added again.',
      };
}

function portsSaid({ check, groupIds, sources, from, missing }: PortFacts): Said {
  const whom = from === 'here' ? 'this machine' : 'the endpoint’s VPC';
  const details = [
    `Groups: ${groupIds.length === 0 ? 'none' : groupIds.join(', ')}`,
    `Checked for ${sources.length === 0 ? 'nobody' : sources.join(', ')}`,
    ...missing.map(({ portRange, sourceCidr }) => `Missing: TCP ${portRange} from ${sourceCidr}`),
  ];
  switch (check) {
    case 'open':
      return { outcome: `They let ${whom} in.`, details };
    case 'closed':
      return {
        status: 'failed',
        outcome: `They do not let ${whom} in.`,
        details,
        advice: 'Add the missing rule.',
      };
    case 'partly':
      return { status: 'warning', outcome: `They let only a part of ${whom} in.`, details };
    case 'unknown':
      return {
        status: 'warning',
        outcome: `Whether they let ${whom} in cannot be told: rules name groups or lists that cannot be seen from here.`,
        details,
      };
  }
}
