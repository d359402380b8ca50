import * as v from 'valibot';

export const clouds = ['TiDB Cloud', 'Alibaba Cloud'] as const;
export type Cloud = (typeof clouds)[number];

export interface TidbCloudKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Keys given by the person, or Alibaba Cloud's default provider chain (environment, profiles, RAM role, …). */
export type AlibabaCloudCredentials =
  | {
      readonly kind: 'keys';
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken?: string;
    }
  | {
      readonly kind: 'chain';
      /** The one profile to use; left out, the setting or the chain chooses. */
      readonly profile?: string;
    };

/** A profile in one of Alibaba Cloud's files on this machine; without its secrets. */
export interface AlibabaCloudProfile {
  readonly name: string;
  readonly file: string;
  /** How it gets its credentials, as the file says: `AK`, `RamRoleArn`, `ecs_ram_role`, … */
  readonly mode: string;
  readonly regionId?: string;
  /** What the chain uses when nothing is chosen. */
  readonly isCurrent: boolean;
}

/** A key or profile that the person is signed in with. Holds nothing secret. */
export interface Account {
  /** The same wherever and whenever the same key signs in. */
  readonly id: string;
  readonly cloud: Cloud;
  /** The person's own name for it, else what is known of whose it is. No two of a cloud are the same. */
  readonly name: string;
  /** The public half of its key, or where the credentials come from. */
  readonly key: string;
  /** TiDB Cloud: the organization. Alibaba Cloud: the number of the account. Absent until known. */
  readonly owner?: string;
  /** False for credentials of the environment: they cannot be renamed or removed. */
  readonly isStored: boolean;
}

export const tidbCloudKeySchema = v.object({ publicKey: v.string(), privateKey: v.string() });
export const alibabaCloudSchema = v.variant('kind', [
  v.object({
    kind: v.literal('keys'),
    accessKeyId: v.string(),
    accessKeySecret: v.string(),
    securityToken: v.exactOptional(v.string()),
  }),
  v.object({ kind: v.literal('chain'), profile: v.exactOptional(v.string()) }),
]);

export interface AccountIdentity {
  readonly id: string;
  readonly key: string;
}

export const tidbCloudIdentity = ({ publicKey }: Pick<TidbCloudKey, 'publicKey'>): AccountIdentity => ({
  id: `tidbCloud/${publicKey}`,
  key: publicKey,
});

export function alibabaCloudIdentity(credentials: AlibabaCloudCredentials): AccountIdentity {
  if (credentials.kind === 'keys') {
    return { id: `alibabaCloud/key/${credentials.accessKeyId}`, key: credentials.accessKeyId };
  }
  const { profile } = credentials;
  return profile === undefined
    ? { id: 'alibabaCloud/chain', key: 'Credentials of this machine' }
    : { id: `alibabaCloud/profile/${profile}`, key: `Profile ${profile}` };
}

/** `acs:ram::1234:user/alice` → `alice (1234)`; for the account itself its number alone. */
export function nameOfArn(arn: string, accountId: string): string {
  const [kind, name] = arn.split(':').at(-1)?.split('/') ?? [];
  return name === undefined || kind === undefined ? accountId : `${name} (${accountId})`;
}
