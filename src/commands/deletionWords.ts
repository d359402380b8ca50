import { counted } from '../core/counted';
import type { PrivateEndpoint } from '../core/health';

/** What depends on an endpoint. */
export interface Dependents {
  readonly instanceName: string;
  readonly endpoint: PrivateEndpoint;
  /** The extension is still working on it. */
  readonly isBeingCreated: boolean;
  /** Other private endpoints of the instance. */
  readonly others: number;
  readonly isSqlOpen: boolean;
  /** SQL documents that run on it. */
  readonly documents: number;
}

export interface Question {
  readonly message: string;
  readonly detail: string;
}

export const nameOf = ({ endpoint, endpointId }: PrivateEndpoint): string =>
  endpoint?.name ? `${endpoint.name} (${endpointId})` : endpointId;

/** Asked before an endpoint is deleted; an endpoint takes its connection along. */
export const endpointQuestion = (dependents: Dependents): Question => ({
  message: `Delete the endpoint ${nameOf(dependents.endpoint)} of ${dependents.instanceName}?`,
  detail: [
    dependents.endpoint.connection === undefined || dependents.endpoint.connection.state === 'DISCOVERED'
      ? 'No private endpoint connection is registered for it in TiDB Cloud.'
      : `Its private endpoint connection in TiDB Cloud (${stateOf(dependents)}) is deleted first.`,
    ...sqlThatEnds(dependents),
    ...whatStays(dependents),
    'This cannot be undone.',
  ].join('\n'),
});

export const connectionQuestion = (dependents: Dependents): Question => ({
  message: `Delete the private endpoint connection of ${nameOf(dependents.endpoint)} to ${dependents.instanceName}?`,
  detail: [
    `It is ${stateOf(dependents)} in TiDB Cloud. The private domain of the endpoint stops working.`,
    ...sqlThatEnds(dependents),
    ...whatStays(dependents),
    'The endpoint in Alibaba Cloud stays, costs what it costs, and can be registered again.',
  ].join('\n'),
});

/** Asked in addition for an endpoint that does not carry the extension's tag. */
export const foreignQuestion = ({ endpoint }: Dependents): Question => ({
  message: `${nameOf(endpoint)} was not made by this extension. Delete it all the same?`,
  detail:
    'It does not carry the tag created-by=tidb-private-endpoint. Somebody, or a tool such as Terraform, made it and may count on it.',
});

const stateOf = ({ endpoint }: Dependents): string => {
  const state = endpoint.connection?.state ?? 'UNKNOWN';
  return state.charAt(0) + state.slice(1).toLowerCase();
};

const sqlThatEnds = ({ isSqlOpen, documents }: Dependents): readonly string[] => [
  ...(isSqlOpen ? ['The SQL connection that is open through it is closed.'] : []),
  ...(documents > 0 ? [`${counted(documents, 'open SQL document')} can then not be run any more.`] : []),
];

const whatStays = ({ isBeingCreated, others, instanceName }: Dependents): readonly string[] => [
  ...(isBeingCreated ? ['Its creation, which is not finished, stops.'] : []),
  others > 0
    ? `${instanceName} keeps ${counted(others, 'other private endpoint')}.`
    : `It is the only private endpoint of ${instanceName}.`,
];
