import { ApiError } from './apiError';

interface Remembered {
  readonly parameters: string;
  readonly outcome: { readonly body: object } | { readonly refusal: ApiError };
}

/**
 * Client tokens. The same token with the same parameters gives the first answer again and changes nothing; with other
 * parameters it is refused. A dry run's token counts as used, so it can not serve the real call.
 */
export class ClientTokens {
  private readonly seen = new Map<string, Remembered>();

  once(
    scope: string,
    mismatchCode: string,
    pairs: readonly (readonly [string, string])[],
    run: () => object,
  ): object {
    const token = pairs.find(([name]) => name === 'ClientToken')?.[1];
    if (!token) {
      return run();
    }
    const key = `${scope} ${token}`;
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
      throw outcome.refusal;
    }
    return outcome.body;
  }

  private remember(key: string, parameters: string, run: () => object): Remembered['outcome'] {
    let outcome: Remembered['outcome'];
    try {
      outcome = { body: run() };
    } catch (error) {
      // A refused call has done nothing and may be repeated with its token; a dry run has been answered.
      if (!(error instanceof ApiError) || error.code !== 'DryRunOperation') {
        throw error;
      }
      outcome = { refusal: error };
    }
    this.seen.set(key, { parameters, outcome });
    return outcome;
  }
}
