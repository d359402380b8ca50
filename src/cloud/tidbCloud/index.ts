import type { Clock, Log, TidbCloudApi } from '../../core/ports';
import { checkBaseUrl } from '../baseUrl';
import type { RateBudget } from '../rateBudget';
import { sharedBudget } from '../rateBudget';
import { apiOver } from './api';
import { TidbCloudCaller } from './caller';
import { DigestNonces } from './nonces';

export interface TidbCloudApiOptions {
  /** `https://cloud.tidbapi.com`, or the setting's value; `/v1beta2` is added where it is missing. */
  readonly baseUrl: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** `<extension id>/<version>` */
  readonly userAgent: string;
  /** Of one request; 30 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

const version = '/v1beta2';

/** The published limit is 100 requests a minute and key; the rest is left to whoever else uses the key. */
const rate = { limit: 90, windowMs: 60_000 };
const maxParallel = 4;
const defaultTimeoutMs = 30_000;

/** As there is one budget of a key at a server, there is one set of nonces. They hold nothing of the private key. */
const sharedNonces = new WeakMap<RateBudget, DigestNonces>();

function noncesBeside(budget: RateBudget): DigestNonces {
  const nonces = sharedNonces.get(budget) ?? new DigestNonces(maxParallel);
  sharedNonces.set(budget, nonces);
  return nonces;
}

/**
 * TiDB Cloud's API with one key. Clients for the same base URL and public key share the request budget and the nonces.
 * @throws AppError `invalidInput` for a base URL that must not be used
 */
export function createTidbCloudApi(options: TidbCloudApiOptions): TidbCloudApi {
  const { publicKey, privateKey, userAgent, timeoutMs = defaultTimeoutMs, clock, log } = options;
  const baseUrl = checkBaseUrl(options.baseUrl, 'tidbPrivateEndpoint.tidbCloud.baseUrl');
  if (!baseUrl.pathname.endsWith(version)) {
    baseUrl.pathname = baseUrl.pathname.replace(/\/$/, '') + version;
  }
  const budget = sharedBudget(`TiDB Cloud ${baseUrl.href} ${publicKey}`, { clock, log, ...rate });
  const caller = new TidbCloudCaller({
    key: { username: publicKey, password: privateKey },
    nonces: noncesBeside(budget),
    ...{ baseUrl, userAgent, budget, timeoutMs, clock, log },
  });
  return apiOver(caller, { baseUrl, userAgent, clock, log });
}
