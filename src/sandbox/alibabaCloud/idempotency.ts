import { ApiError } from './apiError';

type Outcome =
  | { readonly body: object }
  | { readonly refusal: { readonly status: number; readonly code: string; readonly message: string } };

interface Remembered {
  readonly parameters: string;
  readonly outcome: Outcome;
}

/** A client token as it is kept in a file. */
export type SavedToken = readonly [key: string, remembered: Remembered];

/** The clouds remember a token for a day or more; here the oldest go first. */
const MOST_TOKENS = 5000;

/**
 * Client tokens. The same token with the same parameters gives the first answer again and changes nothing; with other
 * parameters it is refused. A dry run's token counts as used, so it can not serve the real call.
 */
export class ClientTokens {
  private readonly seen: Map<string, Remembered>;

  constructor(
    saved: readonly SavedToken[],
    private readonly changed: () => void,
  ) {
    this.seen = new Map(saved);
  }

  saved(): SavedToken[] {
    return [...this.seen];
  }

  /** @throws ApiError when the token was used for something else, or its first call was a dry run. */
  once(
    key: string | undefined,
    mismatchCode: string,
    pairs: readonly (readonly [string, string])[],
    run: () => object,
  ): object {
    if (key === undefined) {
      return run();
    }
    const parameters = JSON.stringify([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
    const before = this.seen.get(key);
    if (before && before.parameters !== parameters) {
      throw new ApiError(
        400,
        mismatchCode,
        'The request uses the client token of a request with other parameters.',
      );
    }
    const outcome = before?.outcome ?? this.remember(key, parameters, run);
    if ('refusal' in outcome) {
      const { status, code, message } = outcome.refusal;
      throw new ApiError(status, code, message);
    }
    return outcome.body;
  }

  private remember(key: string, parameters: string, run: () => object): Outcome {
    let outcome: Outcome;
    try {
      outcome = { body: run() };
    } catch (error) {
      // A refused call has done nothing and may be repeated with its token; a dry run has been answered.
      if (!(error instanceof ApiError) || error.code !== 'DryRunOperation') {
        throw error;
      }
      const { status, code, message } = error;
      outcome = { refusal: { status, code, message } };
    }
    this.seen.set(key, { parameters, outcome });
    const [oldest] = this.seen.keys();
    if (this.seen.size > MOST_TOKENS && oldest !== undefined) {
      this.seen.delete(oldest);
    }
    this.changed();
    return outcome;
  }
}

/** What tells tokens apart: the operation and the token. The account is one, whatever its keys. */
export function tokenKey(
  operation: string,
  pairs: readonly (readonly [string, string])[],
): string | undefined {
  const token = pairs.find(([name]) => name === 'ClientToken')?.[1];
  return token ? `${operation} ${token}` : undefined;
}

/** Calls that have not been answered yet, by what they must not share with another. */
export class UnderWay {
  private readonly keys = new Set<string>();

  has(key: string | undefined): boolean {
    return key !== undefined && this.keys.has(key);
  }

  /** Holds the keys that nobody holds, until the promise is settled. */
  async during<T>(keys: readonly (string | undefined)[], run: () => Promise<T>): Promise<T> {
    const held = keys.filter((key): key is string => key !== undefined && !this.keys.has(key));
    held.forEach((key) => this.keys.add(key));
    try {
      return await run();
    } finally {
      held.forEach((key) => this.keys.delete(key));
    }
  }
}
