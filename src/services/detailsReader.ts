import { collect } from '../core/collect';
import { AppError, isCancellation } from '../core/errors';
import { joinEndpoints, type PrivateEndpoint } from '../core/health';
import type { EndpointConnection, Instance, PrivateLinkService, VpcEndpoint } from '../core/model';
import type { Log } from '../core/ports';
import type { Accounts } from './accounts';
import { EndpointLookup, type Found } from './endpointLookup';

export interface InstanceDetails {
  readonly service: PrivateLinkService;
  readonly endpoints: readonly PrivateEndpoint[];
  /** Why Alibaba Cloud's side is missing, when it was asked and failed. */
  readonly alibabaCloudError?: unknown;
}

export interface DetailsOptions {
  /** Asks every Alibaba Cloud account, not only those that are known to own an endpoint. */
  readonly everyAccount?: boolean;
  /** Reads only what may change by itself: not the private link service once it is ACTIVE. */
  readonly light?: boolean;
  /** Reads the instance itself as well: its state, and whether TiDB Cloud reaches its private domains. */
  readonly withInstance?: boolean;
}

export interface DetailsReaderOptions {
  readonly accounts: Accounts;
  readonly log: Log;
  /** Of Alibaba Cloud; undefined for an instance on another cloud. */
  readonly regionOf: (instanceId: string) => string | undefined;
  /** Told when the instance was read as well, before its endpoints are asked for. */
  readonly onInstance: (instance: Instance) => void;
}

/** Reads what both clouds know of one instance's private endpoints. */
export class DetailsReader {
  private readonly lookup: EndpointLookup;

  constructor(private readonly options: DetailsReaderOptions) {
    this.lookup = new EndpointLookup(options.accounts, options.log);
  }

  failuresOf(instanceId: string): ReturnType<EndpointLookup['failuresOf']> {
    return this.lookup.failuresOf(instanceId);
  }

  /** The accounts are others now. */
  forget(): void {
    this.lookup.forget();
  }

  /** @param before what was read last */
  async read(
    instanceId: string,
    options: DetailsOptions,
    before: InstanceDetails | undefined,
  ): Promise<InstanceDetails> {
    const api = await this.options.accounts.tidbCloudFor(instanceId);
    const kept = options.light === true && before?.service.state === 'ACTIVE' ? before.service : undefined;
    const [read, connections, instance] = await Promise.all([
      kept ?? api.getPrivateLinkService(instanceId),
      collect(api.listConnections(instanceId)),
      options.withInstance === true ? api.getInstance(instanceId) : undefined,
    ]);
    if (instance !== undefined) {
      this.options.onInstance(instance);
    }
    const isStill = connections.every(({ serviceState }) => serviceState === read.state);
    const service = kept === undefined || isStill ? read : await api.getPrivateLinkService(instanceId);
    const { endpoints, error } = await this.alibabaCloudEndpoints(instanceId, service, connections, options);
    const inSight = error === undefined ? endpoints : withKept(endpoints, before);
    return {
      service,
      endpoints: joinEndpoints(instanceId, connections, inSight),
      ...(error !== undefined && { alibabaCloudError: error }),
    };
  }

  private async alibabaCloudEndpoints(
    instanceId: string,
    { serviceName }: PrivateLinkService,
    connections: readonly EndpointConnection[],
    { everyAccount = false }: DetailsOptions,
  ): Promise<Found> {
    const regionId = this.options.regionOf(instanceId);
    if (regionId === undefined || serviceName === '') {
      return { endpoints: [] };
    }
    try {
      return await this.lookup.find({ instanceId, regionId, serviceName, connections, everyAccount });
    } catch (error) {
      logFailure(this.options.log, 'Read the Alibaba Cloud accounts', error);
      return { endpoints: [], error };
    }
  }
}

/** What an account that fails now has told before stays in sight. */
function withKept(
  endpoints: readonly VpcEndpoint[],
  before: InstanceDetails | undefined,
): readonly VpcEndpoint[] {
  const kept = endpointsOf(before?.endpoints ?? []);
  return [...endpoints, ...kept.filter(({ id }) => endpoints.every((each) => each.id !== id))];
}

export const endpointsOf = (endpoints: readonly PrivateEndpoint[]): readonly VpcEndpoint[] =>
  endpoints.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint]));

/** What was cancelled, and what asks for a sign-in, is no failure. */
export function logFailure(log: Log, what: string, error: unknown): void {
  if (!isCancellation(error) && !(AppError.is(error) && error.code === 'notSignedIn')) {
    log.error(`${what}: failed`, error);
  }
}
