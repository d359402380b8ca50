import { createHmac, randomUUID } from 'node:crypto';
import type { Sandbox } from '../../../src/sandbox';
import type { RawAnswer } from './rawCaller';

export interface RpcRequest {
  readonly action?: string;
  readonly version?: string;
  readonly method?: 'GET' | 'POST';
  /** Parameters of the action that go into the query, and those that go into a form body. */
  readonly query?: readonly (readonly [string, string])[];
  readonly form?: readonly (readonly [string, string])[];
  readonly accessKeyId?: string;
  readonly secret?: string;
  readonly securityToken?: string;
  readonly date?: Date;
  readonly nonce?: string;
  /** Parameters of the protocol that are sent with another value, or not at all. */
  readonly protocol?: Readonly<Record<string, string | undefined>>;
  /** Parameters added after signing. */
  readonly unsigned?: readonly (readonly [string, string])[];
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Signs as RPC signature 1.0, written for these tests from its description. */
export async function rpcCall(sandbox: Sandbox, request: RpcRequest): Promise<RawAnswer> {
  const method = request.method ?? 'POST';
  const protocol: Record<string, string | undefined> = {
    Action: request.action ?? 'GetCallerIdentity',
    Version: request.version ?? '2015-04-01',
    Format: 'JSON',
    AccessKeyId: request.accessKeyId ?? sandbox.alibabaCloud.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: request.nonce ?? randomUUID(),
    Timestamp: (request.date ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
    SecurityToken: request.securityToken,
    ...request.protocol,
  };
  const query = [...Object.entries(protocol), ...(request.query ?? [])].flatMap(
    ([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]),
  );
  const form = request.form ?? [];
  const canonical = [...query, ...form]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .filter(([name], index, all) => all[index + 1]?.[0] !== name)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const signature = createHmac('sha1', `${request.secret ?? sandbox.alibabaCloud.accessKeySecret}&`)
    .update(`${method}&%2F&${encode(canonical)}`)
    .digest('base64');
  const signed = [...query, ['Signature', signature] as const, ...(request.unsigned ?? [])];
  const text = signed.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  const response = await fetch(`${sandbox.alibabaCloud.endpoints.sts}/?${text}`, {
    method,
    ...(form.length === 0
      ? {}
      : {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: form.map(([name, value]) => `${name}=${encode(value)}`).join('&'),
        }),
  });
  return { status: response.status, body: await response.json() };
}
