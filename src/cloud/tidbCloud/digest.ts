import { createHash } from 'node:crypto';
import { parseChallenges } from './challenge';

/** HTTP Digest authentication, RFC 7616 (and its forerunner RFC 2617), the client's side. */

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  /** As the server spelled it; undefined when it named none, which means MD5. */
  readonly algorithm?: string;
  readonly hash: 'md5' | 'sha256';
  readonly session: boolean;
  readonly qop: 'auth' | 'none';
  readonly stale: boolean;
}

export interface DigestCredentials {
  readonly username: string;
  readonly password: string;
}

export interface DigestUse {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly uri: string;
  readonly cnonce: string;
  /** 1 for the first request with this nonce. */
  readonly count: number;
}

/** The first Digest challenge that can be answered; servers list them by preference. */
export function digestChallengeIn(header: string | null): DigestChallenge | undefined {
  for (const { scheme, parameters } of parseChallenges(header ?? '')) {
    const nonce = parameters.get('nonce');
    if (scheme !== 'digest' || nonce === undefined) {
      continue;
    }
    const algorithm = parameters.get('algorithm');
    const [, name, session] = /^(md5|sha-256)(-sess)?$/i.exec(algorithm ?? 'MD5') ?? [];
    const offered = parameters
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/);
    if (name === undefined || (offered !== undefined && !offered.includes('auth'))) {
      continue;
    }
    const opaque = parameters.get('opaque');
    return {
      realm: parameters.get('realm') ?? '',
      nonce,
      hash: name.toLowerCase() === 'md5' ? 'md5' : 'sha256',
      session: session !== undefined,
      qop: offered === undefined ? 'none' : 'auth',
      stale: parameters.get('stale')?.toLowerCase() === 'true',
      ...(opaque === undefined ? {} : { opaque }),
      ...(algorithm === undefined ? {} : { algorithm }),
    };
  }
  return undefined;
}

/** The value of the `Authorization` header. */
export function digestAuthorization(
  credentials: DigestCredentials,
  challenge: DigestChallenge,
  use: DigestUse,
): string {
  const h = (text: string): string => createHash(challenge.hash).update(text, 'utf8').digest('hex');
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const nc = use.count.toString(16).padStart(8, '0');
  const secret = h(`${credentials.username}:${realm}:${credentials.password}`);
  const ha1 = challenge.session ? h(`${secret}:${nonce}:${use.cnonce}`) : secret;
  const ha2 = h(`${use.method}:${use.uri}`);
  const response =
    qop === 'auth' ? h(`${ha1}:${nonce}:${nc}:${use.cnonce}:auth:${ha2}`) : h(`${ha1}:${nonce}:${ha2}`);
  return [
    `Digest username=${quoted(credentials.username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(use.uri)}`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(qop === 'auth' || challenge.session ? [`cnonce="${use.cnonce}"`] : []),
    ...(qop === 'auth' ? ['qop=auth', `nc=${nc}`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ');
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
