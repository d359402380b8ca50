import type { Endpoint } from '../../world/model';
import type { World } from '../../world/world';
import { refuse } from '../apiError';
import { CLIENT_TOKEN, FLAG, REGION, TAG_FILTER, TEXT } from '../commonParameters';
import { operation } from '../operation';
import { pageByToken } from '../paging';
import { BAD_TOKEN, DEFAULT_PAGE, hasTags, regionOrRefuse } from './common';
import { checkedTags, TAG_PARAMETER } from './tagRules';

const RESOURCE_TYPE = { kind: 'text', required: true, values: ['vpcendpoint', 'VpcEndpoint'] } as const;
const RESOURCE_IDS = { kind: 'list', max: 50, of: TEXT } as const;

/** PrivateLink 2020-04-15: tags. The two that write take their parameters from the form body. */
export const tagOperations = [
  operation({
    product: 'privatelink',
    action: 'TagResources',
    takes: 'form',
    parameters: {
      RegionId: REGION,
      ResourceType: RESOURCE_TYPE,
      ResourceId: { ...RESOURCE_IDS, required: true },
      Tag: TAG_PARAMETER,
      ClientToken: CLIENT_TOKEN,
      DryRun: FLAG,
    },
    run: (values, { world, quotas, validated }) => {
      if (values.Tag.length === 0) {
        refuse('MissingTagKeyParam', 'Tag.1.Key is mandatory for this action.');
      }
      const changes = endpointsOrRefuse(world, values.RegionId, values.ResourceId).map((endpoint) => ({
        endpoint,
        tags: checkedTags(endpoint.tags, values.Tag, quotas.tagsPerEndpoint),
      }));
      validated();
      for (const { endpoint, tags } of changes) {
        endpoint.tags = tags;
      }
      world.changed();
      return {};
    },
  }),
  operation({
    product: 'privatelink',
    action: 'UntagResources',
    takes: 'form',
    parameters: {
      RegionId: REGION,
      ResourceType: RESOURCE_TYPE,
      ResourceId: { ...RESOURCE_IDS, required: true },
      TagKey: { kind: 'list', max: 20, of: { kind: 'text', maxLength: 64, code: 'IllegalTagKeyParam' } },
      All: FLAG,
      ClientToken: CLIENT_TOKEN,
      DryRun: FLAG,
    },
    run: (values, { world, validated }) => {
      if (values.TagKey.length === 0 && values.All !== true) {
        refuse('MissingTagKeyParam', 'TagKey.1 or All is mandatory for this action.');
      }
      if (new Set(values.TagKey).size < values.TagKey.length) {
        refuse('DuplicatedTagKey', 'A tag key is given more than once.');
      }
      const endpoints = endpointsOrRefuse(world, values.RegionId, values.ResourceId);
      const present = new Set(endpoints.flatMap(({ tags }) => tags.map(({ key }) => key)));
      if (values.TagKey.some((key) => !present.has(key))) {
        refuse('TagInfoNotExist', 'The specified tag does not exist.');
      }
      validated();
      for (const endpoint of endpoints) {
        endpoint.tags =
          values.TagKey.length === 0 ? [] : endpoint.tags.filter(({ key }) => !values.TagKey.includes(key));
      }
      world.changed();
      return {};
    },
  }),
  operation({
    product: 'privatelink',
    action: 'ListTagResources',
    parameters: {
      RegionId: REGION,
      ResourceType: RESOURCE_TYPE,
      ResourceId: RESOURCE_IDS,
      Tag: TAG_FILTER,
      NextToken: TEXT,
    },
    run: ({ NextToken, ...filters }, { world }) => {
      const region = regionOrRefuse(filters.RegionId);
      if (filters.ResourceId.length === 0 && filters.Tag.length === 0) {
        refuse('MissingResourceIdOrTagParam', 'ResourceId.1 or Tag.1.Key is mandatory for this action.');
      }
      const found = world.state.endpoints
        .filter(
          ({ endpointId, tags, region: itsRegion }) =>
            itsRegion === region.id &&
            (filters.ResourceId.length === 0 || filters.ResourceId.includes(endpointId)) &&
            hasTags(tags, filters.Tag),
        )
        .flatMap(({ endpointId, tags }) =>
          tags.map(({ key, value }) => ({
            ResourceId: endpointId,
            ResourceType: 'vpcendpoint',
            TagKey: key,
            TagValue: value,
          })),
        );
      const page = pageByToken(found, DEFAULT_PAGE, NextToken, filters, BAD_TOKEN);
      return { TagResources: page.items, NextToken: page.nextToken };
    },
  }),
];

function endpointsOrRefuse(world: World, regionId: string, ids: readonly string[]): Endpoint[] {
  const region = regionOrRefuse(regionId);
  return ids.map((id) => {
    const endpoint = world.endpoint(id);
    return endpoint?.region === region.id
      ? endpoint
      : refuse('InvalidResourceId.NotFound', 'The specified ResourceId does not exist.');
  });
}
