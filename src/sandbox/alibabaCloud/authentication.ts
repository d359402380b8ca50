import { header, type IncomingCall } from '../http/exchange';
import type { Identity, KeyRing } from './accounts';
import { ApiError } from './apiError';
import { allPairs, isRpcStyle, readRpcSignature } from './rpcSignature';
import { readAcs3Signature } from './signature';

const LARGEST_SKEW_MS = 15 * 60 * 1000;

/** What a request says about who sends it, whichever way it is signed. */
export interface SignedRequest {
  readonly accessKeyId: string;
  /** UTC, `YYYY-MM-DDTHH:mm:ssZ`. */
  readonly date: string;
  readonly nonce: string;
  readonly securityToken: string | undefined;
  /** The key that the token is said to belong to. */
  readonly tokenKeyId: string | undefined;
  /** @throws ApiError when the request was not signed with this secret. */
  readonly checkSignature: (accessKeySecret: string) => void;
}

/**
 * Checks who sends a request. The gateway takes ACS3-HMAC-SHA256 and, from older clients, RPC signature 1.0.
 * One per server, because nonces count once.
 */
export class Authentication {
  private readonly nonces = new Map<string, number>();

  constructor(
    private readonly keys: KeyRing,
    private readonly now: () => number,
  ) {}

  /** Whether a request claims a sender at all; a few actions can be called without. */
  static isAnonymous(call: IncomingCall): boolean {
    const claims = ['AccessKeyId', 'Signature'];
    return (
      header(call, 'authorization') === undefined && !allPairs(call).some(([name]) => claims.includes(name))
    );
  }

  /** @throws ApiError when the caller cannot be trusted. */
  verify(call: IncomingCall): Identity {
    const request = isRpcStyle(call) ? readRpcSignature(call) : readAcs3Signature(call);
    const known = this.keys.find(request.accessKeyId);
    if (!known) {
      throw new ApiError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    }
    const { identity, expired } = known;
    this.checkDate(request.date);
    checkSecurityToken(request, identity);
    request.checkSignature(identity.accessKeySecret);
    if (expired) {
      throw new ApiError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
    }
    this.checkNonce(`${identity.accessKeyId} ${request.nonce}`);
    return identity;
  }

  private checkDate(text: string): void {
    const time = Date.parse(text);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(time)) {
      throw new ApiError(
        400,
        'InvalidTimeStamp.Format',
        'Specified time stamp or date value is not well formatted.',
      );
    }
    if (Math.abs(this.now() - time) > LARGEST_SKEW_MS) {
      throw new ApiError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
    }
  }

  private checkNonce(key: string): void {
    const now = this.now();
    for (const [old, usedAt] of this.nonces) {
      if (now - usedAt <= 2 * LARGEST_SKEW_MS) {
        break;
      }
      this.nonces.delete(old);
    }
    if (this.nonces.has(key)) {
      throw new ApiError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
    this.nonces.set(key, now);
  }
}

function checkSecurityToken({ securityToken, tokenKeyId }: SignedRequest, identity: Identity): void {
  if (identity.securityToken === undefined) {
    if (securityToken !== undefined) {
      throw mismatch();
    }
    return;
  }
  if (securityToken === undefined) {
    throw new ApiError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (securityToken !== identity.securityToken) {
    throw new ApiError(400, 'InvalidSecurityToken.Malformed', 'Specified SecurityToken is malformed.');
  }
  if (tokenKeyId !== identity.accessKeyId) {
    throw mismatch();
  }
}

function mismatch(): ApiError {
  return new ApiError(
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  );
}
