import { collect } from '../../core/collect';
import { isCancellation, isTransient } from '../../core/errors';
import type { PrivateEndpoint } from '../../core/health';
import type { EndpointZone } from '../../core/model';
import type { AlibabaCloudApi, Log } from '../../core/ports';
import type { EndpointRef } from '../connections';

/**
 * Reads the zones of an endpoint.
 * @param apiFor of the account that owns the endpoint
 * @returns null where they cannot be read: Alibaba Cloud does not show it as Active, or not its zones; undefined where that
 * may work the next time
 */
export async function readZones(
  { instanceId, endpointId, endpoint }: PrivateEndpoint,
  apiFor: (ref: EndpointRef) => Promise<AlibabaCloudApi>,
  log: Log,
): Promise<readonly EndpointZone[] | null | undefined> {
  if (endpoint?.status !== 'Active') {
    return null;
  }
  try {
    const api = await apiFor({ instanceId, endpointId });
    return await collect(api.listEndpointZones(endpoint.regionId, endpoint.id));
  } catch (error) {
    if (!isCancellation(error)) {
      log.warn(`Read the zones of ${endpointId}: ${String(error)}`);
    }
    return isTransient(error) || isCancellation(error) ? undefined : null;
  }
}
