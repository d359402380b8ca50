import { collect } from '../../core/collect';
import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { unless } from './errors';
import { byToken } from './lists';
import * as map from './map';
import { rates } from './operation';

const writing = { product: 'privatelink', place: 'form', rate: rates.tag, answer: map.nothing } as const;
const operations = {
  tag: { ...writing, name: 'TagResources', token: 'own' },
  untag: { ...writing, name: 'UntagResources', token: 'none' },
  list: {
    product: 'privatelink',
    name: 'ListTagResources',
    token: 'none',
    rate: rates.listTags,
    answer: map.tagPage,
  },
} as const;

type Tags = Readonly<Record<string, string>>;

/** PrivateLink 2020-04-15: the tags of endpoints. */
export function endpointTagsApi(
  caller: AlibabaCaller,
): Pick<AlibabaCloudApi, 'tagEndpoint' | 'untagEndpoint' | 'listEndpointTags'> {
  const resource = (regionId: string, endpointId: string) => ({
    RegionId: regionId,
    ResourceType: 'vpcendpoint',
    ResourceId: [endpointId],
  });

  const listEndpointTags = async (
    regionId: string,
    endpointId: string,
    signal?: AbortSignal,
  ): Promise<Tags> => {
    const filter = resource(regionId, endpointId);
    const rows = byToken(operations.list, signal, async (NextToken) => {
      const page = await caller.call(operations.list, regionId, { ...filter, NextToken }, signal);
      return { items: page.TagResources, next: page.NextToken };
    });
    return Object.fromEntries((await collect(rows)).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  };

  const untag = async (
    regionId: string,
    endpointId: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<boolean> => {
    const parameters = { ...resource(regionId, endpointId), TagKey: keys };
    const done = await unless(['TagInfoNotExist'], () =>
      caller.call(operations.untag, regionId, parameters, signal),
    );
    return done !== undefined;
  };

  return {
    listEndpointTags,

    async tagEndpoint(regionId, endpointId, tags, signal) {
      const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      if (Tag.length > 0) {
        await caller.call(operations.tag, regionId, { ...resource(regionId, endpointId), Tag }, signal);
      }
    },

    async untagEndpoint(regionId, endpointId, keys, signal) {
      if (keys.length === 0 || (await untag(regionId, endpointId, keys, signal)) || keys.length === 1) {
        return;
      }
      // One that is not there is enough to refuse them all.
      const present = await listEndpointTags(regionId, endpointId, signal);
      const left = keys.filter((key) => Object.hasOwn(present, key));
      if (left.length > 0) {
        await untag(regionId, endpointId, left, signal);
      }
    },
  };
}
