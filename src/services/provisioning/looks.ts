import { collect } from '../../core/collect';
import type { Creation, Observed } from '../../core/creation';
import { AppError, isCancellation, isTransient } from '../../core/errors';
import type { EndpointConnection, EndpointConnectionState, VpcEndpoint } from '../../core/model';
import { alibabaRegionOf } from '../../core/model';
import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import type { Look } from '../../core/schedule';
import type { Accounts } from '../accounts';
import type { Inventory } from '../inventory';
import { alibabaCloudOf, tidbCloudOf } from './accountsOf';
import { creationTag } from './tags';

export interface LooksOptions {
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks the clouds what there is of one creation. */
export class Looks {
  constructor(private readonly options: LooksOptions) {}

  /** @param before what a cloud that is not looked at now said last */
  async look(
    creation: Creation,
    look: Look,
    before: Observed | undefined,
    signal: AbortSignal,
  ): Promise<Observed> {
    const asksAlibabaCloud = look !== 'tidbCloud' || before === undefined;
    const asksTidbCloud = look !== 'alibabaCloud' || before === undefined;
    const endpoint = asksAlibabaCloud ? await this.endpoint(creation, signal) : before.endpoint;
    const zones = asksAlibabaCloud ? await this.zones(creation, endpoint, signal) : before.zones;
    const endpointId = typeof endpoint === 'object' ? endpoint.id : creation.endpointId;
    const connections =
      endpointId === undefined
        ? []
        : asksTidbCloud
          ? await this.connections(creation, endpoint, signal)
          : undefined;
    const needsService = creation.removal === undefined && endpointId === undefined;
    const service = !needsService
      ? 'unknown'
      : asksTidbCloud
        ? await this.service(creation, signal)
        : before.service;
    this.options.inventory.noteObserved(creation.instanceId, {
      ...(asksAlibabaCloud && typeof endpoint === 'object' && { endpoint }),
      ...(endpointId !== undefined && connections !== undefined && { connections }),
    });
    return {
      atMs: this.options.clock.now(),
      service,
      endpoint,
      zones,
      connection:
        connections === undefined
          ? (before?.connection ?? 'unknown')
          : (connectionOf(creation, endpointId, connections) ?? 'absent'),
    };
  }

  /** Shows in every view what the answer to a create call told. */
  noteMade({ instanceId }: Creation, { endpoint, connection }: Partial<Observed>): void {
    const { inventory } = this.options;
    const others = (inventory.details(instanceId).value?.endpoints ?? []).flatMap((each) =>
      each.connection === undefined ? [] : [each.connection],
    );
    inventory.noteObserved(instanceId, {
      ...(typeof endpoint === 'object' && { endpoint }),
      ...(typeof connection === 'object' && {
        connections: [...others.filter(({ endpointId }) => endpointId !== connection.endpointId), connection],
      }),
    });
  }

  private async service(creation: Creation, signal: AbortSignal): Promise<Observed['service']> {
    if (creation.spec === undefined) {
      return 'unknown';
    }
    const api = await tidbCloudOf(this.options.accounts, creation);
    return api.getPrivateLinkService(creation.instanceId, signal);
  }

  private async connections(
    creation: Creation,
    endpoint: Observed['endpoint'],
    signal: AbortSignal,
  ): Promise<readonly EndpointConnection[]> {
    const api = await tidbCloudOf(this.options.accounts, creation);
    try {
      return await collect(api.listConnections(creation.instanceId, signal));
    } catch (error) {
      // With the instance its connections have gone, save where only this key does not see it: then traffic still flows.
      if (creation.removal?.endpoint === true && isNotFound(error) && !isConnected(endpoint)) {
        return [];
      }
      throw error;
    }
  }

  private async zones(
    creation: Creation,
    endpoint: Observed['endpoint'],
    signal: AbortSignal,
  ): Promise<Observed['zones']> {
    if (creation.removal?.endpoint !== true || typeof endpoint !== 'object') {
      return 'unknown';
    }
    const api = await alibabaCloudOf(this.options.accounts, creation);
    try {
      return await collect(api.listEndpointZones(endpoint.regionId, endpoint.id, signal));
    } catch (error) {
      if (isNotFound(error)) {
        // It went between the two looks.
        return 'unknown';
      }
      throw error;
    }
  }

  private endpoint(creation: Creation, signal: AbortSignal): Promise<Observed['endpoint']> {
    if (creation.removal !== undefined) {
      return this.endpointToRemove(creation, signal);
    }
    return creation.spec === undefined
      ? this.endpointMadeElsewhere(creation, signal)
      : this.ownEndpoint(creation, signal);
  }

  /** Found by what it carries where its id is not known, which it can be only once it was sent for. */
  private async ownEndpoint(creation: Creation, signal: AbortSignal): Promise<VpcEndpoint | 'absent'> {
    const { endpointId, endpointSentAtMs } = creation;
    if (endpointId === undefined && endpointSentAtMs === undefined) {
      return 'absent';
    }
    const api = await alibabaCloudOf(this.options.accounts, creation);
    const found =
      endpointId === undefined
        ? await this.findByTag(creation, signal)
        : await api.getEndpoint(regionOf(creation), endpointId, signal);
    if (found === undefined) {
      await confirmAccount(creation, api, signal);
    }
    return found ?? 'absent';
  }

  private async endpointToRemove(creation: Creation, signal: AbortSignal): Promise<Observed['endpoint']> {
    if (creation.removal?.endpoint !== true) {
      return 'unknown';
    }
    return (await this.options.accounts.isSignedIn('Alibaba Cloud'))
      ? this.ownEndpoint(creation, signal)
      : 'unknown';
  }

  /** Typed or chosen by the person. Nothing depends on Alibaba Cloud, where it may belong to another account. */
  private async endpointMadeElsewhere(
    creation: Creation,
    signal: AbortSignal,
  ): Promise<Observed['endpoint']> {
    const { accounts, log } = this.options;
    const { endpointId } = creation;
    if (endpointId === undefined || !(await accounts.isSignedIn('Alibaba Cloud'))) {
      return 'unknown';
    }
    try {
      const api = await alibabaCloudOf(accounts, creation);
      return (await api.getEndpoint(regionOf(creation), endpointId, signal)) ?? 'unknown';
    } catch (error) {
      if (isCancellation(error) || isTransient(error)) {
        throw error;
      }
      log.warn(`Alibaba Cloud does not show the endpoint ${endpointId}: ${String(error)}`);
      return 'unknown';
    }
  }

  /** The endpoint of this creation when the answer to the create call was lost: it carries the creation's tag. */
  private async findByTag(creation: Creation, signal: AbortSignal): Promise<VpcEndpoint | undefined> {
    const { spec } = creation;
    const api = await alibabaCloudOf(this.options.accounts, creation);
    const filter = spec && { serviceName: spec.serviceName, vpcId: spec.vpcId };
    for await (const endpoint of api.listEndpoints(regionOf(creation), filter ?? {}, signal)) {
      if (endpoint.tags[creationTag] === creation.id) {
        return endpoint;
      }
    }
    return undefined;
  }
}

/**
 * That another account does not see the endpoint does not say that it is gone.
 *
 * @throws AppError notSignedIn
 */
async function confirmAccount(
  { accountId }: Creation,
  api: AlibabaCloudApi,
  signal: AbortSignal,
): Promise<void> {
  if (accountId === undefined) {
    return;
  }
  const { accountId: signedIn } = await api.getCallerIdentity(signal);
  if (signedIn !== accountId) {
    throw new AppError('notSignedIn', {
      source: 'Alibaba Cloud',
      reason: `the endpoint belongs to the account ${accountId}, and the key here is one of ${signedIn}`,
    });
  }
}

const isConnected = (endpoint: Observed['endpoint']): boolean =>
  typeof endpoint === 'object' && endpoint.connectionStatus === 'Connected';

const isNotFound = (error: unknown): boolean => AppError.is(error) && error.code === 'notFound';

/** @throws AppError invalidInput for an instance that does not run on Alibaba Cloud */
export function regionOf({ spec, regionId }: Creation): string {
  const region = spec?.regionId ?? alibabaRegionOf(regionId);
  if (region === undefined) {
    const reason = `The instance is in ${regionId}, which is not on Alibaba Cloud`;
    throw new AppError('invalidInput', { source: 'Extension', reason });
  }
  return region;
}

/** The first counts where TiDB Cloud lists more than one connection of an endpoint. */
const mostTelling: readonly EndpointConnectionState[] = [
  'ACTIVE',
  'PENDING',
  'UNKNOWN',
  'FAILED',
  'DELETING',
  'DISCOVERED',
];

function connectionOf(
  { recreate }: Creation,
  endpointId: string | undefined,
  connections: readonly EndpointConnection[],
): EndpointConnection | undefined {
  const rank = ({ id, state }: EndpointConnection): number =>
    recreate !== undefined && id === recreate ? -1 : mostTelling.indexOf(state);
  return connections
    .filter((connection) => connection.endpointId === endpointId)
    .sort((a, b) => rank(a) - rank(b))[0];
}
