import type { Clock, Log, TidbCloudApi } from '../../core/ports';
import { Redactor } from '../../core/redact';
import { checkBaseUrl } from '../baseUrl';
import { RateBudget } from '../rateBudget';
import { TidbCloudClient } from './api';
import { TidbCloudCaller } from './caller';
import { DigestNonces } from './digest';

export interface TidbCloudApiOptions {
  /** `https://cloud.tidbapi.com`, or the setting's value; `/v1beta2` is added where it is missing. */
  readonly baseUrl: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** `<extension id>/<version>` */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

const version = '/v1beta2';

/** The published limit is 100 requests a minute and key; the rest is left to whoever else uses the key. */
const budget = { limit: 90, windowMs: 60_000 };
const maxParallel = 4;

/**
 * TiDB Cloud's API with one key. Make one and share it: the request budget and the nonces are its own.
 * @throws AppError `invalidInput` for a base URL that must not be used
 */
export function createTidbCloudApi(options: TidbCloudApiOptions): TidbCloudApi {
  const { publicKey, privateKey, userAgent, clock, log } = options;
  const baseUrl = checkBaseUrl(options.baseUrl, 'tidbPrivateEndpoint.tidbCloud.baseUrl');
  if (!baseUrl.pathname.endsWith(version)) {
    baseUrl.pathname = baseUrl.pathname.replace(/\/$/, '') + version;
  }
  const redactor = new Redactor();
  redactor.learn(privateKey);
  const caller = new TidbCloudCaller({
    baseUrl,
    userAgent,
    nonces: new DigestNonces({ username: publicKey, password: privateKey }, maxParallel),
    budget: new RateBudget({ clock, log, ...budget }),
    redactor,
    clock,
    log,
  });
  return new TidbCloudClient(caller, { baseUrl, userAgent, clock, log });
}
