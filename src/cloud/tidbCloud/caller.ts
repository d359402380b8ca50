import type * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { decode } from '../decode';
import type { HttpAnswer, HttpRequest } from '../http';
import { jsonOf, networkCode, send } from '../http';
import type { Page } from '../paging';
import { itemsOf, pagesOf } from '../paging';
import type { RateBudget } from '../rateBudget';
import { withRetry } from '../retry';
import type { DigestCredentials } from './digest';
import { errorFrom, requestIdOf, retryAfterOf, source } from './errors';
import type { DigestExchange, DigestNonces } from './nonces';

/** One call of TiDB Cloud v1beta2. */
export interface TidbCall<S extends v.GenericSchema> {
  /** The specification's name, for the log and for errors. */
  readonly operation: string;
  readonly method: HttpRequest['method'];
  /** Under the base URL, its variable parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Parts of the body that no error may show. */
  readonly secrets?: readonly string[];
  /** What it is about, in a person's words. */
  readonly subject: string;
  /** The least role that may do this. */
  readonly role: Role;
  readonly answer: S;
}

/** TiDB Cloud's roles, as its 403 does not name them. Each may do what those before it may. */
export type Role = 'Instance Viewer' | 'Instance Manager' | 'Organization Owner';

export interface CallerOptions {
  readonly baseUrl: URL;
  readonly userAgent: string;
  readonly key: DigestCredentials;
  readonly nonces: DigestNonces;
  readonly budget: RateBudget;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A call that changes nothing. */
export type TidbRead<S extends v.GenericSchema> = Omit<TidbCall<S>, 'method' | 'body' | 'secrets' | 'role'>;

/** The largest page of every v1beta2 list. */
const pageSize = '100';

/** Sends calls: signs them, keeps to the rate, repeats reads that may pass, reads the answer. */
export class TidbCloudCaller {
  constructor(private readonly options: CallerOptions) {}

  /** A GET, repeated by the retry policy. @throws AppError */
  async read<S extends v.GenericSchema>(call: TidbRead<S>, signal?: AbortSignal): Promise<v.InferOutput<S>> {
    const get: TidbCall<S> = { ...call, method: 'GET', role: 'Instance Viewer' };
    return withRetry(() => this.once(get, signal), { clock: this.options.clock, signal });
  }

  /** A list to its end, each page read when it is asked for. @throws AppError */
  list<S extends v.GenericSchema, T>(
    list: TidbRead<S>,
    pageOf: (answer: v.InferOutput<S>) => Page<T>,
    signal?: AbortSignal,
  ): AsyncIterable<T> {
    return itemsOf(this.listPages(list, pageOf, signal));
  }

  /** The same, a page at a time. @throws AppError */
  listPages<S extends v.GenericSchema, T>(
    list: TidbRead<S>,
    pageOf: (answer: v.InferOutput<S>) => Page<T>,
    signal?: AbortSignal,
  ): AsyncIterable<readonly T[]> {
    return pagesOf(
      source,
      list.operation,
      async (token) => {
        const query = { ...list.query, pageSize, ...(token === undefined ? {} : { pageToken: token }) };
        return pageOf(await this.read({ ...list, query }, signal));
      },
      signal,
    );
  }

  /** Sent once, whatever comes of it: TiDB Cloud has no idempotency key. @throws AppError */
  async once<S extends v.GenericSchema>(call: TidbCall<S>, signal?: AbortSignal): Promise<v.InferOutput<S>> {
    const { clock, nonces, key } = this.options;
    const answer = await nonces.run(key, (exchange) => this.exchange(call, exchange, signal), signal);
    const requestId = requestIdOf(answer.headers);
    if (answer.status < 200 || answer.status > 299) {
      throw errorFrom(answer, {
        operation: call.operation,
        subject: call.subject,
        role: call.role,
        now: clock.now(),
        secrets: [key.password, ...(call.secrets ?? [])],
      });
    }
    const json = jsonOf(answer);
    if (json === undefined && answer.text !== '') {
      throw new AppError('badAnswer', {
        source,
        subject: call.operation,
        httpStatus: answer.status,
        reason: `the answer to ${call.operation} is not JSON (HTTP ${answer.status})`,
        ...(requestId === undefined ? {} : { requestId }),
      });
    }
    return decode(call.answer, json, { source, operation: call.operation, requestId });
  }

  /** Sends until the answer is not a challenge that can be met. */
  private async exchange(
    call: TidbCall<v.GenericSchema>,
    exchange: DigestExchange,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { budget, clock } = this.options;
    for (;;) {
      await budget.acquire(signal);
      const answer = await this.sendLogged(call, exchange, signal);
      budget.observe(answer.headers);
      if (answer.status !== 401) {
        exchange.accepted();
        if (answer.status === 429) {
          budget.pause(retryAfterOf(answer.headers, clock.now()) ?? 0);
        }
        return answer;
      }
      switch (exchange.challenged(answer.headers.get('www-authenticate'))) {
        case 'again':
          continue;
        case 'rejected':
          return answer;
        case 'unknown':
          throw this.notDigest(call, answer);
      }
    }
  }

  private notDigest(call: TidbCall<v.GenericSchema>, answer: HttpAnswer): AppError {
    const requestId = requestIdOf(answer.headers);
    return new AppError('badAnswer', {
      source,
      subject: call.operation,
      httpStatus: answer.status,
      reason: 'the server asks for authentication but not for Digest with MD5 or SHA-256',
      ...(requestId === undefined ? {} : { requestId }),
    });
  }

  private async sendLogged(
    call: TidbCall<v.GenericSchema>,
    exchange: DigestExchange,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { baseUrl, userAgent, timeoutMs, clock, log } = this.options;
    const url = new URL(baseUrl);
    url.pathname += call.path;
    url.search = new URLSearchParams(call.query).toString();
    const authorization = exchange.authorization(call.method, url.pathname + url.search);
    const started = clock.now();
    const say = (outcome: string): void =>
      log.debug(`TiDB Cloud ${call.operation}: ${outcome} in ${Math.round(clock.now() - started)} ms`);
    try {
      const answer = await send({
        source,
        method: call.method,
        url,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        timeoutMs,
        signal,
      });
      const bare = authorization === undefined ? ', asked for a challenge' : '';
      say(`HTTP ${answer.status}${bare} (request ${requestIdOf(answer.headers) ?? 'without id'})`);
      return answer;
    } catch (error) {
      say(AppError.is(error) ? `${error.code} ${networkCode(error) ?? ''}`.trim() : 'canceled');
      throw error;
    }
  }
}
