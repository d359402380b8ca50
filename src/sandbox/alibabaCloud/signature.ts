import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodePairs, header, type IncomingCall } from '../http/exchange';
import { ApiError } from './apiError';
import type { SignedRequest } from './authentication';

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** RFC 3986 encoding: everything but letters, digits and `-_.~`. */
export function encode(value: string): string {
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

/** @throws ApiError when the authorization or a header that goes with it is missing or malformed. */
export function readAcs3Signature(call: IncomingCall): SignedRequest {
  const authorization = parseAuthorization(call);
  return {
    accessKeyId: authorization.credential,
    date: requiredHeader(call, 'x-acs-date', 'MissingTimestamp'),
    nonce: requiredHeader(call, 'x-acs-signature-nonce', 'MissingSignatureNonce'),
    securityToken: header(call, 'x-acs-security-token'),
    tokenKeyId: header(call, 'x-acs-accesskey-id'),
    checkSignature: (accessKeySecret) => checkSignature(call, authorization, accessKeySecret),
  };
}

function checkSignature(call: IncomingCall, authorization: Authorization, accessKeySecret: string): void {
  const unsigned = Object.keys(call.headers).find(
    (name) => (name === 'host' || name.startsWith('x-acs-')) && !authorization.signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw new ApiError(400, 'IncompleteSignature', `The header ${unsigned} is not among the signed headers.`);
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
  if (!signaturesMatch(authorization.signature, sign(canonical, accessKeySecret))) {
    throw signatureDoesNotMatch(stringToSign(canonical));
  }
}

export function signaturesMatch(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Clients compare the text after the colon with their own to tell a wrong secret from a bug of theirs. */
export function signatureDoesNotMatch(serverStringToSign: string): ApiError {
  const message = 'Specified signature is not matched with our calculation. server string to sign is:';
  return new ApiError(400, 'SignatureDoesNotMatch', message + serverStringToSign);
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
  if (!sorted || !signedHeaders.every((name) => header(call, name) !== undefined)) {
    throw new ApiError(400, 'IncompleteSignature', 'The list of signed headers is not valid.');
  }
  return { credential, signedHeaders, signature };
}

function requiredHeader(call: IncomingCall, name: string, code: string): string {
  const value = header(call, name);
  if (!value) {
    throw new ApiError(400, code, `The header ${name} is mandatory.`);
  }
  return value;
}
