import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import { alibabaCloudApi } from './api';
import { AlibabaCaller } from './caller';
import type { CredentialsProvider } from './credentials';
import { Endpoints } from './endpoints';

export type { Credentials, CredentialsProvider, DefaultChainOptions, Profile } from './credentials';
export { credentialsFrom, defaultChainCredentials, listProfiles, staticCredentials } from './credentials';

export interface AlibabaCloudApiOptions {
  readonly credentials: CredentialsProvider;
  /** Product (`privatelink`, `vpc`, `ecs`, `sts`) → base URL in place of the regions' own hosts, as the setting has them. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** `<extension id>/<version>` */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Alibaba Cloud's APIs as one identity.
 * @throws AppError `invalidInput` for an endpoint that must not be used or a product that is not known
 */
export function createAlibabaCloudApi(options: AlibabaCloudApiOptions): AlibabaCloudApi {
  const { credentials, userAgent, clock, log } = options;
  const endpoints = new Endpoints(options.endpoints);
  return alibabaCloudApi(new AlibabaCaller({ credentials, endpoints, userAgent, clock, log }));
}
