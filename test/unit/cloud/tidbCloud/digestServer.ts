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
  /** Whether a used-up nonce is answered with stale=true or just with another nonce. */
  readonly saysStale?: boolean;
}

/** A digest server that forgives nothing: each count of a nonce must be the one before plus one. */
export class StrictDigest {
  challenges = 0;
  accepted = 0;
  readonly violations: string[] = [];
  private readonly counts = new Map<string, number>();

  constructor(private readonly options: DigestServerOptions) {}

  /** Forgets every nonce, as a server that was started again. */
  restart(): void {
    this.counts.clear();
  }

  /** True when the request may go on; otherwise the 401 is on its way. */
  admit(request: Received, response: ServerResponse): boolean {
    const header = request.headers.authorization;
    if (header === undefined) {
      return this.challenge(response, false);
    }
    const field = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1] ?? '';
    const nonce = field('nonce');
    const last = this.counts.get(nonce);
    if (last === undefined || last >= (this.options.usesPerNonce ?? Number.POSITIVE_INFINITY)) {
      return this.challenge(response, this.options.saysStale ?? true);
    }
    if (field('response') !== this.expected(request, field)) {
      return this.challenge(response, false);
    }
    const count = Number.parseInt(field('nc') || '1', 16);
    if (this.options.qop !== undefined && count !== last + 1) {
      this.violations.push(`nonce ${nonce}: count ${count} after ${last}`);
      return this.challenge(response, false);
    }
    this.counts.set(nonce, last + 1);
    this.accepted += 1;
    return true;
  }

  private challenge(response: ServerResponse, stale: boolean): false {
    this.challenges += 1;
    const nonce = randomUUID();
    this.counts.set(nonce, 0);
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
