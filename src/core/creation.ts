import { mayYetShow } from './lag';
import type {
  EndpointConnection,
  EndpointZone,
  PrivateLinkService,
  VpcEndpoint,
  VpcEndpointSpec,
} from './model';
import { isRegistered, removing } from './removal';

export { removalOf } from './removal';

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
  /** The Alibaba Cloud account that the endpoint belongs to, where that is known. No other one can tell that it is gone. */
  readonly accountId?: string;
  /** The accounts of this extension that it was begun with, so that it goes on with the same ones. */
  readonly tidbCloudAccount?: string;
  readonly alibabaCloudAccount?: string;
  /** Absent when the person creates the endpoint by hand, uses one that exists, or only removes. */
  readonly spec?: VpcEndpointSpec;
  /** Sent with every attempt of the create call, so that however often it is made there is one endpoint. */
  readonly clientToken: string;
  /** The endpoint, once known: from the create answer, from the cloud's list, chosen or typed by the person. */
  readonly endpointId?: string;
  readonly endpointDomain?: string;
  /**
   * When the create call was last sent: from the first time on the endpoint may exist, and is this creation's to remove.
   * Absent again once its deletion was answered, or when it is certain that the call made nothing.
   */
  readonly endpointSentAtMs?: number;
  /** The same for the connection's create call. */
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
  return wanted.removal === undefined ? creating(wanted, seen) : removing(wanted, wanted.removal, seen);
}

/** The creation with what a look brought that must survive. The same object when that is nothing. */
export function remembering(creation: Creation, { endpoint, connection, atMs }: Observed): Creation {
  const next: { -readonly [K in keyof Creation]: Creation[K] } = { ...creation };
  if (typeof endpoint === 'object') {
    next.endpointId ??= endpoint.id;
    if (endpoint.domain !== '') {
      next.endpointDomain = endpoint.domain;
    }
  }
  if (creation.removal === undefined && connection !== 'unknown') {
    if (isRegistered(connection)) {
      next.registeredAtMs ??= atMs;
    } else {
      delete next.registeredAtMs;
    }
    if (creation.recreate !== undefined && !isToRecreate(creation, connection)) {
      delete next.recreate;
    }
  }
  const isSame = (['endpointId', 'endpointDomain', 'registeredAtMs', 'recreate'] as const).every(
    (key) => next[key] === creation[key],
  );
  return isSame ? creation : next;
}

/** The connection that the person wants made again is still there. One that works by now is left alone. */
const isToRecreate = (
  wanted: Creation,
  connection: Observed['connection'],
): connection is EndpointConnection =>
  isRegistered(connection) &&
  connection.id === wanted.recreate &&
  (connection.state === 'FAILED' || connection.state === 'DELETING');

function creating(wanted: Creation, seen: Observed): Decision {
  const { connection, service } = seen;
  if (service !== 'unknown' && service.state === 'DELETING') {
    return { kind: 'blocked', reason: 'serviceDeleted' };
  }
  if (isToRecreate(wanted, connection)) {
    return recreating(wanted, connection);
  }
  if (isRegistered(connection) && connection.state === 'FAILED') {
    return withMessage({ kind: 'blocked', reason: 'connectionFailed' }, connection.message);
  }
  return (
    endpointProblem(wanted, seen) ??
    (isRegistered(connection) ? ofConnection(connection) : undefined) ??
    beforeRegistration(wanted, seen)
  );
}

function recreating(wanted: Creation, { id, state }: EndpointConnection): Decision {
  if (state === 'DELETING') {
    return { kind: 'wait', until: 'connectionGone' };
  }
  return wanted.acceptance === 'console' || id === ''
    ? { kind: 'ask', forWhat: 'deleteInTidbCloud' }
    : { kind: 'deleteConnection', connectionId: id };
}

function endpointProblem(wanted: Creation, { endpoint, atMs }: Observed): Decision | undefined {
  if (endpoint === 'unknown') {
    return undefined;
  }
  if (endpoint === 'absent') {
    if (wanted.endpointId === undefined) {
      return undefined;
    }
    return mayYetShow(wanted.endpointSentAtMs, atMs)
      ? { kind: 'wait', until: 'endpointActive' }
      : { kind: 'blocked', reason: 'endpointGone' };
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
    case 'DISCOVERED':
      return undefined;
  }
}

function beforeRegistration(wanted: Creation, seen: Observed): Decision {
  const { endpoint } = seen;
  const known = typeof endpoint === 'object' ? endpoint : undefined;
  if (endpoint === 'absent' && wanted.spec !== undefined) {
    return creatingEndpoint(wanted.spec, seen);
  }
  if (endpoint === 'unknown' && wanted.spec !== undefined) {
    return { kind: 'wait', until: 'observed' };
  }
  const endpointId = known?.id ?? wanted.endpointId;
  const domain = known?.domain ? known.domain : wanted.endpointDomain;
  if (known === undefined && (endpointId === undefined || domain === undefined)) {
    return { kind: 'ask', forWhat: 'endpointDetails' };
  }
  if (endpointId === undefined || !domain || (known !== undefined && known.status !== 'Active')) {
    return { kind: 'wait', until: 'endpointActive' };
  }
  if (seen.connection === 'unknown') {
    return { kind: 'wait', until: 'observed' };
  }
  if (wanted.acceptance === 'console') {
    return { kind: 'ask', forWhat: 'acceptInConsole' };
  }
  // TiDB Cloud has no idempotency key: what was sent a moment ago may be made, and not be listed yet.
  return mayYetShow(wanted.connectionSentAtMs, seen.atMs)
    ? { kind: 'wait', until: 'connectionActive' }
    : { kind: 'createConnection', endpointId, privateDomainName: domain };
}

/** The same client token makes it once, so an answer that was lost is no reason to wait. */
function creatingEndpoint(spec: VpcEndpointSpec, { service }: Observed): Decision {
  if (service === 'unknown') {
    return { kind: 'wait', until: 'observed' };
  }
  return service.state === 'ACTIVE'
    ? { kind: 'createEndpoint', spec }
    : { kind: 'wait', until: 'serviceActive' };
}

const withMessage = (
  decision: { readonly kind: 'blocked'; readonly reason: BlockedReason },
  message: string | undefined,
): Decision => (message === undefined ? decision : { ...decision, message });
