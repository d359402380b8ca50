import { collect } from '../../core/collect';
import { isCancellation } from '../../core/errors';
import type { PrivateEndpoint } from '../../core/health';
import type { EndpointZone } from '../../core/model';
import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import { endpointKey, type EndpointRef } from '../connections';

export interface EndpointZonesOptions {
  /** With the account that owns the endpoint. */
  readonly api: (ref: EndpointRef) => Promise<AlibabaCloudApi>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Zones seldom change: where nothing speaks against them they are read this often. */
const readAgainMs = 5 * 60_000;

/** Reads the zones of endpoints that are followed, seldom. */
export class EndpointZones {
  private readonly readMs = new Map<string, number>();

  constructor(private readonly options: EndpointZonesOptions) {}

  /**
   * Undefined where there is nothing to read: Alibaba Cloud does not show the endpoint, or it was read a moment ago.
   * @param isDoubtful something is not as it should be: reads them now
   */
  async of(endpoint: PrivateEndpoint, isDoubtful: boolean): Promise<readonly EndpointZone[] | undefined> {
    const { clock, api, log } = this.options;
    const key = endpointKey(endpoint);
    const read = this.readMs.get(key);
    const isDue = isDoubtful || read === undefined || clock.now() - read >= readAgainMs;
    if (endpoint.endpoint?.status !== 'Active' || !isDue) {
      return undefined;
    }
    this.readMs.set(key, clock.now());
    const { regionId, id } = endpoint.endpoint;
    try {
      return await collect((await api(endpoint)).listEndpointZones(regionId, id));
    } catch (error) {
      if (!isCancellation(error)) {
        log.warn(`Read the zones of ${id}: ${String(error)}`);
      }
      return undefined;
    }
  }

  /** Reads all of them again when they are asked for next. */
  forget(): void {
    this.readMs.clear();
  }
}
