import { randomBytes } from 'node:crypto';
import type { DigestChallenge, DigestCredentials } from './digest';
import { digestAuthorization, digestChallengeIn } from './digest';

/** A nonce and what became of its counts. */
interface KnownNonce {
  readonly challenge: DigestChallenge;
  /** One for as long as the nonce lives: -sess derives its key from it. */
  readonly sessionCnonce: string;
  /** The last count that was given to a request. */
  count: number;
  highestAccepted: number;
  lowestRefused: number;
}

const newCnonce = (): string => randomBytes(16).toString('base64url');

/** How often within one call the server may say that a nonce has just gone stale. */
const maxStale = 3;

/** One call's way through Digest: at first with a nonce that was there, after a 401 with one made for this call. */
export class DigestExchange {
  private own: KnownNonce | undefined;
  private count = 0;
  private staleSeen = 0;

  constructor(
    private readonly credentials: DigestCredentials,
    private readonly given: KnownNonce | undefined,
    private readonly onRefused: (nonce: KnownNonce) => void,
  ) {}

  /** Undefined while no challenge is known: the request goes out bare and the server answers with one. */
  authorization(method: string, uri: string): string | undefined {
    const known = this.nonce;
    if (known === undefined) {
      return undefined;
    }
    const { challenge, sessionCnonce } = known;
    this.count = ++known.count;
    return digestAuthorization(this.credentials, challenge, {
      method,
      uri,
      count: this.count,
      cnonce: challenge.session ? sessionCnonce : newCnonce(),
    });
  }

  /** The last request came to an answer that is not a 401. */
  accepted(): void {
    const known = this.nonce;
    if (known !== undefined) {
      known.highestAccepted = Math.max(known.highestAccepted, this.count);
    }
  }

  /**
   * Takes in a 401. `again`: send once more, now with another authorization. `rejected`: the answer to a challenge made
   * for this call alone was refused, so the key is wrong. `unknown`: the server asks for something that is not Digest as
   * known here.
   */
  challenged(header: string | null): 'again' | 'rejected' | 'unknown' {
    const challenge = digestChallengeIn(header);
    if (this.own !== undefined && !(challenge?.stale === true && ++this.staleSeen <= maxStale)) {
      return 'rejected';
    }
    if (challenge === undefined) {
      return this.given === undefined ? 'unknown' : 'rejected';
    }
    if (this.own === undefined && this.given !== undefined) {
      this.given.lowestRefused = Math.min(this.given.lowestRefused, this.count);
      this.onRefused(this.given);
    }
    this.own = {
      challenge,
      sessionCnonce: newCnonce(),
      count: 0,
      highestAccepted: 0,
      lowestRefused: Number.POSITIVE_INFINITY,
    };
    return 'again';
  }

  /** The nonce of the last request. */
  get nonce(): KnownNonce | undefined {
    return this.own ?? this.given;
  }
}

/**
 * The nonces of one key at one server. Parallel calls share one, each with a count of its own (RFC 7616, section 3.4: a
 * count is good once), so that a call costs one round trip; while none is known, one call asks for it and the others wait.
 * Some servers want the counts to rise as well, and parallel requests overtake each other: where a count was refused
 * although a higher one was taken, each running call gets a nonce of its own from then on.
 */
export class DigestNonces {
  /** Shared: the one that all use. Otherwise those that no running call has. */
  private known: KnownNonce[] = [];
  private share = true;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly maxParallel: number) {}

  /**
   * Runs one call. Nobody else sets out with a nonce that it was refused; one made for it is kept for others when the call
   * comes to an answer, and dropped when it throws.
   */
  async run<T>(
    credentials: DigestCredentials,
    call: (exchange: DigestExchange) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await this.enter(signal);
    try {
      const given = this.share ? this.known[0] : this.known.pop();
      const exchange = new DigestExchange(credentials, given, (nonce) => this.drop(nonce));
      const result = await call(exchange);
      this.keep(exchange.nonce, given);
      return result;
    } finally {
      this.leave();
    }
  }

  private drop(nonce: KnownNonce): void {
    this.known = this.known.filter((known) => known !== nonce);
  }

  /** What several calls still share when sharing ends sorts itself out: a refused one is not kept. */
  private keep(nonce: KnownNonce | undefined, given: KnownNonce | undefined): void {
    if (given !== undefined && given.highestAccepted > given.lowestRefused) {
      this.share = false;
    }
    if (nonce !== undefined && nonce.lowestRefused === Number.POSITIVE_INFINITY) {
      this.drop(nonce);
      this.known = this.share ? [nonce] : [...this.known, nonce];
    }
  }

  private get free(): boolean {
    return this.running < (this.share && this.known.length === 0 ? 1 : this.maxParallel);
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.free) {
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
        this.running += 1;
        resolve();
      };
      this.waiting.push(turn);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  private leave(): void {
    this.running -= 1;
    while (this.free) {
      const next = this.waiting.shift();
      if (next === undefined) {
        return;
      }
      next();
    }
  }
}
