import { createHash, randomBytes } from 'node:crypto';
import { header, type IncomingCall } from '../http/exchange';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

const HASH: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };
const REALM = 'tidbcloud-sandbox';
/** The same in every process, so that a client that goes on after a restart meets a stale nonce and not a refusal. */
const OPAQUE = createHash('sha256').update(REALM).digest('hex').slice(0, 24);
const NONCE_LIFETIME_MS = 5 * 60 * 1000;

export interface ApiKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

export type DigestOutcome =
  { readonly ok: true } | { readonly ok: false; readonly challenge: string; readonly message: string };

interface Nonce {
  readonly issuedAt: number;
  readonly used: Set<number>;
}

/** HTTP Digest (RFC 7616), server side: qop=auth, with a nonce that serves many calls if its count is never used twice. */
export class DigestAuthentication {
  private readonly nonces = new Map<string, Nonce>();

  constructor(
    private readonly key: ApiKey,
    private readonly algorithm: DigestAlgorithm,
    private readonly now: () => number,
  ) {}

  get publicKey(): string {
    return this.key.publicKey;
  }

  /** Makes every nonce given out so far stale. */
  expireNonces(): void {
    this.nonces.clear();
  }

  check(call: IncomingCall): DigestOutcome {
    const authorization = header(call, 'authorization');
    if (authorization === undefined) {
      return this.challenge(false, 'authentication is required');
    }
    const fields = parseDigest(authorization);
    const nc = /^[0-9a-f]{8}$/i.exec(fields?.get('nc') ?? '')?.[0];
    if (!fields || nc === undefined || !this.isWellFormed(fields, call)) {
      return this.challenge(false, 'the authorization header is not a digest for this request');
    }
    if (fields.get('username') !== this.key.publicKey) {
      return this.challenge(false, 'public_key not found');
    }
    if (fields.get('response')?.toLowerCase() !== this.expectedResponse(fields, call)) {
      return this.challenge(false, 'the digest response is wrong');
    }
    // Only somebody who knows the private key learns that nothing but the nonce is at fault.
    const nonce = this.nonces.get(fields.get('nonce') ?? '');
    if (!nonce || this.now() - nonce.issuedAt > NONCE_LIFETIME_MS) {
      return this.challenge(true, 'the nonce is stale');
    }
    const count = Number.parseInt(nc, 16);
    if (count === 0 || nonce.used.has(count)) {
      return this.challenge(true, 'the nonce count was used already');
    }
    nonce.used.add(count);
    return { ok: true };
  }

  private isWellFormed(fields: ReadonlyMap<string, string>, call: IncomingCall): boolean {
    return (
      fields.get('realm') === REALM &&
      fields.get('uri') === call.target &&
      fields.get('qop') === 'auth' &&
      (fields.get('cnonce') ?? '') !== '' &&
      (fields.get('opaque') ?? OPAQUE) === OPAQUE &&
      (fields.get('algorithm') ?? 'MD5').toUpperCase() === this.algorithm
    );
  }

  private expectedResponse(fields: ReadonlyMap<string, string>, call: IncomingCall): string {
    const hash = (text: string): string => createHash(HASH[this.algorithm]).update(text).digest('hex');
    const secret = hash(`${this.key.publicKey}:${REALM}:${this.key.privateKey}`);
    const request = hash(`${call.method}:${call.target}`);
    const middle = ['nonce', 'nc', 'cnonce', 'qop'].map((name) => fields.get(name) ?? '').join(':');
    return hash(`${secret}:${middle}:${request}`);
  }

  private challenge(stale: boolean, message: string): DigestOutcome {
    const now = this.now();
    for (const [old, { issuedAt }] of this.nonces) {
      if (now - issuedAt <= NONCE_LIFETIME_MS) {
        break;
      }
      this.nonces.delete(old);
    }
    const nonce = randomBytes(16).toString('hex');
    this.nonces.set(nonce, { issuedAt: now, used: new Set() });
    const parts = [
      `realm="${REALM}"`,
      `nonce="${nonce}"`,
      `opaque="${OPAQUE}"`,
      `algorithm=${this.algorithm}`,
      'qop="auth"',
      ...(stale ? ['stale=true'] : []),
    ];
    return { ok: false, challenge: `Digest ${parts.join(', ')}`, message };
  }
}

/** The fields of a Digest authorization header; undefined for another scheme or a repeated field. */
function parseDigest(text: string): Map<string, string> | undefined {
  const body = /^Digest\s+(.+)$/i.exec(text)?.[1];
  if (body === undefined) {
    return undefined;
  }
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, token] of body.matchAll(
    /([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi,
  )) {
    if (fields.has(name.toLowerCase())) {
      return undefined;
    }
    fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  return fields;
}

/** Who a request says it is from, before that is checked. */
export function claimedKey(call: IncomingCall): string | undefined {
  return parseDigest(header(call, 'authorization') ?? '')?.get('username');
}
