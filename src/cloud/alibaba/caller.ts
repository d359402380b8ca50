import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { Redactor } from '../../core/redact';
import { decode } from '../decode';
import type { HttpAnswer } from '../http';
import { jsonOf, networkCode, send } from '../http';
import { withRetry } from '../retry';
import type { Credentials, CredentialsProvider } from './credentials';
import type { Endpoints, Product } from './endpoints';
import { errorFrom, passesByItself, source } from './errors';
import type { Parameters } from './flatten';
import { flatten } from './flatten';
import { sign } from './signer';

/** One operation of one product and the answer it gives. Parameters go in the query. */
export interface Operation<S extends v.GenericSchema> {
  readonly product: Product;
  readonly name: string;
  readonly answer: S;
}

const versions: Readonly<Record<Product, string>> = {
  privatelink: '2020-04-15',
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  sts: '2015-04-01',
};

export interface CallerOptions {
  readonly credentials: CredentialsProvider;
  readonly endpoints: Endpoints;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends RPC calls: signs them, repeats what may pass, reads the answer. */
export class AlibabaCaller {
  constructor(private readonly options: CallerOptions) {}

  /**
   * Every call here may be repeated without harm: a read, or a create whose parameters carry a client token. Expired
   * temporary credentials are renewed once where they come from a source that can.
   * @throws AppError
   */
  async call<S extends v.GenericSchema>(
    operation: Operation<S>,
    regionId: string,
    parameters: Parameters,
    signal?: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    const { clock, credentials } = this.options;
    const repeated = (): Promise<v.InferOutput<S>> =>
      withRetry(() => this.callOnce(operation, regionId, parameters, signal), {
        clock,
        signal,
        alsoRetry: passesByItself,
      });
    try {
      return await repeated();
    } catch (error) {
      if (AppError.is(error) && error.code === 'credentialsExpired' && credentials.renew()) {
        return repeated();
      }
      throw error;
    }
  }

  private async callOnce<S extends v.GenericSchema>(
    operation: Operation<S>,
    regionId: string,
    parameters: Parameters,
    signal: AbortSignal | undefined,
  ): Promise<v.InferOutput<S>> {
    const credentials = await this.options.credentials.get(signal);
    const answer = await this.sendLogged(operation, regionId, parameters, credentials, signal);
    if (answer.status < 200 || answer.status > 299) {
      const redactor = new Redactor();
      redactor.learn(credentials.accessKeySecret);
      redactor.learn(credentials.securityToken ?? '');
      throw errorFrom(answer, { operation: operation.name, now: this.options.clock.now(), redactor });
    }
    const json = jsonOf(answer);
    if (json === undefined) {
      throw new AppError('badAnswer', {
        source,
        subject: operation.name,
        httpStatus: answer.status,
        reason: `the answer to ${operation.name} is not JSON (HTTP ${answer.status})`,
      });
    }
    return decode(operation.answer, json, {
      source,
      operation: operation.name,
      requestId: requestIdIn(json),
    });
  }

  private async sendLogged(
    operation: Operation<v.GenericSchema>,
    regionId: string,
    parameters: Parameters,
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { endpoints, userAgent, clock, log } = this.options;
    const url = endpoints.urlOf(operation.product, regionId);
    const started = clock.now();
    const { query, headers } = sign(
      {
        method: 'POST',
        host: url.host,
        operation: operation.name,
        version: versions[operation.product],
        query: flatten(parameters),
        date: new Date(started),
        nonce: randomUUID(),
      },
      credentials,
    );
    url.search = query;
    const say = (outcome: string): void =>
      log.debug(`Alibaba Cloud ${operation.name}: ${outcome} in ${Math.round(clock.now() - started)} ms`);
    try {
      const answer = await send({
        source,
        method: 'POST',
        url,
        headers: { ...headers, accept: 'application/json', 'user-agent': userAgent },
        signal,
      });
      say(`HTTP ${answer.status} (request ${requestIdIn(jsonOf(answer)) ?? 'without id'})`);
      return answer;
    } catch (error) {
      say(AppError.is(error) ? `${error.code} ${networkCode(error) ?? ''}`.trim() : 'canceled');
      throw error;
    }
  }
}

function requestIdIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('RequestId' in json)) {
    return undefined;
  }
  return typeof json.RequestId === 'string' ? json.RequestId : undefined;
}
