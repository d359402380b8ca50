import * as v from 'valibot';
import type { ErrorCode } from '../../core/errors';
import { AppError } from '../../core/errors';
import type { Redactor } from '../../core/redact';
import type { HttpAnswer } from '../http';
import { jsonOf } from '../http';
import { reasonFrom } from '../reason';
import { retryAfterMs } from '../retry';

export const source = 'Alibaba Cloud';

export interface ErrorContext {
  readonly operation: string;
  readonly now: number;
  readonly redactor: Redactor;
}

const rawError = v.object({
  RequestId: v.fallback(v.optional(v.string()), undefined),
  Code: v.string(),
  Message: v.fallback(v.optional(v.string()), undefined),
  AccessDeniedDetail: v.fallback(
    v.optional(v.object({ AuthAction: v.fallback(v.optional(v.string()), undefined) })),
    undefined,
  ),
});

type RawError = v.InferOutput<typeof rawError>;

/** The error for an answer that is not 2xx (the OpenAPI's common codes; PrivateLink 2020-04-15, VPC, ECS, STS). */
export function errorFrom(answer: HttpAnswer, context: ErrorContext): AppError {
  const { status, headers } = answer;
  const parsed = v.safeParse(rawError, jsonOf(answer));
  if (!parsed.success) {
    return new AppError(status === 429 ? 'throttled' : status >= 500 ? 'cloudFault' : 'badAnswer', {
      source,
      subject: context.operation,
      httpStatus: status,
      reason: `${context.operation} was answered with HTTP ${status} and no readable error`,
    });
  }
  const error = parsed.output;
  const code = errorCodeOf(error, status);
  const reason =
    code === 'credentialsRejected' ? rejection(error) : reasonFrom(error.Message, context.redactor);
  const permission = code === 'notAllowed' ? permissionOf(error) : undefined;
  const retryAfter = code === 'throttled' ? retryAfterOf(headers, context.now) : undefined;
  return new AppError(code, {
    source,
    subject: context.operation,
    httpStatus: status,
    serviceCode: error.Code,
    ...(reason === undefined ? {} : { reason }),
    ...(error.RequestId === undefined ? {} : { requestId: error.RequestId }),
    ...(permission === undefined ? {} : { missingPermission: permission }),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  });
}

/** What passes by itself though it is no fault and no throttling: the same request may be sent again, newly signed. */
export function passesByItself(error: AppError): boolean {
  return ['SignatureNonceUsed', 'IdempotenceProcessing', 'ConcurrentCallNotSupported'].includes(
    error.details.serviceCode ?? '',
  );
}

/** The first rule that fits decides. */
const rules: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/Throttling|^FlowControl/, 'throttled'],
  [/^NeedOpenProduct$/, 'notOpen'],
  [/^InvalidAccessKeyId\.|^Forbidden\.AccessKeyDisabled$/, 'credentialsRejected'],
  [/^SignatureDoesNotMatch$|^IncompleteSignature$/, 'credentialsRejected'],
  [/^InvalidSecurityToken|^MissingSecurityToken$/, 'credentialsExpired'],
  [/^InvalidTimeStamp/, 'clockSkew'],
  [/^(ServiceUnavailable|InternalError|SystemBusy|GenerateResourceIdFailed)$/, 'cloudFault'],
  [/^InvalidAction\.NotFound$|^InvalidVersion|^UnsupportedOperation$|^OperationUnsupported/, 'unsupported'],
  [
    /^(InvalidRegionId|InvalidRegion)\.NotFound$|^(RegionNotFound|UnsupportedRegion|UnsupportedZone)$/,
    'invalidInput',
  ],
  [/^ResourceNotEnough\.VSwitchIp$|^EniIpUnavailable$|^Incorrect(Payer|Type)/, 'invalidInput'],
  [/^Quota|LimitExceed/, 'quota'],
  [/^(SignatureNonceUsed|Idempoten.*|ConcurrentCallNotSupported)$/, 'conflict'],
  [/^(OperationDenied\.)?EndpointProtected$/, 'notAllowed'],
  [/^(EndpointExist|EndpointDuplicated|SecurityGroupExist|OrderOpend)$/, 'conflict'],
  [/^IncorrectStatus|Locked$|OperationDenied|^VSwitchStatusNotAllowed$/, 'conflict'],
  [/Dependen(ce|cy)Violation|^InvalidAccountStatus/, 'conflict'],
  [/NotFound$|^EndpointServiceDeleted$/, 'notFound'],
  [
    /^(NoPermission|EndpointServiceNotAuthorized|CheckServiceLinkRoleError|AccountTypeRestricted)$/,
    'notAllowed',
  ],
  [/^(Forbidden|Unauthorized)(\.|$)/, 'notAllowed'],
];

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
function rejection(error: RawError): string {
  if (error.Code.startsWith('InvalidAccessKeyId') || error.Code.startsWith('Forbidden')) {
    return error.Code.endsWith('NotFound') ? 'the AccessKey ID is not known' : 'the AccessKey is disabled';
  }
  return 'the AccessKey secret does not match the AccessKey ID';
}

function permissionOf(error: RawError): string | undefined {
  return (
    error.AccessDeniedDetail?.AuthAction ??
    (error.Code === 'CheckServiceLinkRoleError' ? 'ram:CreateServiceLinkedRole' : undefined)
  );
}

/** `x-acs-retry-after` is in milliseconds. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const own = headers.get('x-acs-retry-after')?.trim() ?? '';
  return /^\d+$/.test(own) ? Number(own) : retryAfterMs(headers, now);
}
