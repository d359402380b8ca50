import type { Creation, Decision, Observed, Removal } from './creation';
import { mayYetShow } from './lag';
import type { EndpointConnection, EndpointZone, VpcEndpoint } from './model';

/** What a creation made, or may have made: what cancelling it takes away again, and nothing else. */
export const removalOf = (creation: Creation): Removal => ({
  connection: creation.connectionSentAtMs !== undefined,
  endpoint: creation.endpointSentAtMs !== undefined,
});

/** Posted to TiDB Cloud. A DISCOVERED one is only an endpoint that TiDB Cloud sees. */
export const isRegistered = (connection: Observed['connection']): connection is EndpointConnection =>
  typeof connection === 'object' && connection.state !== 'DISCOVERED';

/**
 * The next thing to do to take away what `removal` names: the connection, then the endpoint's zones one by one, then the
 * endpoint (PrivateLink 2020-04-15 refuses to delete one that has zones). An endpoint never goes before a connection that
 * is registered with it, whoever made that.
 */
export function removing(wanted: Creation, removal: Removal, seen: Observed): Decision {
  if (!removal.connection && !removal.endpoint) {
    return { kind: 'removed' };
  }
  return (
    removingConnection(wanted, removal, seen) ??
    (removal.endpoint ? removingEndpoint(wanted, seen) : undefined) ?? { kind: 'removed' }
  );
}

function removingConnection(
  wanted: Creation,
  removal: Removal,
  { connection, atMs }: Observed,
): Decision | undefined {
  if (connection === 'unknown') {
    return { kind: 'wait', until: 'observed' };
  }
  if (!isRegistered(connection)) {
    return removal.connection && mayYetShow(wanted.connectionSentAtMs, atMs)
      ? { kind: 'wait', until: 'connectionGone' }
      : undefined;
  }
  if (connection.state === 'DELETING') {
    return { kind: 'wait', until: 'connectionGone' };
  }
  return removal.connection && wanted.acceptance === 'api' && connection.id !== ''
    ? { kind: 'deleteConnection', connectionId: connection.id }
    : { kind: 'ask', forWhat: 'deleteInTidbCloud' };
}

function removingEndpoint(wanted: Creation, { endpoint, zones, atMs }: Observed): Decision | undefined {
  if (endpoint === 'unknown') {
    return { kind: 'ask', forWhat: 'deleteInAlibabaCloud' };
  }
  if (endpoint === 'absent') {
    return mayYetShow(wanted.endpointSentAtMs, atMs) ? { kind: 'wait', until: 'endpointGone' } : undefined;
  }
  switch (endpoint.status) {
    case 'Deleting':
      return { kind: 'wait', until: 'endpointGone' };
    case 'Creating':
      return { kind: 'wait', until: 'endpointActive' };
    case 'Pending':
    case 'Active':
    case 'Unknown':
      return zones === 'unknown' ? { kind: 'wait', until: 'observed' } : removingZones(endpoint, zones);
  }
}

/** PrivateLink changes an endpoint only while it is Active, one change after the other. */
function removingZones({ id, status }: VpcEndpoint, zones: readonly EndpointZone[]): Decision {
  const [zone] = zones;
  if (zones.some((each) => each.status === 'Deleting')) {
    return { kind: 'wait', until: 'zoneGone' };
  }
  if (status === 'Pending') {
    return { kind: 'wait', until: 'endpointActive' };
  }
  return zone === undefined
    ? { kind: 'deleteEndpoint', endpointId: id }
    : { kind: 'removeZone', endpointId: id, zoneId: zone.zoneId };
}
