import type * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import type { Redactor } from '../../core/redact';
import { decode } from '../decode';
import type { HttpAnswer } from '../http';
import { jsonOf, networkCode, send } from '../http';
import type { RateBudget } from '../rateBudget';
import { withRetry } from '../retry';
import type { DigestExchange, DigestNonces } from './digest';
import { errorFrom, requestIdOf, source } from './errors';

/** One call of TiDB Cloud v1beta2. */
export interface TidbCall<S extends v.GenericSchema> {
  /** The specification's name, for the log and for errors. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Under the base URL, its variable parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What it is about, in a person's words. */
  readonly subject: string;
  /** The least role that may do this. */
  readonly role: string;
  readonly answer: S;
}

export interface CallerOptions {
  readonly baseUrl: URL;
  readonly userAgent: string;
  readonly nonces: DigestNonces;
  readonly budget: RateBudget;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends calls: signs them, keeps to the rate, repeats reads that may pass, reads the answer. */
export class TidbCloudCaller {
  constructor(private readonly options: CallerOptions) {}

  /**
   * GETs are repeated by the retry policy. A POST is sent once: TiDB Cloud has no idempotency key.
   * @throws AppError
   */
  async call<S extends v.GenericSchema>(call: TidbCall<S>, signal?: AbortSignal): Promise<v.InferOutput<S>> {
    const once = (): Promise<v.InferOutput<S>> => this.callOnce(call, signal);
    return call.method === 'GET' ? withRetry(once, { clock: this.options.clock, signal }) : once();
  }

  private async callOnce<S extends v.GenericSchema>(
    call: TidbCall<S>,
    signal: AbortSignal | undefined,
  ): Promise<v.InferOutput<S>> {
    const { clock, redactor, nonces } = this.options;
    const answer = await nonces.run((exchange) => this.exchange(call, exchange, signal), signal);
    const requestId = requestIdOf(answer.headers);
    if (answer.status < 200 || answer.status > 299) {
      throw errorFrom(answer, {
        operation: call.operation,
        subject: call.subject,
        role: call.role,
        now: clock.now(),
        redactor,
      });
    }
    const json = jsonOf(answer);
    if (json === undefined) {
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
    for (;;) {
      await this.options.budget.acquire(signal);
      const answer = await this.sendLogged(call, exchange, signal);
      this.options.budget.observe(answer.headers);
      if (answer.status !== 401) {
        return answer;
      }
      switch (exchange.challenged(answer.headers.get('www-authenticate'))) {
        case 'again':
          continue;
        case 'rejected':
          return answer;
        case 'unknown':
          throw new AppError('badAnswer', {
            source,
            subject: call.operation,
            httpStatus: answer.status,
            reason: 'the server asks for authentication but not for Digest with MD5 or SHA-256',
          });
      }
    }
  }

  private async sendLogged(
    call: TidbCall<v.GenericSchema>,
    exchange: DigestExchange,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { baseUrl, userAgent, clock, log } = this.options;
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
