import * as v from 'valibot';
import type { ErrorCode } from '../../core/errors';
import { AppError } from '../../core/errors';
import type { Redactor } from '../../core/redact';
import type { HttpAnswer } from '../http';
import { jsonOf } from '../http';
import { reasonFrom } from '../reason';
import type { Pace } from '../retry';
import { patient, quick, retryAfterMs } from '../retry';
import type { Operation } from './operation';

export const source = 'Alibaba Cloud';

export interface ErrorContext {
  readonly operation: Pick<Operation<v.GenericSchema>, 'product' | 'name'>;
  readonly now: number;
  readonly redactor: Redactor;
}

const rawError = v.object({
  Code: v.string(),
  Message: v.fallback(v.optional(v.string()), undefined),
  AccessDeniedDetail: v.fallback(
    v.optional(v.object({ AuthAction: v.fallback(v.optional(v.string()), undefined) })),
    undefined,
  ),
});

type RawError = v.InferOutput<typeof rawError>;

const requestIdInBody = v.object({ RequestId: v.pipe(v.string(), v.nonEmpty()) });

/** What Alibaba Cloud's support asks for. The gateway repeats it in a header, for answers that have no body of its own. */
export function requestIdOf(answer: HttpAnswer): string | undefined {
  const body = v.safeParse(requestIdInBody, jsonOf(answer));
  return body.success ? body.output.RequestId : (answer.headers.get('x-acs-request-id') ?? undefined);
}

/** The error for an answer that is not 2xx (the OpenAPI's common codes; PrivateLink 2020-04-15, VPC, ECS, STS). */
export function errorFrom(answer: HttpAnswer, context: ErrorContext): AppError {
  const { status, headers } = answer;
  const { name } = context.operation;
  const requestId = requestIdOf(answer);
  const common = {
    source,
    subject: name,
    httpStatus: status,
    ...(requestId === undefined ? {} : { requestId }),
  } as const;
  const retryAfter = retryAfterOf(headers, context.now);
  const waiting = (code: ErrorCode): object =>
    ['throttled', 'cloudFault'].includes(code) && retryAfter !== undefined
      ? { retryAfterMs: retryAfter }
      : {};

  const parsed = v.safeParse(rawError, jsonOf(answer));
  if (!parsed.success) {
    const code = status === 429 ? 'throttled' : status >= 500 ? 'cloudFault' : 'badAnswer';
    const reason = `${name} was answered with HTTP ${status} and no readable error`;
    return new AppError(code, { ...common, reason, ...waiting(code) });
  }
  const error = parsed.output;
  const code = errorCodeOf(error, status);
  const reason =
    code === 'credentialsRejected'
      ? rejection(error)
      : (explanations[error.Code] ?? reasonFrom(error.Message, context.redactor));
  const permission = code === 'notAllowed' ? permissionOf(error, context.operation) : undefined;
  return new AppError(code, {
    ...common,
    serviceCode: error.Code,
    ...(reason === undefined ? {} : { reason }),
    ...(permission === undefined ? {} : { missingPermission: permission }),
    ...waiting(code),
  });
}

const codeIn = (error: unknown, codes: readonly string[]): boolean =>
  AppError.is(error) && codes.includes(error.details.serviceCode ?? '');

/** The endpoint or its connection is being changed, and takes the next change after that. */
export const isBusy = (error: unknown): boolean =>
  codeIn(error, [
    'EndpointLocked',
    'EndpointOperationDenied',
    'EndpointConnectionOperationDenied',
    'ConcurrentCallNotSupported',
  ]);

/**
 * What passes by itself though it is no fault and no throttling, and how soon: the same request may be sent again, newly
 * signed. Undefined for all else.
 */
export function paceOf(
  error: AppError,
  operation: Pick<Operation<v.GenericSchema>, 'changes'>,
): Pace | undefined {
  if (codeIn(error, ['IdempotenceProcessing']) || (operation.changes === true && isBusy(error))) {
    return patient;
  }
  return codeIn(error, ['SignatureNonceUsed', 'ConcurrentCallNotSupported']) ? quick : undefined;
}

/** The first rule that fits decides. */
const rules: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/Throttling|^FlowControl/, 'throttled'],
  [/^NeedOpenProduct$/, 'notOpen'],
  [/^InvalidAccessKeyId\.|^Forbidden\.AccessKeyDisabled$|^AuthenticationFail\./, 'credentialsRejected'],
  [/^SignatureDoesNotMatch$|^IncompleteSignature$/, 'credentialsRejected'],
  [/^InvalidSecurityToken|^MissingSecurityToken$/, 'credentialsExpired'],
  [/^InvalidTimeStamp/, 'clockSkew'],
  [
    /^(ServiceUnavailable|InternalError|SystemBusy|GenerateResourceIdFailed|VpcNatServiceException)$/,
    'cloudFault',
  ],
  [/^InvalidAction\.NotFound$|^InvalidVersion|^UnsupportedOperation$|^OperationUnsupported/, 'unsupported'],
  [/^Invalid(RegionId|Region|AcceptLanguage|ResourceType)\.NotFound$/, 'invalidInput'],
  [/^(RegionNotFound|UnsupportedRegion|UnsupportedZone)$/, 'invalidInput'],
  [/^ResourceNotEnough\.VSwitchIp$|^EniIpUnavailable$/, 'invalidInput'],
  [/^Invalid(Group|GroupAuth)Parameter\./, 'invalidInput'],
  [/^Quota|LimitExceed/, 'quota'],
  [/^(SignatureNonceUsed|Idempoten.*|ConcurrentCallNotSupported)$/, 'conflict'],
  [/^(OperationDenied\.)?EndpointProtected$/, 'notAllowed'],
  [/^(EndpointExist|EndpointDuplicated|SecurityGroupExist|OrderOpend|DryRunOperation)$/, 'conflict'],
  [/^IncorrectStatus|Locked$|OperationDenied|^VSwitchStatusNotAllowed$/, 'conflict'],
  [/Dependen(ce|cy)Violation|^Invalid(AccountStatus|Operation)\./, 'conflict'],
  [/NotFound$|^EndpointServiceDeleted$|^TagInfoNotExist$/, 'notFound'],
  [
    /^(NoPermission|EndpointServiceNotAuthorized|CheckServiceLinkRoleError|AccountTypeRestricted)$/,
    'notAllowed',
  ],
  [/^(Forbidden|Unauthorized)(\.|$)/, 'notAllowed'],
  // Whatever the status: ECS answers some of them with 403 or 404.
  [/^(Invalid|Missing)|NotSupported$/, 'invalidInput'],
];

const endpointProtected = 'the endpoint is protected: only the identity that created it may change it';
/** What the cloud's own words leave open. */
const explanations: Readonly<Record<string, string>> = {
  EndpointProtected: endpointProtected,
  'OperationDenied.EndpointProtected': endpointProtected,
  EndpointServiceNotAuthorized: 'the endpoint service has not allowed this Alibaba Cloud account',
  AccountTypeRestricted: 'only the main account can do this, in the console',
  'InvalidAccountStatus.NotEnoughBalance': 'the balance of the Alibaba Cloud account is too low',
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'notAllowed',
  403: 'notAllowed',
  404: 'notFound',
  409: 'conflict',
  429: 'throttled',
};

function errorCodeOf(error: RawError, status: number): ErrorCode {
  if (error.AccessDeniedDetail?.AuthAction !== undefined) {
    return 'notAllowed';
  }
  // OpenPrivateLinkService says it in the text alone.
  if (error.Message?.includes('QPS Limit Exceeded') === true) {
    return 'throttled';
  }
  const rule = rules.find(([pattern]) => pattern.test(error.Code));
  return (
    rule?.[1] ??
    byStatus[status] ??
    (status >= 500 ? 'cloudFault' : status >= 400 ? 'invalidInput' : 'badAnswer')
  );
}

/** Own words: the cloud's text for a wrong signature quotes the request. */
function rejection({ Code }: RawError): string {
  switch (Code) {
    case 'InvalidAccessKeyId.NotFound':
      return 'the AccessKey ID is not known';
    case 'InvalidAccessKeyId.Inactive':
    case 'Forbidden.AccessKeyDisabled':
      return 'the AccessKey is disabled';
    case 'SignatureDoesNotMatch':
    case 'IncompleteSignature':
      return 'the AccessKey secret does not match the AccessKey ID';
    default:
      return `the AccessKey is not accepted (${Code})`;
  }
}

/** The RAM action has the operation's name; where the cloud names another one, that is what it asks for. */
function permissionOf(error: RawError, { product, name }: ErrorContext['operation']): string | undefined {
  if (error.AccessDeniedDetail?.AuthAction !== undefined) {
    return error.AccessDeniedDetail.AuthAction;
  }
  switch (error.Code) {
    case 'NoPermission':
    case 'Forbidden.RAM':
      return `${product}:${name}`;
    case 'CheckServiceLinkRoleError':
      return 'ram:CreateServiceLinkedRole';
    default:
      return undefined;
  }
}

/** `x-acs-retry-after` is in milliseconds. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const own = headers.get('x-acs-retry-after')?.trim() ?? '';
  return /^\d+$/.test(own) ? Number(own) : retryAfterMs(headers, now);
}

/** Undefined when the call fails with one of these codes, which say that all is as wanted. */
export async function unless<T>(
  serviceCodes: readonly string[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (codeIn(error, serviceCodes)) {
      return undefined;
    }
    throw error;
  }
}
