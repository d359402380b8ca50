import { jsonAnswer, type Answer } from '../http/exchange';

/** gRPC codes that the gateway in front of the API turns into HTTP statuses. */
const HTTP_STATUS = {
  3: 400, // invalid argument
  5: 404, // not found
  6: 409, // already exists
  7: 403, // permission denied
  9: 400, // failed precondition
  12: 501, // unimplemented
  13: 500, // internal
} as const;

export type RpcCode = keyof typeof HTTP_STATUS;

/** A refusal by an operation. Body: rpcStatus `{code, message, details}`, TiDB Cloud v1beta2. */
export class RpcError extends Error {
  constructor(
    readonly code: RpcCode,
    message: string,
  ) {
    super(message);
    this.name = 'RpcError';
  }

  get status(): number {
    return HTTP_STATUS[this.code];
  }
}

/** Codes of the gateway itself. */
export const UNKNOWN_KEY = 49900001;
export const TOO_MANY_REQUESTS = 49900007;

export function rpcStatus(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
  details: readonly unknown[] = [],
): Answer {
  return jsonAnswer(status, { code, message, details }, headers);
}
