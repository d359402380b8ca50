import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './credentials';

/** ACS3-HMAC-SHA256, the request signature of Alibaba Cloud's OpenAPI (RPC style). */

const algorithm = 'ACS3-HMAC-SHA256';

export interface UnsignedRequest {
  readonly method: 'POST';
  /** Host with port, as the request will carry it. */
  readonly host: string;
  readonly operation: string;
  readonly version: string;
  /** Flattened; empty when the parameters are in the body. */
  readonly query: Readonly<Record<string, string>>;
  /** Form encoded. */
  readonly form?: string;
  readonly date: Date;
  /** Never used twice. */
  readonly nonce: string;
}

export interface SignedRequest {
  /** Exactly what was signed, without the question mark. */
  readonly query: string;
  /** All but `host`, which the HTTP layer sets by itself. */
  readonly headers: Readonly<Record<string, string>>;
}

export function sign(request: UnsignedRequest, credentials: Credentials): SignedRequest {
  const query = canonicalQuery(request.query);
  const bodyHash = sha256(request.form ?? '');
  const { host, ...headers }: Record<string, string> & { host: string } = {
    host: request.host,
    ...(request.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(credentials.securityToken === undefined
      ? {}
      : {
          'x-acs-accesskey-id': credentials.accessKeyId,
          'x-acs-security-token': credentials.securityToken,
        }),
    'x-acs-action': request.operation,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': request.date.toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const signed = Object.entries({ host, ...headers }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    '/',
    query,
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    bodyHash,
  ].join('\n');
  const signature = createHmac('sha256', credentials.accessKeySecret)
    .update(`${algorithm}\n${sha256(canonical)}`, 'utf8')
    .digest('hex');
  const authorization = `${algorithm} Credential=${credentials.accessKeyId},SignedHeaders=${names},Signature=${signature}`;
  return { query, headers: { ...headers, authorization } };
}

/** Names in code-unit order, values encoded after RFC 3986. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
