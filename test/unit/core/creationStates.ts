import type { Creation, Observed } from '../../../src/core/creation';
import {
  endpointConnectionStates,
  privateLinkServiceStates,
  vpcConnectionStatuses,
  vpcEndpointStatuses,
  type EndpointConnectionState,
  type EndpointZone,
  type PrivateLinkServiceState,
  type VpcConnectionStatus,
  type VpcEndpointStatus,
} from '../../../src/core/model';
import { aConnection, aCreation, anEndpoint, aService, aZone, without } from '../fakes';

/** Every state that each part can be in. */

export const now = 10_000_000;
const sentAtMs = [undefined, now - 1_000, now - 3_600_000];

export const byHand = without(aCreation, 'spec');
const serviceStates: PrivateLinkServiceState[] = [...privateLinkServiceStates, 'UNKNOWN'];
const endpointStatuses: VpcEndpointStatus[] = [...vpcEndpointStatuses, 'Unknown'];
const connectionStates: EndpointConnectionState[] = [...endpointConnectionStates, 'UNKNOWN'];
export const connectionStatuses: VpcConnectionStatus[] = [...vpcConnectionStatuses, 'Unknown'];

export const services: Observed['service'][] = [
  'unknown',
  ...serviceStates.map((state) => ({ ...aService, state })),
];

export const endpoints: Observed['endpoint'][] = [
  'unknown',
  'absent',
  ...endpointStatuses.flatMap((status) =>
    [
      ...connectionStatuses.map((connectionStatus) => ({ connectionStatus, businessStatus: 'Normal' })),
      { connectionStatus: 'Connected' as const, businessStatus: 'FinancialLocked' },
    ].flatMap((link) =>
      ['', anEndpoint.domain].map((domain) => ({ ...anEndpoint, ...link, status, domain })),
    ),
  ),
];

export const connections: Observed['connection'][] = [
  'unknown',
  'absent',
  ...connectionStates.flatMap((state) =>
    serviceStates.flatMap((serviceState) => [
      { ...aConnection, state, serviceState },
      { ...without(aConnection, 'host', 'port'), state, serviceState, message: 'why' },
    ]),
  ),
];

const gone = { ...aZone, status: 'Deleting' as const };
const other: EndpointZone = { ...aZone, zoneId: 'ap-southeast-1b' };
export const zones: Observed['zones'][] = ['unknown', [], [aZone], [aZone, other], [gone], [other, gone]];

/** Every journal there can be, without and with a removal. */
export function* journals(removals: readonly Creation['removal'][]): Generator<Creation> {
  const known = [
    {},
    { endpointId: anEndpoint.id },
    { endpointId: anEndpoint.id, endpointDomain: anEndpoint.domain },
  ];
  for (const base of [aCreation, byHand]) {
    for (const ids of known) {
      for (const acceptance of ['api', 'console'] as const) {
        for (const endpointSentAtMs of sentAtMs) {
          for (const connectionSentAtMs of sentAtMs) {
            for (const recreate of [undefined, aConnection.id, 'pec-other']) {
              for (const removal of removals) {
                yield {
                  ...base,
                  ...ids,
                  acceptance,
                  ...(endpointSentAtMs !== undefined && { endpointSentAtMs }),
                  ...(connectionSentAtMs !== undefined && { connectionSentAtMs }),
                  ...(recreate !== undefined && { recreate }),
                  ...(removal !== undefined && { removal }),
                };
              }
            }
          }
        }
      }
    }
  }
}
