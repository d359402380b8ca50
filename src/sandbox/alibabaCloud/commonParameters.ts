import type { FlagSpec, IntegerSpec, ObjectsSpec, TextSpec } from './parameters';

export const REGION = { kind: 'text', required: true } as const satisfies TextSpec;
export const TEXT = { kind: 'text' } as const satisfies TextSpec;
export const REQUIRED_TEXT = { kind: 'text', required: true } as const satisfies TextSpec;
export const FLAG = { kind: 'flag' } as const satisfies FlagSpec;

/** ASCII, at most 64 characters, unique per wish. */
export const CLIENT_TOKEN = {
  kind: 'text',
  maxLength: 64,
  pattern: /^[\x21-\x7e]+$/,
} as const satisfies TextSpec;

/** PrivateLink and ECS. */
export const TAG_FILTER = {
  kind: 'objects',
  max: 20,
  fields: {
    Key: { kind: 'text', required: true, maxLength: 128, missing: 'MissingTagKeyParam' },
    Value: { kind: 'text', maxLength: 128 },
  },
} as const satisfies ObjectsSpec;

/** PrivateLink's lists: 1 to 1000 a page, 50 when not said. */
export const MAX_RESULTS = { kind: 'integer', min: 1, max: 1000 } as const satisfies IntegerSpec;

/** Parameters that every operation of VPC and ECS takes and that change nothing here. */
export const OWNER = {
  OwnerId: { kind: 'integer' },
  OwnerAccount: TEXT,
  ResourceOwnerId: { kind: 'integer' },
  ResourceOwnerAccount: TEXT,
} as const;
