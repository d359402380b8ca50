import type { Tag } from '../../world/model';
import { refuse } from '../apiError';

const MOST_TAGS = 20;

export const TAG_PARAMETER = {
  kind: 'objects',
  max: MOST_TAGS,
  code: 'QuotaExceed.TagsPerResource',
  fields: {
    Key: {
      kind: 'text',
      required: true,
      maxLength: 64,
      code: 'IllegalTagKeyParam',
      missing: 'MissingTagKeyParam',
    },
    Value: { kind: 'text', maxLength: 128, code: 'IllegalTagValueParam' },
  },
} as const;

/** The tags a resource has after `added` came to `present`. @throws ApiError when a rule for tags is broken. */
export function checkedTags(
  present: readonly Tag[],
  added: readonly { Key: string; Value: string | undefined }[],
  mostTags: number,
): Tag[] {
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) {
    refuse('DuplicatedTagKey', 'A tag key is given more than once.');
  }
  for (const { Key, Value } of added) {
    if (isReserved(Key)) {
      refuse('IllegalTagKeyParam', 'The tag key is not valid.');
    }
    if (Value !== undefined && isReserved(Value)) {
      refuse('IllegalTagValueParam', 'The tag value is not valid.');
    }
  }
  const kept = present.filter(({ key }) => !keys.includes(key));
  const tags = [...kept, ...added.map(({ Key, Value }) => ({ key: Key, value: Value ?? '' }))];
  if (tags.length > mostTags) {
    refuse('QuotaExceed.TagsPerResource', `A resource has at most ${mostTags} tags.`);
  }
  return tags;
}

function isReserved(text: string): boolean {
  return /^(aliyun|acs:)/i.test(text) || /https?:\/\//i.test(text);
}
