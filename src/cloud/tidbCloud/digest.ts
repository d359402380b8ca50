import { createHash, randomBytes } from 'node:crypto';
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
const newCnonce = (): string => randomBytes(16).toString('base64url');

interface KnownNonce {
  readonly challenge: DigestChallenge;
  /** One for as long as the nonce lives: -sess derives its key from it. */
  readonly sessionCnonce: string;
  count: number;
}

/** How often within one call the server may say that a nonce has just gone stale. */
const maxStale = 3;

/** One call's use of a nonce that no other call has at the same time. */
export class DigestExchange {
  private fresh = false;
  private staleSeen = 0;

  constructor(
    private readonly credentials: DigestCredentials,
    private known: KnownNonce | undefined,
  ) {}

  /** Undefined while no challenge is known: the request goes out bare and the server answers with one. */
  authorization(method: string, uri: string): string | undefined {
    if (this.known === undefined) {
      return undefined;
    }
    const { challenge, sessionCnonce } = this.known;
    this.known.count += 1;
    return digestAuthorization(this.credentials, challenge, {
      method,
      uri,
      count: this.known.count,
      cnonce: challenge.session ? sessionCnonce : newCnonce(),
    });
  }

  /**
   * Takes in a 401. `again`: send once more, now with another authorization. `rejected`: the answer to a fresh challenge
   * was refused, so the key is wrong. `unknown`: the server asks for something that is not Digest as known here.
   */
  challenged(header: string | null): 'again' | 'rejected' | 'unknown' {
    const challenge = digestChallengeIn(header);
    if (this.fresh && !(challenge?.stale === true && ++this.staleSeen <= maxStale)) {
      return 'rejected';
    }
    if (challenge === undefined) {
      return this.known === undefined ? 'unknown' : 'rejected';
    }
    this.fresh = true;
    this.known = { challenge, sessionCnonce: newCnonce(), count: 0 };
    return 'again';
  }

  get nonce(): KnownNonce | undefined {
    return this.known;
  }
}

/**
 * Nonces of one key, reused from call to call. Each is with one call at a time, so that its count arrives at the server in
 * rising order however many calls run; at most `maxParallel` run, the others wait their turn.
 */
export class DigestNonces {
  private readonly idle: KnownNonce[] = [];
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(
    private readonly credentials: DigestCredentials,
    private readonly maxParallel: number,
  ) {}

  /** Runs one call. Its nonce is kept for the next when the call comes to an answer, and dropped when it throws. */
  async run<T>(call: (exchange: DigestExchange) => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      const exchange = new DigestExchange(this.credentials, this.idle.pop());
      const result = await call(exchange);
      if (exchange.nonce !== undefined) {
        this.idle.push(exchange.nonce);
      }
      return result;
    } finally {
      this.leave();
    }
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.running < this.maxParallel) {
      this.running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(signal?.reason as Error);
      };
      const turn = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      this.waiting.push(turn);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Hands the place to the next in line, or frees it. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.running -= 1;
    } else {
      next();
    }
  }
}
