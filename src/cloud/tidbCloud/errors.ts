import * as v from 'valibot';
import type { ErrorCode } from '../../core/errors';
import { AppError } from '../../core/errors';
import { Redactor } from '../../core/redact';
import type { HttpAnswer } from '../http';
import { jsonOf } from '../http';
import { reasonFrom } from '../reason';
import { retryAfterMs } from '../retry';

export const source = 'TiDB Cloud';

/** What an error answer is about. */
export interface ErrorContext {
  readonly operation: string;
  /** In a person's words, for example `instance 10…`. */
  readonly subject: string;
  /** The least role that may do this. */
  readonly role: string;
  readonly now: number;
  /** Texts that the cloud may repeat and that must not be shown. */
  readonly secrets: readonly string[];
}

/** `rpcStatus`. `code` is a gRPC number or a longer one of the gateway's own. */
const rpcStatus = v.object({
  code: v.fallback(v.optional(v.number()), undefined),
  message: v.fallback(v.optional(v.string()), undefined),
});

export const requestIdOf = (headers: Headers): string | undefined =>
  headers.get('x-debug-trace-id') ?? undefined;

/** The error for an answer that is not 2xx (TiDB Cloud v1beta2, declared errors and those its clients meet). */
export function errorFrom(answer: HttpAnswer, context: ErrorContext): AppError {
  const body = v.safeParse(rpcStatus, jsonOf(answer));
  const { code, message } = body.success ? body.output : {};
  const kind = errorCodeOf(answer.status, code, body.success);
  const reason =
    wordsOf(message, context.secrets) ??
    (kind === 'badAnswer'
      ? `${context.operation} was answered with HTTP ${answer.status} and no readable error`
      : undefined);
  const requestId = requestIdOf(answer.headers);
  const retryAfter =
    kind === 'throttled'
      ? retryAfterOf(answer.headers, context.now)
      : kind === 'cloudFault'
        ? retryAfterMs(answer.headers, context.now)
        : undefined;
  return new AppError(kind, {
    source,
    subject: context.subject,
    httpStatus: answer.status,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { serviceCode: String(code) }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(kind === 'notAllowed' ? { missingPermission: context.role } : {}),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  });
}

/** gRPC numbers as google.rpc.Code has them; longer numbers say nothing. */
const byRpcCode: Readonly<Record<number, ErrorCode>> = {
  6: 'conflict',
  8: 'quota',
  9: 'conflict',
  12: 'unsupported',
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'credentialsRejected',
  403: 'notAllowed',
  404: 'notFound',
  405: 'unsupported',
  408: 'cloudFault',
  409: 'conflict',
  429: 'throttled',
  501: 'unsupported',
};

/** Without the API's error body these come from a proxy or from a wrong base URL. */
const oftenNotOurs = new Set([403, 404]);

function errorCodeOf(status: number, rpcCode: number | undefined, readable: boolean): ErrorCode {
  const known = byStatus[status];
  if (rpcCode === 12) {
    return 'unsupported';
  }
  if (known !== undefined && (readable || !oftenNotOurs.has(status))) {
    return known;
  }
  if (status >= 500) {
    return 'cloudFault';
  }
  if (!readable || status < 400) {
    return 'badAnswer';
  }
  return byRpcCode[rpcCode ?? -1] ?? 'invalidInput';
}

/** The cloud's own words. They are left out where a secret would show: one that is too short to be replaced. */
function wordsOf(message: unknown, secrets: readonly string[]): string | undefined {
  const redactor = new Redactor();
  secrets.forEach((secret) => redactor.learn(secret));
  const reason = reasonFrom(message, redactor);
  return secrets.some((secret) => reason?.includes(secret)) ? undefined : reason;
}

/** How long a 429 asks to wait. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? '';
  return retryAfterMs(headers, now) ?? (/^\d+$/.test(reset) ? Number(reset) * 1000 : undefined);
}
