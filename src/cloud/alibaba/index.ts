import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import { AlibabaCloudClient } from './api';
import { AlibabaCaller } from './caller';
import type { CredentialsProvider } from './credentials';
import type { Product } from './endpoints';
import { Endpoints } from './endpoints';

export type { Credentials, CredentialsProvider, DefaultChainOptions } from './credentials';
export { credentialsFrom, defaultChainCredentials, staticCredentials } from './credentials';
export type { Product } from './endpoints';

export interface AlibabaCloudApiOptions {
  readonly credentials: CredentialsProvider;
  /** Base URLs in place of the regions' own hosts, as the setting has them. */
  readonly endpoints: Readonly<Partial<Record<Product, string>>>;
  /** `<extension id>/<version>` */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Alibaba Cloud's APIs as one identity.
 * @throws AppError `invalidInput` for an endpoint that must not be used
 */
export function createAlibabaCloudApi(options: AlibabaCloudApiOptions): AlibabaCloudApi {
  const { credentials, userAgent, clock, log } = options;
  const endpoints = new Endpoints(options.endpoints);
  return new AlibabaCloudClient(new AlibabaCaller({ credentials, endpoints, userAgent, clock, log }));
}
