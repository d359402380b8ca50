import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROUTES } from '../../../src/sandbox/tidbCloud/routes';

/**
 * The clients by what they call themselves; the credentials package says nothing. `foreign` ones are programs that a
 * machine may lack. Requests of Node's own `fetch` come from the callers in this folder: `raw` to Alibaba Cloud, `digest`
 * to TiDB Cloud.
 */
const AGENTS: readonly { readonly client: string; readonly agent: RegExp; readonly foreign?: true }[] = [
  { client: 'ours', agent: /^tidb-private-endpoint\// },
  { client: 'typescript', agent: /^AlibabaCloud .* Node\.js\/.* TeaDSL\// },
  { client: 'credentials', agent: /^$/ },
  { client: 'python', agent: /^AlibabaCloud .* Python\//, foreign: true },
  { client: 'go', agent: /^AlibabaCloud .* Golang\/|^Go-http-client\//, foreign: true },
  { client: 'requests', agent: /^python-requests\//, foreign: true },
  { client: 'curl', agent: /^curl\//, foreign: true },
];

export const FOREIGN: ReadonlySet<string> = new Set(
  AGENTS.filter(({ foreign }) => foreign).map(({ client }) => client),
);

const PRODUCTS: Readonly<Record<string, string>> = {
  '2020-04-15': 'privatelink',
  '2016-04-28': 'vpc',
  '2014-05-26': 'ecs',
  '2015-04-01': 'sts',
};

/** What the pages of the consoles do, by method and path. */
const PAGES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^POST \/console\/endpoint\/[^/]+$/, ['privatelink:CreateVpcEndpoint']],
  [/^POST \/console\/endpoint\/[^/]+\/delete$/, ['privatelink:DeleteVpcEndpoint']],
  [/^GET \/console\/endpoint\/[^/]+$/, ['privatelink:ListVpcEndpoints']],
  [/^POST \/console\/instances\/\d+\/networking$/, ['tidb:CreatePrivateEndpointConnection']],
  [/^POST \/console\/instances\/\d+\/networking\/delete$/, ['tidb:DeletePrivateEndpointConnection']],
  [
    /^GET \/console\/instances\/\d+\/networking$/,
    ['tidb:GetPrivateLinkService', 'tidb:ListPrivateEndpointConnections'],
  ],
];

const TIDB_CLOUD = ROUTES.map(({ operation, method, path }) => ({
  operation: `tidb:${operation}`,
  request: new RegExp(`^${method} /v1beta2${path.replaceAll(/:(?:tidbId|connectionId)/g, '[^/:]+')}$`),
}));

/** Operation → the clients to which a server in this process gave a good answer, from now on. */
export function recordCalls(): ReadonlyMap<string, ReadonlySet<string>> {
  const record = new Map<string, Set<string>>();
  subscribe('http.server.response.finish', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (response.statusCode >= 400) {
      return;
    }
    for (const [operation, client] of meaningOf(request)) {
      record.set(operation, (record.get(operation) ?? new Set()).add(client));
    }
  });
  return record;
}

function meaningOf({ method, url, headers }: IncomingMessage): (readonly [string, string])[] {
  const { pathname, searchParams } = new URL(url ?? '/', 'http://sandbox');
  const line = `${method ?? ''} ${pathname}`;
  const page = PAGES.find(([pattern]) => pattern.test(line));
  if (page) {
    return page[1].map((operation) => [operation, 'page']);
  }
  const agent = headers['user-agent'] ?? '';
  const known = AGENTS.find((candidate) => candidate.agent.test(agent))?.client;
  const client = (own: string): string => known ?? (agent === 'node' ? own : agent);
  const route = TIDB_CLOUD.find(({ request }) => request.test(line));
  if (route) {
    return [[route.operation, client('digest')]];
  }
  const header = (name: string): string | undefined => headers[name]?.toString();
  const product = PRODUCTS[header('x-acs-version') ?? searchParams.get('Version') ?? ''];
  const action = header('x-acs-action') ?? searchParams.get('Action');
  return product !== undefined && action ? [[`${product}:${action}`, client('raw')]] : [];
}
