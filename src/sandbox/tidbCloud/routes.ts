import type { Clock } from '../clock';
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
import { createTidb, deleteTidb, resetRootPassword, resumeTidb, updateTidb } from './instanceChanges';
import { cloudProviderInfo, getTidb, instanceOrRefuse, listRegions, listTidbs } from './instances';
import { getPublicConnectionSetting, updatePublicConnectionSetting } from './publicConnection';
import { Query } from './query';

export interface RouteContext {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly sql: SqlAddress;
  /** Where the CA certificate of an instance can be fetched. */
  readonly certificateUrl: (tidbId: string) => string;
}

export interface RouteCall {
  readonly tidbId: string;
  readonly connectionId: string;
  readonly queryText: string;
  readonly body: string;
}

export interface Route {
  readonly operation: string;
  readonly method: string;
  /** Below the base path; `:name` stands for an id, and `:name:verb` for an id with a verb of its own after it. */
  readonly path: string;
  /** Not in the published API: answered as unimplemented when connections are accepted in the console only. */
  readonly unpublished?: true;
  readonly run: (call: RouteCall, context: RouteContext) => object;
}

const INSTANCE = '/tidbs/:tidbId';
const CONNECTIONS = `${INSTANCE}/privateEndpointConnections`;
const CONNECTION = `${CONNECTIONS}/:connectionId`;

/** TiDB Cloud v1beta2: its instances, and what leads to them. */
export const ROUTES: readonly Route[] = [
  {
    operation: 'ListTidbs',
    method: 'GET',
    path: '/tidbs',
    run: listTidbs,
  },
  {
    operation: 'GetTidb',
    method: 'GET',
    path: INSTANCE,
    run: ({ tidbId, queryText }, context) => bare(queryText, () => getTidb(tidbId, context)),
  },
  { operation: 'CreateTidb', method: 'POST', path: '/tidbs', run: createTidb },
  { operation: 'UpdateTidb', method: 'PATCH', path: INSTANCE, run: updateTidb },
  { operation: 'DeleteTidb', method: 'DELETE', path: INSTANCE, run: deleteTidb },
  { operation: 'ResumeTidb', method: 'POST', path: `${INSTANCE}:resumeTidb`, run: resumeTidb },
  {
    operation: 'ResetRootPassword',
    method: 'POST',
    path: `${INSTANCE}:resetRootPassword`,
    run: resetRootPassword,
  },
  {
    operation: 'GetPublicConnectionSetting',
    method: 'GET',
    path: `${INSTANCE}/publicConnectionSetting`,
    run: getPublicConnectionSetting,
  },
  {
    operation: 'UpdatePublicConnectionSetting',
    method: 'PATCH',
    path: `${INSTANCE}/publicConnectionSetting`,
    run: updatePublicConnectionSetting,
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
    const actual = decoded(given[index] ?? '');
    const [, name, verb] = /^:(\w+)(?::(\w+))?$/.exec(part) ?? [];
    const [id = '', ...verbs] = actual.split(':');
    if (name === undefined ? part !== actual : id === '' || verbs.join(':') !== (verb ?? '')) {
      return undefined;
    }
    if (name !== undefined) {
      ids.set(name, id);
    }
  }
  return ids;
}

/** A part of a path without percent-encoding; nothing when that is malformed. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
