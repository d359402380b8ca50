import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodePairs, header, type IncomingCall } from '../http/exchange';
import type { Identity } from './accounts';
import { ApiError } from './apiError';

const ALGORITHM = 'ACS3-HMAC-SHA256';
const LARGEST_SKEW_MS = 15 * 60 * 1000;

/** RFC 3986 encoding: everything but letters, digits and `-_.~`. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The canonical query: decoded pairs, encoded anew, because clients leave `!'()*` bare on the wire. */
export function canonicalQuery(queryText: string): string {
  return decodePairs(queryText)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${key}=${encode(value)}`)
    .join('&');
}

export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Lower-case names with trimmed values, sorted by name. */
  readonly headers: readonly (readonly [string, string])[];
  readonly bodySha256: string;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const lines = parts.headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const names = parts.headers.map(([name]) => name).join(';');
  return [parts.method, parts.path, parts.query, lines, names, parts.bodySha256].join('\n');
}

/** The last step of ACS3-HMAC-SHA256; the secret is used as it is. */
export function sign(canonical: string, secret: string): string {
  return createHmac('sha256', secret).update(stringToSign(canonical)).digest('hex');
}

function stringToSign(canonical: string): string {
  return `${ALGORITHM}\n${sha256Hex(canonical)}`;
}

/** Checks who sends a request: ACS3-HMAC-SHA256, Alibaba Cloud OpenAPI. One per server, because nonces count once. */
export class SignatureVerifier {
  private readonly nonces = new Map<string, number>();

  constructor(
    private readonly identities: readonly Identity[],
    private readonly now: () => number,
  ) {}

  /** @throws ApiError when the caller cannot be trusted. */
  verify(call: IncomingCall): Identity {
    const authorization = parseAuthorization(call);
    const identity = this.identities.find(({ accessKeyId }) => accessKeyId === authorization.credential);
    if (!identity) {
      throw new ApiError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    }
    const nonce = requiredHeader(call, 'x-acs-signature-nonce', 'MissingSignatureNonce');
    this.checkDate(requiredHeader(call, 'x-acs-date', 'MissingTimestamp'));
    checkSecurityToken(call, identity);
    this.checkSignature(call, identity, authorization);
    this.checkNonce(`${identity.accessKeyId} ${nonce}`);
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

  private checkSignature(call: IncomingCall, identity: Identity, authorization: Authorization): void {
    const unsigned = Object.keys(call.headers).find(
      (name) => (name === 'host' || name.startsWith('x-acs-')) && !authorization.signedHeaders.includes(name),
    );
    if (unsigned !== undefined) {
      throw new ApiError(
        400,
        'IncompleteSignature',
        `The header ${unsigned} is not among the signed headers.`,
      );
    }
    const headers = authorization.signedHeaders.map(
      (name) => [name, (header(call, name) ?? '').trim()] as const,
    );
    const bodySha256 = sha256Hex(call.body);
    if (requiredHeader(call, 'x-acs-content-sha256', 'MissingContentSha256') !== bodySha256) {
      throw new ApiError(
        400,
        'SignatureDoesNotMatch',
        'The x-acs-content-sha256 header is not the digest of the body.',
      );
    }
    const query = canonicalQuery(call.queryText);
    const canonical = canonicalRequest({ method: call.method, path: call.path, query, headers, bodySha256 });
    const expected = Buffer.from(sign(canonical, identity.accessKeySecret));
    const given = Buffer.from(authorization.signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      const message = 'Specified signature is not matched with our calculation. server string to sign is:';
      throw new ApiError(400, 'SignatureDoesNotMatch', `${message}${stringToSign(canonical)}`);
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

interface Authorization {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function parseAuthorization(call: IncomingCall): Authorization {
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    header(call, 'authorization') ?? '',
  );
  if (!match) {
    throw new ApiError(
      400,
      'IncompleteSignature',
      'The request signature does not conform to Aliyun standards: it is missing or not ACS3-HMAC-SHA256.',
    );
  }
  const [, credential = '', names = '', signature = ''] = match;
  const signedHeaders = names.split(';');
  const sorted = [...new Set(signedHeaders)].sort().join(';') === names;
  if (!sorted || !signedHeaders.every((name) => signable(name) && header(call, name) !== undefined)) {
    throw new ApiError(400, 'IncompleteSignature', 'The list of signed headers is not valid.');
  }
  return { credential, signedHeaders, signature };
}

function signable(name: string): boolean {
  return name === 'host' || name === 'content-type' || name.startsWith('x-acs-');
}

function requiredHeader(call: IncomingCall, name: string, code: string): string {
  const value = header(call, name);
  if (!value) {
    throw new ApiError(400, code, `The header ${name} is mandatory.`);
  }
  return value;
}

function checkSecurityToken(call: IncomingCall, identity: Identity): void {
  const token = header(call, 'x-acs-security-token');
  if (identity.securityToken === undefined) {
    if (token !== undefined) {
      throw new ApiError(
        400,
        'InvalidSecurityToken.MismatchWithAccessKey',
        'Specified SecurityToken mismatch with the AccessKey.',
      );
    }
    return;
  }
  if (token === undefined) {
    throw new ApiError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (token !== identity.securityToken) {
    throw new ApiError(400, 'InvalidSecurityToken.Malformed', 'Specified SecurityToken is malformed.');
  }
  if (header(call, 'x-acs-accesskey-id') !== identity.accessKeyId) {
    throw new ApiError(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
  }
}
