import type { EndpointConnection, VpcEndpoint } from './model';

/** One private endpoint as both clouds see it, joined on the endpoint id. */
export interface PrivateEndpoint {
  readonly instanceId: string;
  readonly endpointId: string;
  /** TiDB Cloud's side; absent when nothing is registered there. */
  readonly connection?: EndpointConnection;
  /** Alibaba Cloud's side; absent without credentials or when it is another account's. */
  readonly endpoint?: VpcEndpoint;
}

/** From best to worst. */
export const healthLevels = ['healthy', 'changing', 'attention', 'failed'] as const;
export type HealthLevel = (typeof healthLevels)[number];

export interface Verdict {
  readonly level: HealthLevel;
  /** The state's name as the clouds print it. */
  readonly word: string;
  /** The guide's explanation, in a sentence. */
  readonly explanation: string;
}

/** What the states of both clouds mean together. */
export function verdictOf({ connection, endpoint }: PrivateEndpoint): Verdict {
  if (endpoint?.connectionStatus === 'ServiceDeleted') {
    return verdict(
      'failed',
      'Service deleted',
      'The private link service is gone. Delete the endpoint and create a new one.',
    );
  }
  if (endpoint?.businessStatus === 'FinancialLocked') {
    return verdict(
      'failed',
      'Locked',
      'Alibaba Cloud has locked the endpoint because of an overdue payment; no traffic flows.',
    );
  }
  if (connection === undefined || connection.state === 'DISCOVERED') {
    return unregistered(endpoint);
  }
  switch (connection.state) {
    case 'ACTIVE':
      if (endpoint?.status === 'Deleting' || endpoint?.connectionStatus === 'Deleting') {
        return endpointDeleting;
      }
      if (endpoint?.connectionStatus === 'Disconnecting') {
        return verdict('changing', 'Disconnecting', 'The endpoint is losing its connection to the service.');
      }
      if (endpoint?.connectionStatus === 'Disconnected') {
        return verdict(
          'failed',
          'Disconnected',
          'TiDB Cloud lists the connection as Active, but the endpoint has lost its connection.',
        );
      }
      return connection.serviceState === 'ACTIVE' || connection.serviceState === 'UNKNOWN'
        ? verdict('healthy', 'Active', 'The private endpoint is ready to use.')
        : verdict(
            'attention',
            'Service not Active',
            'The connection is Active but its private link service is not.',
          );
    case 'PENDING':
      return verdict(
        'changing',
        'Pending',
        'TiDB Cloud is accepting the endpoint. This usually takes about 5 minutes.',
      );
    case 'DELETING':
      return verdict('changing', 'Deleting', 'TiDB Cloud is removing the connection.');
    case 'FAILED':
      return verdict(
        'failed',
        'Failed',
        `TiDB Cloud could not accept the endpoint${connection.message ? ` (${connection.message})` : ''}. Delete the connection and create a new one.`,
      );
    case 'UNKNOWN':
      return verdict('attention', 'Unknown', 'TiDB Cloud reports a state that this version does not know.');
  }
}

function unregistered(endpoint: VpcEndpoint | undefined): Verdict {
  switch (endpoint?.status) {
    case 'Creating':
      return verdict('changing', 'Creating', 'Alibaba Cloud is creating the endpoint.');
    case 'Deleting':
      return endpointDeleting;
    default:
      return verdict(
        'attention',
        'Not registered',
        'The endpoint exists, but TiDB Cloud has no connection for it yet.',
      );
  }
}

const verdict = (level: HealthLevel, word: string, explanation: string): Verdict => ({
  level,
  word,
  explanation,
});

const endpointDeleting = verdict('changing', 'Deleting', 'Alibaba Cloud is removing the endpoint.');

/** What a person calls it. */
export const endpointName = ({ endpoint, endpointId }: PrivateEndpoint): string =>
  endpoint?.name ? endpoint.name : endpointId;

/** There is a connection in TiDB Cloud that can be deleted: one that is registered, and is not going already. */
export const hasConnection = ({ connection }: PrivateEndpoint): boolean =>
  connection !== undefined && connection.state !== 'DISCOVERED' && connection.state !== 'DELETING';

/** There is an endpoint in Alibaba Cloud, seen from here, that is not going already. */
export const hasEndpoint = ({ endpoint }: PrivateEndpoint): boolean =>
  endpoint !== undefined && endpoint.status !== 'Deleting';

/** Joins the two clouds' lists; an endpoint that only one of them knows is kept. */
export function joinEndpoints(
  instanceId: string,
  connections: readonly EndpointConnection[],
  endpoints: readonly VpcEndpoint[],
): readonly PrivateEndpoint[] {
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const joined: PrivateEndpoint[] = connections.map((connection) => {
    const endpoint = byId.get(connection.endpointId);
    byId.delete(connection.endpointId);
    return { instanceId, endpointId: connection.endpointId, connection, ...(endpoint && { endpoint }) };
  });
  return [
    ...joined,
    ...[...byId.values()].map((endpoint) => ({ instanceId, endpointId: endpoint.id, endpoint })),
  ];
}
