import type { Region } from '../../core/model';
import type { TidbCloudCaller } from './caller';
import * as map from './map';

/** RegionService of v1beta2: every region of every cloud. */
export function listRegions(caller: TidbCloudCaller, signal?: AbortSignal): AsyncIterable<Region> {
  return caller.list(
    { operation: 'ListRegions', path: '/regions', subject: 'the regions', answer: map.regionPage },
    ({ regions, nextPageToken }) => ({ items: regions, next: nextPageToken }),
    signal,
  );
}
