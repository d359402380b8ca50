import assert from 'node:assert/strict';
import type { LineProgram } from './lineProgram';

export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** How one call is made, where that differs from the client's own way. */
export interface CallOptions {
  readonly credentials?: Credentials;
  /** Python: `v2` signs with RPC signature 1.0. */
  readonly signature?: 'v2';
  /** Go: without the SDK's types for the action, as the command line calls. */
  readonly generic?: true;
}

/** What a client's own error type told of a call that failed. */
export interface Refusal {
  /** The name of the error type. */
  readonly kind: string;
  readonly code?: string | null;
  readonly message?: string | null;
  readonly status?: number | null;
  readonly requestId?: string | null;
  readonly retryAfter?: number | null;
  readonly accessDeniedDetail?: Readonly<Record<string, unknown>> | null;
}

interface Outcome {
  readonly body?: unknown;
  readonly complaints?: readonly string[];
  readonly error?: Refusal;
}

/** A foreign client of Alibaba Cloud, behind a line program. */
export class AlibabaCloudClient {
  constructor(private readonly program: LineProgram) {}

  /** The answer, which fits the SDK's types to the last field. */
  async call(
    product: string,
    action: string,
    parameters: object = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const { body, complaints, error } = await this.outcome(product, action, parameters, options);
    assert.equal(error, undefined, `${product}:${action} failed: ${JSON.stringify(error)}`);
    assert.deepEqual(complaints, [], `${product}:${action} does not fit the types of the SDK`);
    return body;
  }

  async refusal(
    product: string,
    action: string,
    parameters: object = {},
    options: CallOptions = {},
  ): Promise<Refusal> {
    const { error } = await this.outcome(product, action, parameters, options);
    assert.ok(error, `${product}:${action} was to be refused`);
    return error;
  }

  /** What does not fit the SDK's types in an answer that came all the same. */
  async complaints(product: string, action: string, parameters: object): Promise<readonly string[]> {
    return (await this.outcome(product, action, parameters, {})).complaints ?? [];
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  private async outcome(
    product: string,
    action: string,
    parameters: object,
    options: CallOptions,
  ): Promise<Outcome> {
    return (await this.program.ask({ product, action, parameters, ...options })) as Outcome;
  }
}
