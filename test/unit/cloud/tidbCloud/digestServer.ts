import { createHash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Received } from '../support';
import { json } from '../support';

export interface DigestServerOptions {
  readonly username: string;
  readonly password: string;
  readonly algorithm?: 'MD5' | 'SHA-256' | 'MD5-sess' | 'SHA-256-sess' | undefined;
  readonly qop?: 'auth' | undefined;
  /** Requests that a nonce is good for. */
  readonly usesPerNonce?: number;
  /** Whether a refused nonce is answered with stale=true or just with another nonce. */
  readonly saysStale?: boolean;
  /** `once`: as RFC 7616 has it, each count is good for one request. `rising`: a count must be above all before it. */
  readonly counts?: 'once' | 'rising';
}

/** A digest server that forgives nothing. A count that comes twice is a violation. */
export class StrictDigest {
  challenges = 0;
  accepted = 0;
  readonly violations: string[] = [];
  private readonly used = new Map<string, Set<number>>();

  constructor(private readonly options: DigestServerOptions) {}

  /** Forgets every nonce, as a server that was started again. */
  restart(): void {
    this.used.clear();
  }

  /** True when the request may go on; otherwise the 401 is on its way. */
  admit(request: Received, response: ServerResponse): boolean {
    const header = request.headers.authorization;
    if (header === undefined) {
      return this.challenge(response, false);
    }
    const field = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1] ?? '';
    if (field('response') !== this.expected(request, field)) {
      return this.challenge(response, false);
    }
    const used = this.used.get(field('nonce'));
    const { usesPerNonce = Number.POSITIVE_INFINITY, saysStale = true, counts = 'once', qop } = this.options;
    if (used === undefined || used.size >= usesPerNonce) {
      return this.challenge(response, saysStale);
    }
    const count = qop === undefined ? used.size + 1 : Number.parseInt(field('nc'), 16);
    if (!(count > 0) || used.has(count)) {
      this.violations.push(`count ${field('nc')} of nonce ${field('nonce')} came twice`);
      return this.challenge(response, saysStale);
    }
    if (counts === 'rising' && count < Math.max(0, ...used)) {
      return this.challenge(response, saysStale);
    }
    used.add(count);
    this.accepted += 1;
    return true;
  }

  private challenge(response: ServerResponse, stale: boolean): false {
    this.challenges += 1;
    const nonce = randomUUID();
    this.used.set(nonce, new Set());
    const { qop, algorithm } = this.options;
    const parts = [
      'Digest realm="tidb.cloud"',
      `nonce="${nonce}"`,
      'opaque="xyz=="',
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(qop === undefined ? [] : [`qop="${qop}"`]),
      ...(stale ? ['stale=true'] : []),
    ];
    json(
      response,
      401,
      { code: 49900001, message: 'unauthorized' },
      { 'www-authenticate': parts.join(', ') },
    );
    return false;
  }

  private expected(request: Received, field: (name: string) => string): string {
    const { username, password, algorithm = 'MD5', qop } = this.options;
    const h = (text: string): string =>
      createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const basis = h(`${username}:tidb.cloud:${password}`);
    const a1 = algorithm.endsWith('-sess') ? h(`${basis}:${field('nonce')}:${field('cnonce')}`) : basis;
    const a2 = h(`${request.method}:${request.url.pathname}${request.url.search}`);
    return qop === undefined
      ? h(`${a1}:${field('nonce')}:${a2}`)
      : h(`${a1}:${field('nonce')}:${field('nc')}:${field('cnonce')}:${field('qop')}:${a2}`);
  }
}
