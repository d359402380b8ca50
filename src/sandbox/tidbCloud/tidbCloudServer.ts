import { randomBytes } from 'node:crypto';
import type { ErrorWriter, Faults } from '../faults';
import { causeOf } from '../http/cause';
import { type Answer, type IncomingCall, jsonAnswer } from '../http/exchange';
import type { Lifecycle } from '../world/lifecycle';
import type { World } from '../world/world';
import { claimedKey, type DigestAuthentication } from './digest';
import { NetworkingPage } from './networkingPage';
import type { RateLimit } from './rateLimit';
import { matchPath, type Route, ROUTES, type RouteContext } from './routes';
import { RpcError, rpcStatus, TOO_MANY_REQUESTS, UNKNOWN_KEY } from './rpcStatus';

export const BASE_PATH = '/v1beta2';

const FAULTS: ErrorWriter = {
  error: ({ status, code, message, headers, body }) => {
    const base = { code, message: message ?? 'injected by the sandbox', details: [] };
    return jsonAnswer(status, { ...base, ...body }, { ...headers });
  },
  throttling: (retryAfterMs) => {
    const headers = { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
    return rpcStatus(429, TOO_MANY_REQUESTS, 'the rate limit of the API key is exceeded', headers);
  },
};

export interface TidbCloudParts {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly faults: Faults;
  readonly digest: DigestAuthentication;
  readonly rateLimit: RateLimit;
  readonly context: RouteContext;
  /** PEM text of the CA that signed the SQL server's certificate, where there is a SQL server. */
  readonly caCertificatePem: string | undefined;
  readonly log: (line: string) => void;
}

/** TiDB Cloud: the API under /v1beta2, the networking page under /console, CA certificates under /certificates. */
export class TidbCloudServer {
  private readonly page: NetworkingPage;

  constructor(private readonly parts: TidbCloudParts) {
    this.page = new NetworkingPage(parts.world, parts.lifecycle);
  }

  async handle(call: IncomingCall): Promise<Answer> {
    if (call.path === '/console' || call.path.startsWith('/console/')) {
      return this.page.handle(call);
    }
    if (call.path.startsWith('/certificates/')) {
      return this.certificate(call);
    }
    const traceId = randomBytes(16).toString('hex');
    const rate = this.parts.rateLimit.count(claimedKey(call) ?? this.parts.digest.publicKey);
    const answer = rate.allowed
      ? await this.answer(call)
      : rpcStatus(429, TOO_MANY_REQUESTS, 'the rate limit of the API key is exceeded');
    this.parts.log(`tidbcloud ${call.method} ${call.path} ${answer.cut ?? answer.status} ${traceId}`);
    return { ...answer, headers: { 'X-Debug-Trace-Id': traceId, ...rate.headers, ...answer.headers } };
  }

  private async answer(call: IncomingCall): Promise<Answer> {
    const login = this.parts.digest.check(call);
    if (!login.ok) {
      return rpcStatus(401, UNKNOWN_KEY, login.message, { 'WWW-Authenticate': login.challenge });
    }
    const below = call.path.startsWith(`${BASE_PATH}/`) ? call.path.slice(BASE_PATH.length) : undefined;
    const reached = ROUTES.map((route) => ({ route, ids: matchPath(route, below ?? '') })).filter(
      ({ ids }) => ids,
    );
    if (reached.length === 0) {
      return rpcStatus(404, 5, 'Not Found');
    }
    const match = reached.find(({ route }) => route.method === call.method);
    if (!match) {
      return rpcStatus(501, 12, 'Method Not Allowed');
    }
    return this.parts.faults.around(`tidb:${match.route.operation}`, FAULTS, () =>
      this.run(match.route, match.ids ?? new Map(), call),
    );
  }

  private run(route: Route, ids: ReadonlyMap<string, string>, call: IncomingCall): Answer {
    if (route.unpublished && this.parts.world.state.acceptMode === 'console') {
      return rpcStatus(501, 12, `method ${route.operation} not implemented`);
    }
    try {
      const body = route.run(
        {
          tidbId: ids.get('tidbId') ?? '',
          connectionId: ids.get('connectionId') ?? '',
          queryText: call.queryText,
          body: call.body.toString('utf8'),
        },
        this.parts.context,
      );
      return jsonAnswer(200, body);
    } catch (error) {
      if (error instanceof RpcError) {
        return rpcStatus(error.status, error.code, error.message);
      }
      this.parts.log(causeOf('tidbcloud internal error', error));
      return rpcStatus(500, 13, 'internal error');
    }
  }

  /** Public, like the real certificates: no credentials are asked for. */
  private certificate(call: IncomingCall): Answer {
    const tidbId = /^\/certificates\/(\d+)\.pem$/.exec(call.path)?.[1];
    const pem = this.parts.caCertificatePem;
    if (
      call.method !== 'GET' ||
      tidbId === undefined ||
      !this.parts.world.instance(tidbId) ||
      pem === undefined
    ) {
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' };
    }
    return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: pem };
  }
}
