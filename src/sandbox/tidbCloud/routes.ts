import type { Lifecycle } from '../world/lifecycle';
import type { World } from '../world/world';
import type { SqlAddress } from './address';
import {
  createConnection,
  getConnection,
  getPrivateLinkService,
  listConnections,
  removeConnection,
} from './connections';
import { cloudProviderInfo, getTidb, instanceOrRefuse, listRegions, listTidbs } from './instances';
import { Query } from './query';

export interface RouteContext {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly sql: SqlAddress;
  /** Where the CA certificate of an instance can be fetched. */
  readonly certificateUrl: (tidbId: string) => string;
}

interface RouteCall {
  readonly tidbId: string;
  readonly connectionId: string;
  readonly queryText: string;
  readonly body: string;
}

export interface Route {
  readonly operation: string;
  readonly method: string;
  /** Below the base path; `:name` stands for an id. */
  readonly path: string;
  /** Not in the published API: answered as unimplemented when connections are accepted in the console only. */
  readonly unpublished?: true;
  readonly run: (call: RouteCall, context: RouteContext) => object;
}

const INSTANCE = '/tidbs/:tidbId';
const CONNECTIONS = `${INSTANCE}/privateEndpointConnections`;
const CONNECTION = `${CONNECTIONS}/:connectionId`;

/** TiDB Cloud v1beta2, as far as the guide needs it. */
export const ROUTES: readonly Route[] = [
  {
    operation: 'ListTidbs',
    method: 'GET',
    path: '/tidbs',
    run: ({ queryText }, { world, sql }) => listTidbs(world, sql, queryText),
  },
  {
    operation: 'GetTidb',
    method: 'GET',
    path: INSTANCE,
    run: ({ tidbId, queryText }, { world, sql }) => bare(queryText, () => getTidb(world, sql, tidbId)),
  },
  {
    operation: 'ListRegions',
    method: 'GET',
    path: '/regions',
    run: ({ queryText }) => listRegions(queryText),
  },
  {
    operation: 'CloudProviderInfo',
    method: 'GET',
    path: `${INSTANCE}/cloudProviderInfo`,
    run: ({ tidbId, queryText }, { world }) => bare(queryText, () => cloudProviderInfo(world, tidbId)),
  },
  {
    operation: 'CaCertificateUrl',
    method: 'GET',
    path: `${INSTANCE}/caCertificateUrl`,
    run: ({ tidbId, queryText }, { world, certificateUrl }) =>
      bare(queryText, () => ({ uri: certificateUrl(instanceOrRefuse(world, tidbId).tidbId) })),
  },
  {
    operation: 'GetPrivateLinkService',
    method: 'GET',
    path: `${INSTANCE}/privateLinkService`,
    run: ({ tidbId, queryText }, { world }) => bare(queryText, () => getPrivateLinkService(world, tidbId)),
  },
  {
    operation: 'ListPrivateEndpointConnections',
    method: 'GET',
    path: CONNECTIONS,
    run: ({ tidbId, queryText }, { world, sql }) => listConnections(world, sql, tidbId, queryText),
  },
  {
    operation: 'CreatePrivateEndpointConnection',
    method: 'POST',
    path: CONNECTIONS,
    unpublished: true,
    run: ({ tidbId, queryText, body }, { world, lifecycle, sql }) =>
      bare(queryText, () => createConnection(world, lifecycle, sql, tidbId, body)),
  },
  {
    operation: 'GetPrivateEndpointConnection',
    method: 'GET',
    path: CONNECTION,
    unpublished: true,
    run: ({ tidbId, connectionId, queryText }, { world, sql }) =>
      bare(queryText, () => getConnection(world, sql, tidbId, connectionId)),
  },
  {
    operation: 'DeletePrivateEndpointConnection',
    method: 'DELETE',
    path: CONNECTION,
    unpublished: true,
    run: ({ tidbId, connectionId, queryText }, { world, lifecycle }) =>
      bare(queryText, () => removeConnection(world, lifecycle, tidbId, connectionId)),
  },
];

/** For operations that take no query at all. */
function bare(queryText: string, run: () => object): object {
  new Query(queryText, []);
  return run();
}

/** The ids in a path that has the route's shape. */
export function matchPath(route: Route, path: string): Map<string, string> | undefined {
  const wanted = route.path.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return undefined;
  }
  const ids = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const actual = given[index] ?? '';
    if (part.startsWith(':') && actual !== '') {
      ids.set(part.slice(1), actual);
    } else if (part !== actual) {
      return undefined;
    }
  }
  return ids;
}
