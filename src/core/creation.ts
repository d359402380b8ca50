import type { EndpointConnection, EndpointZone, PrivateLinkService, VpcEndpoint, VpcEndpointSpec } from './model';

/**
 * What a person wants of one private endpoint, written to the journal before the first call. It holds what is wanted, what
 * was made for it, and the ids needed to find that again, never a step number: what to do next follows from what the clouds
 * say (`reconcile`).
 */
export interface Creation {
  readonly id: string;
  readonly instanceId: string;
  readonly instanceName: string;
  /** TiDB Cloud region id (`alicloud-…`). */
  readonly regionId: string;
  readonly startedAtMs: number;
  /** Absent when the person creates the endpoint by hand, uses one that exists, or only removes. */
  readonly spec?: VpcEndpointSpec;
  /** Sent with every attempt of the create call, so that however often it is made there is one endpoint. */
  readonly clientToken: string;
  /** The endpoint, once known: from the create answer, from the cloud's list, chosen or typed by the person. */
  readonly endpointId?: string;
  readonly endpointDomain?: string;
  /** When the create call was first sent: from then on the endpoint may exist, and is this creation's to remove. */
  readonly endpointSentAtMs?: number;
  /** When the connection's create call was first sent: from then on the connection is this creation's to remove. */
  readonly connectionSentAtMs?: number;
  /** console: TiDB Cloud does not take the connection by API, the person accepts (and deletes) there. */
  readonly acceptance: 'api' | 'console';
  /** When the connection was seen to be registered; the wait for Active counts from here. */
  readonly registeredAtMs?: number;
  /** The Failed connection (its id) that the person wants deleted and made again. */
  readonly recreate?: string;
  /** No connection is wanted any more; what is to be taken away. An endpoint's connection goes before it. */
  readonly removal?: Removal;
  /** Set when it is over: the connection became Active, all that was to go is gone, or the person gave it up. */
  readonly finished?: { readonly atMs: number; readonly outcome: 'active' | 'removed' | 'abandoned' };
}

export interface Removal {
  readonly connection: boolean;
  readonly endpoint: boolean;
}

/** What the two clouds say. `unknown`: not asked, or not to be seen from here (no credentials). */
export interface Observed {
  readonly atMs: number;
  readonly service: PrivateLinkService | 'unknown';
  readonly endpoint: VpcEndpoint | 'absent' | 'unknown';
  readonly connection: EndpointConnection | 'absent' | 'unknown';
  /** The endpoint's zones; asked for only where the endpoint is to go. */
  readonly zones: readonly EndpointZone[] | 'unknown';
}

export type BlockedReason =
  | 'serviceDeleted'
  | 'endpointGone'
  | 'endpointDeleting'
  | 'financialLocked'
  | 'connectionFailed'
  | 'connectionDeleting';

export type Decision =
  | { readonly kind: 'createEndpoint'; readonly spec: VpcEndpointSpec }
  | { readonly kind: 'createConnection'; readonly endpointId: string; readonly privateDomainName: string }
  | { readonly kind: 'deleteConnection'; readonly connectionId: string }
  | { readonly kind: 'removeZone'; readonly endpointId: string; readonly zoneId: string }
  | { readonly kind: 'deleteEndpoint'; readonly endpointId: string }
  | {
      readonly kind: 'wait';
      readonly until:
        | 'serviceActive'
        | 'endpointActive'
        | 'connectionActive'
        | 'connectionGone'
        | 'zoneGone'
        | 'endpointGone'
        | 'observed';
    }
  | {
      readonly kind: 'ask';
      readonly forWhat: 'acceptInConsole' | 'endpointDetails' | 'deleteInTidbCloud' | 'deleteInAlibabaCloud';
    }
  | { readonly kind: 'done'; readonly host: string; readonly port: number }
  | { readonly kind: 'removed' }
  | { readonly kind: 'blocked'; readonly reason: BlockedReason; readonly message?: string };

/**
 * The one next thing to do. Pure, and total over every combination of states (the joined readiness table of PrivateLink
 * 2020-04-15 and TiDB Cloud v1beta2). Registration does not wait for the endpoint to be Connected: acceptance may come
 * only after it.
 */
export function reconcile(wanted: Creation, seen: Observed): Decision {
  const { connection, endpoint, service } = seen;
  if (service !== 'unknown' && service.state === 'DELETING') {
    return { kind: 'blocked', reason: 'serviceDeleted' };
  }
  if (connection !== 'absent' && connection !== 'unknown' && connection.state === 'FAILED') {
    return withMessage({ kind: 'blocked', reason: 'connectionFailed' }, connection.message);
  }
  const broken = endpointProblem(wanted, endpoint);
  if (broken !== undefined) {
    return broken;
  }
  if (connection !== 'absent' && connection !== 'unknown') {
    const decision = ofConnection(connection);
    if (decision !== undefined) {
      return decision;
    }
  }
  return beforeRegistration(wanted, seen);
}

function endpointProblem(wanted: Creation, endpoint: Observed['endpoint']): Decision | undefined {
  if (endpoint === 'unknown') {
    return undefined;
  }
  if (endpoint === 'absent') {
    return wanted.endpointId === undefined ? undefined : { kind: 'blocked', reason: 'endpointGone' };
  }
  if (endpoint.connectionStatus === 'ServiceDeleted') {
    return { kind: 'blocked', reason: 'serviceDeleted' };
  }
  if (endpoint.status === 'Deleting') {
    return { kind: 'blocked', reason: 'endpointDeleting' };
  }
  return endpoint.businessStatus === 'FinancialLocked'
    ? { kind: 'blocked', reason: 'financialLocked' }
    : undefined;
}

/** Undefined for a connection that is not registered yet. */
function ofConnection(connection: EndpointConnection): Decision | undefined {
  switch (connection.state) {
    case 'ACTIVE':
      if (connection.serviceState === 'DELETING') {
        return { kind: 'blocked', reason: 'serviceDeleted' };
      }
      return connection.host !== undefined &&
        connection.port !== undefined &&
        connection.serviceState !== 'CREATING'
        ? { kind: 'done', host: connection.host, port: connection.port }
        : { kind: 'wait', until: 'connectionActive' };
    case 'PENDING':
    case 'UNKNOWN':
      return { kind: 'wait', until: 'connectionActive' };
    case 'DELETING':
      return { kind: 'blocked', reason: 'connectionDeleting' };
    case 'FAILED':
      return withMessage({ kind: 'blocked', reason: 'connectionFailed' }, connection.message);
    case 'DISCOVERED':
      return undefined;
  }
}

function beforeRegistration(wanted: Creation, { service, endpoint, connection }: Observed): Decision {
  if (connection === 'unknown') {
    return { kind: 'wait', until: 'observed' };
  }
  if (wanted.spec === undefined && (wanted.endpointId === undefined || wanted.endpointDomain === undefined)) {
    return { kind: 'ask', forWhat: 'endpointDetails' };
  }
  if (endpoint === 'absent' && wanted.spec !== undefined) {
    if (service === 'unknown') {
      return { kind: 'wait', until: 'observed' };
    }
    return service.state === 'ACTIVE'
      ? { kind: 'createEndpoint', spec: wanted.spec }
      : { kind: 'wait', until: 'serviceActive' };
  }
  if (endpoint === 'unknown' && wanted.spec !== undefined) {
    return { kind: 'wait', until: 'observed' };
  }
  const known = typeof endpoint === 'object' ? endpoint : undefined;
  const endpointId = known?.id ?? wanted.endpointId;
  const domain = known?.domain ? known.domain : wanted.endpointDomain;
  if (endpointId === undefined || !domain || (known !== undefined && known.status !== 'Active')) {
    return { kind: 'wait', until: 'endpointActive' };
  }
  return wanted.acceptance === 'console'
    ? { kind: 'ask', forWhat: 'acceptInConsole' }
    : { kind: 'createConnection', endpointId, privateDomainName: domain };
}

const withMessage = (
  decision: { readonly kind: 'blocked'; readonly reason: BlockedReason },
  message: string | undefined,
): Decision => (message === undefined ? decision : { ...decision, message });
