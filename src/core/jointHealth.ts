import { verdictOf, type PrivateEndpoint, type Verdict } from './health';
import type { EndpointZone, InstanceEndpoint } from './model';
import type { Reach } from './reach';

/** Everything that the health of an endpoint is told from. What was not looked at is left out; null: it cannot be. */
export interface HealthFacts {
  readonly endpoint: PrivateEndpoint;
  /** As TiDB Cloud reports it for the private domain. */
  readonly reachability?: InstanceEndpoint['reachability'] | undefined;
  readonly zones?: readonly EndpointZone[] | null | undefined;
  readonly reach?: Reach | null | undefined;
}

/** The states of both clouds together, and, where they say that all is well, what speaks against it. */
export function jointVerdict({ endpoint, reachability, zones, reach }: HealthFacts): Verdict {
  const verdict = verdictOf(endpoint);
  if (verdict.level !== 'healthy') {
    return verdict;
  }
  if (reach?.kind === 'broken') {
    return {
      level: 'failed',
      word: 'Not answering',
      explanation: `Both clouds say that it is Active, but the private domain does not answer as it should: ${reach.reason}.`,
    };
  }
  const down = (zones ?? []).filter(({ status }) => status === 'Disconnected');
  if (down.length > 0) {
    const names = down.map(({ zoneId }) => zoneId).join(', ');
    return {
      level: 'attention',
      word: down.length === zones?.length ? 'Disconnected' : 'Zone disconnected',
      explanation: `The endpoint is Active, but has no connection in ${names}.`,
    };
  }
  // What answers here is reachable, whatever the report of a moment ago says.
  if (reachability?.reachable === false && reach?.kind !== 'reached') {
    return {
      level: 'attention',
      word: 'Not reachable',
      explanation: `TiDB Cloud reports that the private domain cannot be reached${whyNot(reachability)}.`,
    };
  }
  return verdict;
}

/** Messages known from the specification of `TidbEndpoint`; others are told as they are. */
const knownMessages: Readonly<Record<string, string>> = {
  DNS_NOT_REACHABLE: 'its name does not resolve yet',
  DNS_PROBE_FAILED: 'its name could not be checked',
};

function whyNot(reachability: NonNullable<InstanceEndpoint['reachability']>): string {
  const { message, serviceActive, endpointActive, dnsReachable } = reachability;
  if (message !== undefined && message !== '') {
    return `: ${knownMessages[message] ?? message}`;
  }
  if (serviceActive === false) {
    return ': the private link service is not Active';
  }
  if (endpointActive === false) {
    return ': the endpoint is not Active';
  }
  return dnsReachable === false ? ': its name does not resolve yet' : '';
}

/** What TiDB Cloud reports for the private domain of a connection. */
export const reachabilityOf = (
  endpoints: readonly InstanceEndpoint[],
  { connection }: PrivateEndpoint,
): InstanceEndpoint['reachability'] =>
  connection?.host === undefined
    ? undefined
    : endpoints.find(({ type, host }) => type === 'PRIVATE_ENDPOINT' && host === connection.host)
        ?.reachability;
