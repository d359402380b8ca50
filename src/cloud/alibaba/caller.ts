import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { Redactor } from '../../core/redact';
import { decode } from '../decode';
import type { HttpAnswer } from '../http';
import { jsonOf, networkCode, send } from '../http';
import type { RateBudget } from '../rateBudget';
import { sharedBudget } from '../rateBudget';
import { withRetry } from '../retry';
import type { Credentials, CredentialsProvider } from './credentials';
import type { Endpoints, Product } from './endpoints';
import { errorFrom, isBusy, paceOf, requestIdOf, source } from './errors';
import type { Parameters } from './flatten';
import { flatten } from './flatten';
import type { Operation, TokenRule } from './operation';
import { canonicalQuery, sign } from './signer';

const versions: Readonly<Record<Product, string>> = {
  privatelink: '2020-04-15',
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  sts: '2015-04-01',
};

/** Of a published rate; the rest is left to whoever else uses the account. */
const shareOfRate = 0.8;

export interface CallerOptions {
  readonly credentials: CredentialsProvider;
  readonly endpoints: Endpoints;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

type AnyOperation<T extends TokenRule = TokenRule> = Operation<v.GenericSchema, T>;

/** The client token is not the callers' to put in: where there has to be one, `call` and `create` see to it. */
type WithoutToken = Parameters & { readonly ClientToken?: never };

/** Sends RPC calls: keeps to the rates, signs, repeats what may pass, reads the answer. */
export class AlibabaCaller {
  constructor(private readonly options: CallerOptions) {}

  /**
   * Expired temporary credentials are renewed once where they come from a source that can.
   * @throws AppError
   */
  call<S extends v.GenericSchema>(
    operation: Operation<S, 'none' | 'own'>,
    regionId: string,
    parameters: WithoutToken,
    signal?: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    const newToken = operation.token === 'own' ? randomUUID : () => undefined;
    return this.repeat(operation, regionId, parameters, newToken, signal);
  }

  /**
   * What makes a new thing. The same token and parameters make it once, however often they are sent.
   * @throws AppError
   */
  async create<S extends v.GenericSchema>(
    operation: Operation<S, 'given'>,
    regionId: string,
    parameters: WithoutToken,
    clientToken: string,
    signal?: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    if (!/^[\x21-\x7e]{1,64}$/.test(clientToken)) {
      throw new AppError('invalidInput', {
        source: 'Extension',
        subject: operation.name,
        reason: `${operation.name} needs a client token of 1 to 64 ASCII characters`,
      });
    }
    return this.repeat(operation, regionId, parameters, () => clientToken, signal);
  }

  private async repeat<S extends v.GenericSchema>(
    operation: Operation<S>,
    regionId: string,
    parameters: WithoutToken,
    newToken: () => string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<v.InferOutput<S>> {
    const { clock, credentials } = this.options;
    let ClientToken = newToken();
    const attempt = async (): Promise<v.InferOutput<S>> => {
      try {
        return await this.callOnce(operation, regionId, { ...parameters, ClientToken }, signal);
      } catch (error) {
        if (isBusy(error)) {
          // Refused: nothing was done under this token, and what comes next is not its repetition.
          ClientToken = newToken();
        }
        throw error;
      }
    };
    const repeated = (): Promise<v.InferOutput<S>> =>
      withRetry(attempt, { clock, signal, alsoRetry: (error) => paceOf(error, operation) });
    try {
      return await repeated();
    } catch (error) {
      if (isAboutKeys(error) && credentials.renew()) {
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
    const { clock } = this.options;
    const url = this.options.endpoints.urlOf(operation.product, regionId);
    const credentials = await this.options.credentials.get(signal);
    const budget = this.budgetOf(operation, url, regionId, credentials);
    await budget.acquire(signal);
    const answer = await this.sendLogged(operation, url, parameters, credentials, signal);
    if (answer.status < 200 || answer.status > 299) {
      const redactor = new Redactor();
      redactor.learn(credentials.accessKeySecret);
      redactor.learn(credentials.securityToken ?? '');
      const error = errorFrom(answer, { operation, now: clock.now(), redactor });
      if (error.code === 'throttled') {
        budget.pause(error.details.retryAfterMs ?? 0);
      }
      throw error;
    }
    const json = jsonOf(answer);
    const requestId = requestIdOf(answer);
    if (json === undefined) {
      throw new AppError('badAnswer', {
        source,
        subject: operation.name,
        httpStatus: answer.status,
        reason: `the answer to ${operation.name} is not JSON (HTTP ${answer.status})`,
        ...(requestId === undefined ? {} : { requestId }),
      });
    }
    return decode(operation.answer, json, { source, operation: operation.name, requestId });
  }

  /** The cloud counts by main account, of which the key's id is as much as is known here. */
  private budgetOf(
    operation: AnyOperation,
    url: URL,
    regionId: string,
    { accessKeyId }: Credentials,
  ): RateBudget {
    const { clock, log } = this.options;
    const { limit, windowMs } = operation.rate;
    const key = `${url.host} ${regionId} ${operation.name} ${accessKeyId}`;
    return sharedBudget(key, { clock, log, limit: Math.floor(limit * shareOfRate), windowMs });
  }

  private async sendLogged(
    operation: AnyOperation,
    url: URL,
    parameters: Parameters,
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { userAgent, clock, log } = this.options;
    const started = clock.now();
    const flat = flatten(parameters);
    const inForm = operation.place === 'form';
    const form = inForm ? canonicalQuery(flat) : undefined;
    const { query, headers } = sign(
      {
        method: 'POST',
        host: url.host,
        operation: operation.name,
        version: versions[operation.product],
        query: inForm ? {} : flat,
        ...(form === undefined ? {} : { form }),
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
        ...(form === undefined ? {} : { body: form }),
        signal,
      });
      say(`HTTP ${answer.status} (request ${requestIdOf(answer) ?? 'without id'})`);
      return answer;
    } catch (error) {
      say(AppError.is(error) ? `${error.code} ${networkCode(error) ?? ''}`.trim() : 'canceled');
      throw error;
    }
  }
}

/** Expired, or changed at their source: a key is also rotated by writing another one into a profile. */
const isAboutKeys = (error: unknown): boolean =>
  AppError.is(error) && (error.code === 'credentialsExpired' || error.code === 'credentialsRejected');
