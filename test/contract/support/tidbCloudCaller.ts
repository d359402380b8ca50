import { createHash, randomBytes } from 'node:crypto';
import type { Sandbox } from '../../../src/sandbox';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string;
  readonly algorithm: string;
}

export interface DigestCall {
  readonly method: string;
  /** With base path and query. */
  readonly target: string;
  readonly challenge: Challenge;
  readonly nc: number;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The Authorization header of RFC 7616, written for these tests from the standard. */
export function digestHeader(call: DigestCall): string {
  const { realm, nonce, opaque, algorithm } = call.challenge;
  const hash = (text: string): string =>
    createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const nc = call.nc.toString(16).padStart(8, '0');
  const cnonce = randomBytes(8).toString('hex');
  const secret = hash(`${call.publicKey}:${realm}:${call.privateKey}`);
  const response = hash([secret, nonce, nc, cnonce, 'auth', hash(`${call.method}:${call.target}`)].join(':'));
  return (
    `Digest username="${call.publicKey}", realm="${realm}", nonce="${nonce}", uri="${call.target}", ` +
    `response="${response}", algorithm=${algorithm}, cnonce="${cnonce}", qop=auth, nc=${nc}, opaque="${opaque}"`
  );
}

export function parseChallenge(headers: Headers): Challenge {
  const text = headers.get('www-authenticate') ?? '';
  const field = (name: string): string => new RegExp(`\\b${name}="?([^",]+)"?`).exec(text)?.[1] ?? '';
  return {
    realm: field('realm'),
    nonce: field('nonce'),
    opaque: field('opaque'),
    algorithm: field('algorithm'),
  };
}

/** One request, as it is, without any login of its own. `path` is below the base path. */
export async function plainCall(
  sandbox: Sandbox,
  method: string,
  path: string,
  init: { authorization?: string; body?: object } = {},
): Promise<ApiAnswer> {
  const response = await fetch(sandbox.tidbCloud.baseUrl + path, {
    method,
    headers: {
      ...(init.authorization === undefined ? {} : { authorization: init.authorization }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

export type TidbCall = (method: string, path: string, body?: object) => Promise<ApiAnswer>;

/** Asks for a challenge once and uses its nonce from then on, as long as the server agrees. */
export function tidbCaller(sandbox: Sandbox, keys = sandbox.tidbCloud): TidbCall {
  let challenge: Challenge | undefined;
  let nc = 0;
  return async (method, path, body) => {
    const withBody = body === undefined ? {} : { body };
    for (let attempt = 1; ; attempt += 1) {
      challenge ??= parseChallenge((await plainCall(sandbox, method, path, withBody)).headers);
      nc += 1;
      const target = new URL(sandbox.tidbCloud.baseUrl).pathname + path;
      const { publicKey, privateKey } = keys;
      const authorization = digestHeader({ method, target, challenge, nc, publicKey, privateKey });
      const answer = await plainCall(sandbox, method, path, { authorization, ...withBody });
      const stale = answer.headers.get('www-authenticate')?.includes('stale=true') === true;
      if (answer.status !== 401 || !stale || attempt > 1) {
        return answer;
      }
      challenge = parseChallenge(answer.headers);
      nc = 0;
    }
  };
}
