import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { ErrorWriter, Faults } from '../faults';
import { causeOf } from '../http/cause';
import { header, jsonAnswer, type Answer, type IncomingCall } from '../http/exchange';
import type { Lifecycle } from '../world/lifecycle';
import type { World } from '../world/world';
import { KeyRing, type Identity } from './accounts';
import { ApiError } from './apiError';
import { Authentication } from './authentication';
import { EndpointPage } from './endpointPage';
import { tokenKey, UnderWay, type ClientTokens } from './idempotency';
import { PRODUCT_OF_VERSION, type Operation, type Product } from './operation';
import { findOperation } from './operations';
import type { Quotas } from './quotas';
import { RateLimits } from './rateLimits';
import { actionOf, parametersOf, versionOf } from './request';
import { allPairs } from './rpcSignature';

export interface AlibabaCloudParts {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly identities: readonly Identity[];
  readonly tokens: ClientTokens;
  readonly quotas: Quotas;
  readonly log: (line: string) => void;
}

/** All products of Alibaba Cloud on one host: RPC style, signed as ACS3-HMAC-SHA256 or RPC signature 1.0. */
export class AlibabaCloudServer {
  private readonly authentication: Authentication;
  private readonly rates: RateLimits;
  private readonly underWay = new UnderWay();
  private readonly page: EndpointPage;

  constructor(private readonly parts: AlibabaCloudParts) {
    const keys = new KeyRing(parts.identities, parts.world, parts.clock);
    this.authentication = new Authentication(keys, () => parts.clock.now());
    this.rates = new RateLimits(parts.quotas, () => parts.clock.now());
    this.page = new EndpointPage(parts);
  }

  async handle(call: IncomingCall): Promise<Answer> {
    if (call.path === '/console' || call.path.startsWith('/console/')) {
      return this.page.handle(call);
    }
    const requestId = randomUUID().toUpperCase();
    const action = actionOf(call) ?? '';
    const answer = await this.answer(call, requestId);
    this.parts.log(`alibaba ${action || call.path} ${answer.cut ?? answer.status} ${requestId}`);
    return answer;
  }

  private async answer(call: IncomingCall, requestId: string): Promise<Answer> {
    const writeError = (status: number, code: string, message: string, more: object = {}): Answer => {
      const host = header(call, 'host') ?? '';
      const recommend = `https://api.aliyun.com/troubleshoot?q=${code}`;
      const body = {
        RequestId: requestId,
        HostId: host,
        Code: code,
        Message: message,
        Recommend: recommend,
        ...more,
      };
      return jsonAnswer(status, body);
    };
    try {
      const operation = operationOf(call);
      const identity =
        operation.anonymous && Authentication.isAnonymous(call)
          ? undefined
          : this.authentication.verify(call);
      const name = `${operation.product}:${operation.action}`;
      const pairs = allPairs(call);
      const token = tokenKey(name, pairs);
      const alone = operation.alone ? name : undefined;
      const tooEarly = this.underWay.has(token)
        ? new ApiError(400, 'IdempotenceProcessing', 'The previous request is still being processed.')
        : this.underWay.has(alone)
          ? new ApiError(
              400,
              'ConcurrentCallNotSupported',
              'The operation does not support concurrent calls.',
            )
          : undefined;
      const region = pairs.find(([parameter]) => parameter === 'RegionId')?.[1] ?? '';
      const wait = this.rates.count(operation, region);
      return await this.underWay.during([token, alone], () =>
        this.parts.faults.around(name, faultWriter(writeError), () => {
          if (wait !== undefined) {
            return throttled(writeError, wait);
          }
          return this.run(operation, call, { identity, token, tooEarly }, requestId, writeError);
        }),
      );
    } catch (error) {
      return this.errorAnswer(error, writeError);
    }
  }

  private run(
    operation: Operation,
    call: IncomingCall,
    { identity, token, tooEarly }: Caller,
    requestId: string,
    writeError: WriteError,
  ): Answer {
    const { world, lifecycle, clock, quotas, tokens } = this.parts;
    try {
      if (tooEarly) {
        throw tooEarly;
      }
      const pairs = parametersOf(operation, call);
      const mismatch =
        operation.product === 'ecs' ? 'IdempotentParameterMismatch' : 'IdempotenceSignatureMismatch';
      const body = tokens.once(token, mismatch, pairs, () =>
        operation.call(pairs, { world, lifecycle, clock, quotas, identity }),
      );
      return jsonAnswer(200, { RequestId: requestId, ...body });
    } catch (error) {
      return this.errorAnswer(error, writeError);
    }
  }

  private errorAnswer(error: unknown, writeError: WriteError): Answer {
    if (error instanceof ApiError) {
      return writeError(error.status, error.code, error.message);
    }
    this.parts.log(causeOf('alibaba InternalError', error));
    return writeError(500, 'InternalError', 'The request processing has failed due to some unknown error.');
  }
}

/** Who calls, and in what circumstances. */
interface Caller {
  readonly identity: Identity | undefined;
  readonly token: string | undefined;
  /** The refusal when a call that this one must wait for has not been answered yet. */
  readonly tooEarly: ApiError | undefined;
}

type WriteError = (status: number, code: string, message: string, more?: object) => Answer;

function faultWriter(writeError: WriteError): ErrorWriter {
  return {
    error: ({ status, code, message, headers, body }) => {
      const answer = writeError(status, String(code), message ?? 'Injected by the sandbox.', body);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
    throttling: (retryAfterMs) => throttled(writeError, retryAfterMs),
  };
}

function throttled(writeError: WriteError, retryAfterMs: number): Answer {
  const answer = writeError(400, 'Throttling.User', 'Request was denied due to user flow control.');
  return { ...answer, headers: { ...answer.headers, 'x-acs-retry-after': String(Math.ceil(retryAfterMs)) } };
}

function operationOf(call: IncomingCall): Operation {
  if (call.path !== '/' || (call.method !== 'POST' && call.method !== 'GET')) {
    throw new ApiError(
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  }
  const version = versionOf(call);
  const action = actionOf(call);
  if (!version || !action) {
    const missing = action ? 'Version' : 'Action';
    throw new ApiError(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }
  const product = PRODUCT_OF_VERSION[version];
  if (!product || !servesProduct(call, product)) {
    throw new ApiError(400, 'InvalidVersion', 'Specified parameter Version is not valid.');
  }
  const operation = findOperation(product, action);
  if (!operation) {
    throw new ApiError(
      404,
      'InvalidAction.NotFound',
      `Specified api ${action} is not found in version ${version}.`,
    );
  }
  return operation;
}

/** A request that was sent under a real host name must have the right product's; other names serve all products. */
function servesProduct(call: IncomingCall, product: Product): boolean {
  const named = /^(privatelink|vpc|ecs|sts)\b.*\.aliyuncs\.com(:\d+)?$/.exec(header(call, 'host') ?? '');
  return !named || named[1] === product;
}
