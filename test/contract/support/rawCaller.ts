import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Sandbox } from '../../../src/sandbox';

export interface RawRequest {
  readonly version?: string;
  readonly action?: string;
  /** Pairs as they go into the query, so that a wrong name or flattening can be sent. */
  readonly query?: readonly (readonly [string, string])[];
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accessKeyId?: string;
  readonly secret?: string;
  readonly date?: Date;
  readonly nonce?: string;
  /** Headers that are sent but left out of the signature. */
  readonly unsigned?: readonly string[];
  /** What is made of the authorization before it is sent. */
  readonly spoil?: (authorization: string) => string;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A signer written for these tests from the description of ACS3-HMAC-SHA256, able to do every step wrongly. */
export async function rawCall(sandbox: Sandbox, request: RawRequest): Promise<RawAnswer> {
  const origin = sandbox.alibabaCloud.endpoints.privatelink;
  const pairs = request.query ?? [];
  const join = (list: typeof pairs): string =>
    list.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  const form = request.form ?? '';
  const headers: Record<string, string> = {
    host: new URL(origin).host,
    'x-acs-action': request.action ?? 'ListVpcEndpoints',
    'x-acs-version': request.version ?? '2020-04-15',
    'x-acs-date': (request.date ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': request.nonce ?? randomUUID(),
    'x-acs-content-sha256': sha256(form),
    ...(form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...request.headers,
  };
  const signed = Object.keys(headers)
    .filter((name) => !request.unsigned?.includes(name))
    .sort();
  const canonical = [
    'POST',
    '/',
    join([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
    ...signed.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    signed.join(';'),
    sha256(form),
  ].join('\n');
  const secret = request.secret ?? sandbox.alibabaCloud.accessKeySecret;
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const credential = request.accessKeyId ?? sandbox.alibabaCloud.accessKeyId;
  const authorization = `ACS3-HMAC-SHA256 Credential=${credential},SignedHeaders=${signed.join(';')},Signature=${signature}`;
  const response = await fetch(`${origin}/?${join(pairs)}`, {
    method: 'POST',
    headers: { ...headers, Authorization: request.spoil?.(authorization) ?? authorization },
    ...(form === '' ? {} : { body: form }),
  });
  return { status: response.status, body: await response.json() };
}
