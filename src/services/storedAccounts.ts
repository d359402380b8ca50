import * as v from 'valibot';
import type { Log, SecretStore, StateStore } from '../core/ports';
import {
  alibabaCloudIdentity,
  alibabaCloudSchema,
  clouds,
  tidbCloudIdentity,
  tidbCloudKeySchema,
  type Account,
  type AlibabaCloudCredentials,
  type Cloud,
  type TidbCloudKey,
} from './account';

export interface StoredAccountsOptions {
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly secretKeys: {
    /** Where versions with one account for each cloud kept it. */
    readonly tidbCloud: string;
    readonly alibabaCloud: string;
    readonly account: (accountId: string) => string;
  };
  /** Under which the list is in `state`. */
  readonly listKey: string;
  readonly log: Log;
}

const entrySchema = v.object({
  id: v.string(),
  cloud: v.picklist(clouds),
  key: v.string(),
  /** Given by the person. */
  name: v.exactOptional(v.string()),
  /** What is known of whose it is. */
  ownerName: v.exactOptional(v.string()),
  owner: v.exactOptional(v.string()),
  /** Of a temporary key: the next one of the same session takes its place. */
  arn: v.exactOptional(v.string()),
});
export type Entry = v.InferOutput<typeof entrySchema>;

/** The accounts that the person has added: who they are in the editor's state, their secrets in its SecretStorage. */
export class StoredAccounts {
  /** Clouds whose one key of an earlier version was looked for already. */
  private readonly migrated = new Map<Cloud, Promise<void>>();
  /** Secrets as they were last read or written here. */
  private readonly known = new Map<string, string | undefined>();

  constructor(private readonly options: StoredAccountsOptions) {}

  /** @throws AppError secretsUnavailable where there may be a key of an earlier version */
  async list(cloud: Cloud): Promise<readonly Account[]> {
    await this.migrate(cloud);
    const entries = this.entries.filter((entry) => entry.cloud === cloud);
    const names = entries.map(nameOf);
    return entries.map((entry, i) => {
      const { id, key, owner } = entry;
      const name = nameOf(entry);
      const isTaken = names.indexOf(name) !== i || names.lastIndexOf(name) !== i;
      return {
        ...{ id, cloud, key },
        name: isTaken ? `${name} (${key})` : name,
        ...(owner !== undefined && { owner }),
        isStored: true,
      };
    });
  }

  tidbCloudKey(accountId: string): Promise<TidbCloudKey | undefined> {
    return this.read(this.options.secretKeys.account(accountId), tidbCloudKeySchema);
  }

  alibabaCloudCredentials(accountId: string): Promise<AlibabaCloudCredentials | undefined> {
    return this.read(this.options.secretKeys.account(accountId), alibabaCloudSchema);
  }

  /** Adds one, or gives one that is there new credentials. What was known of it stays. */
  async put(entry: Entry, secret: object): Promise<void> {
    const { secretKeys } = this.options;
    const { arn } = entry;
    const isSame = (other: Entry): boolean =>
      other.cloud === entry.cloud && (other.id === entry.id || (arn !== undefined && other.arn === arn));
    const before = this.entries.find(isSame);
    await this.keep(secretKeys.account(entry.id), JSON.stringify(secret));
    await this.write(
      before === undefined
        ? [...this.entries, entry]
        : this.entries.map((other) => (other === before ? { ...withName(before), ...entry } : other)),
    );
    if (before !== undefined && before.id !== entry.id) {
      await this.keep(secretKeys.account(before.id), undefined);
    }
  }

  async update(
    accountId: string,
    change: Partial<Pick<Entry, 'name' | 'owner' | 'ownerName' | 'arn'>>,
  ): Promise<void> {
    await this.write(this.entries.map((entry) => (entry.id === accountId ? { ...entry, ...change } : entry)));
  }

  async remove(accountId: string): Promise<void> {
    await this.write(this.entries.filter(({ id }) => id !== accountId));
    await this.keep(this.options.secretKeys.account(accountId), undefined);
  }

  /** False when it is as this window last read or wrote it. */
  async hasChanged(secretKey: string): Promise<boolean> {
    const { secrets } = this.options;
    return !this.known.has(secretKey) || this.known.get(secretKey) !== (await secrets.get(secretKey));
  }

  /** The cloud and the account that a secret belongs to; undefined for others' secrets. */
  ownerOf(secretKey: string): { readonly cloud: Cloud; readonly accountId?: string } | undefined {
    const legacy = clouds.find((cloud) => this.legacyKeyOf(cloud) === secretKey);
    if (legacy !== undefined) {
      this.migrated.delete(legacy);
      return { cloud: legacy };
    }
    const prefix = this.options.secretKeys.account('');
    if (prefix === '' || !secretKey.startsWith(prefix)) {
      return undefined;
    }
    const accountId = secretKey.slice(prefix.length);
    return { cloud: accountId.startsWith('tidbCloud/') ? 'TiDB Cloud' : 'Alibaba Cloud', accountId };
  }

  private get entries(): readonly Entry[] {
    const parsed = v.safeParse(v.array(entrySchema), this.options.state.get(this.options.listKey));
    return parsed.success ? parsed.output : [];
  }

  private async write(entries: readonly Entry[]): Promise<void> {
    await this.options.state.set(this.options.listKey, entries);
  }

  private migrate(cloud: Cloud): Promise<void> {
    const known = this.migrated.get(cloud);
    if (known !== undefined) {
      return known;
    }
    const work = this.takeOver(cloud);
    this.migrated.set(cloud, work);
    work.catch(() => {
      if (this.migrated.get(cloud) === work) {
        this.migrated.delete(cloud);
      }
    });
    return work;
  }

  /** A key that an earlier version kept becomes the first account; written before it is deleted there. */
  private async takeOver(cloud: Cloud): Promise<void> {
    const legacyKey = this.legacyKeyOf(cloud);
    if ((await this.options.secrets.get(legacyKey)) === undefined) {
      this.known.set(legacyKey, undefined);
      return;
    }
    if (cloud === 'TiDB Cloud') {
      const key = await this.read(legacyKey, tidbCloudKeySchema);
      if (key === undefined) {
        return;
      }
      await this.put({ ...tidbCloudIdentity(key), cloud }, key);
    } else {
      const credentials = await this.read(legacyKey, alibabaCloudSchema);
      if (credentials === undefined) {
        return;
      }
      await this.put({ ...alibabaCloudIdentity(credentials), cloud }, credentials);
    }
    await this.keep(legacyKey, undefined);
  }

  private async keep(secretKey: string, text: string | undefined): Promise<void> {
    const { secrets } = this.options;
    this.known.set(secretKey, text);
    await (text === undefined ? secrets.delete(secretKey) : secrets.set(secretKey, text));
  }

  private async read<S extends v.GenericSchema>(
    secretKey: string,
    schema: S,
  ): Promise<v.InferOutput<S> | undefined> {
    const text = await this.options.secrets.get(secretKey);
    this.known.set(secretKey, text);
    if (text === undefined) {
      return undefined;
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) {
      this.options.log.warn(`The stored credentials under ${secretKey} have an unknown form; sign in again.`);
      return undefined;
    }
    return parsed.output;
  }

  private legacyKeyOf(cloud: Cloud): string {
    const { tidbCloud, alibabaCloud } = this.options.secretKeys;
    return cloud === 'TiDB Cloud' ? tidbCloud : alibabaCloud;
  }
}

const nameOf = ({ name, ownerName, key }: Entry): string => name ?? ownerName ?? key;

/** What a sign-in with new credentials leaves as it is. */
const withName = ({ name }: Entry): Partial<Entry> => (name === undefined ? {} : { name });
