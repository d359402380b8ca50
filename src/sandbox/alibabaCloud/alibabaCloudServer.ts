import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { Faults } from '../faults';
import { decodePairs, header, jsonAnswer, type Answer, type IncomingCall } from '../http/exchange';
import type { Lifecycle } from '../world/lifecycle';
import type { World } from '../world/world';
import type { Identity } from './accounts';
import { ApiError } from './apiError';
import { EndpointPage } from './endpointPage';
import { ClientTokens } from './idempotency';
import { PRODUCT_OF_VERSION, type Operation } from './operation';
import { findOperation } from './operations';
import { SignatureVerifier } from './signature';

const FORM = 'application/x-www-form-urlencoded';

export interface AlibabaCloudParts {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly identities: readonly Identity[];
  readonly log: (line: string) => void;
}

/** All products of Alibaba Cloud on one host: RPC style, ACS3-HMAC-SHA256. */
export class AlibabaCloudServer {
  private readonly verifier: SignatureVerifier;
  private readonly tokens = new ClientTokens();
  private readonly page: EndpointPage;

  constructor(private readonly parts: AlibabaCloudParts) {
    this.verifier = new SignatureVerifier(parts.identities, () => parts.clock.now());
    this.page = new EndpointPage(parts.world, parts.lifecycle, parts.clock);
  }

  async handle(call: IncomingCall): Promise<Answer> {
    if (call.path === '/console' || call.path.startsWith('/console/')) {
      return this.page.handle(call);
    }
    const requestId = randomUUID().toUpperCase();
    const action = header(call, 'x-acs-action') ?? '';
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
      const identity = this.verifier.verify(call);
      return await this.parts.faults.around(
        `${operation.product}:${operation.action}`,
        ({ status, code, message, headers, body }) => {
          const answer = writeError(status, String(code), message ?? 'Injected by the sandbox.', body);
          return { ...answer, headers: { ...answer.headers, ...headers } };
        },
        () => this.run(operation, call, identity, requestId, writeError),
      );
    } catch (error) {
      return errorAnswer(error, writeError);
    }
  }

  private run(
    operation: Operation,
    call: IncomingCall,
    identity: Identity,
    requestId: string,
    writeError: WriteError,
  ): Answer {
    const { world, lifecycle, clock } = this.parts;
    try {
      const pairs = parametersOf(operation, call);
      const scope = `${identity.accessKeyId} ${operation.product}:${operation.action}`;
      const mismatch =
        operation.product === 'ecs' ? 'IdempotentParameterMismatch' : 'IdempotenceSignatureMismatch';
      const body = this.tokens.once(scope, mismatch, pairs, () =>
        operation.call(pairs, { world, lifecycle, clock, identity }),
      );
      return jsonAnswer(200, { RequestId: requestId, ...body });
    } catch (error) {
      return errorAnswer(error, writeError);
    }
  }
}

type WriteError = (status: number, code: string, message: string, more?: object) => Answer;

function errorAnswer(error: unknown, writeError: WriteError): Answer {
  if (error instanceof ApiError) {
    return writeError(error.status, error.code, error.message);
  }
  return writeError(500, 'InternalError', 'The request processing has failed due to some unknown error.');
}

function operationOf(call: IncomingCall): Operation {
  if (call.path !== '/' || (call.method !== 'POST' && call.method !== 'GET')) {
    throw new ApiError(
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  }
  const version = header(call, 'x-acs-version');
  const action = header(call, 'x-acs-action');
  if (!version || !action) {
    const missing = action ? 'Version' : 'Action';
    throw new ApiError(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }
  const product = PRODUCT_OF_VERSION[version];
  if (!product) {
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

/** Parameters come in the query or in a form body; some operations take the body's only. */
function parametersOf(operation: Operation, call: IncomingCall): [string, string][] {
  const query = decodePairs(call.queryText);
  const isForm = (header(call, 'content-type') ?? '').split(';')[0]?.trim() === FORM;
  if (call.body.length > 0 && !isForm) {
    throw new ApiError(400, 'UnsupportedContentType', `The body of a request is ${FORM}.`);
  }
  const form = decodePairs(call.body.toString('utf8'));
  const stray = operation.takes === 'form' ? query[0] : undefined;
  if (stray) {
    throw new ApiError(
      400,
      `InvalidParameter.${stray[0]}`,
      `${stray[0]} belongs to the form body of this action.`,
    );
  }
  return [...query, ...form];
}
