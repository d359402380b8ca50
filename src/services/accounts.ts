import { Emitter, type Disposable } from '../core/emitter';
import { AppError } from '../core/errors';
import type { AlibabaCloudApi, TidbCloudApi } from '../core/ports';
import {
  alibabaCloudIdentity,
  nameOfArn,
  tidbCloudIdentity,
  type Account,
  type AlibabaCloudCredentials,
  type AlibabaCloudProfile,
  type Cloud,
  type TidbCloudKey,
} from './account';
import { AccountMatches } from './accountMatches';
import { StoredAccounts, type StoredAccountsOptions } from './storedAccounts';

export {
  clouds,
  type Account,
  type AlibabaCloudCredentials,
  type AlibabaCloudProfile,
  type Cloud,
  type TidbCloudKey,
} from './account';

/** Each of them says on purpose that there are credentials for Alibaba Cloud's default chain. */
const chainVariables = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ROLE_ARN',
  'ALIBABA_CLOUD_CREDENTIALS_URI',
  'ALIBABA_CLOUD_PROFILE',
  'ALIBABA_CLOUD_CREDENTIALS_FILE',
  'ALIBABA_CLOUD_ECS_METADATA',
];

export interface AccountsOptions extends Omit<StoredAccountsOptions, 'listKey'> {
  readonly stateKeys: {
    readonly accounts: string;
    readonly accountsOfInstance: (instanceId: string) => string;
  };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Alibaba Cloud's chain may run a command that a profile names: in a restricted workspace it is used only when the
   * person chose it.
   */
  readonly isWorkspaceTrusted: () => boolean;
  readonly createTidbCloudApi: (key: TidbCloudKey) => Promise<TidbCloudApi>;
  readonly createAlibabaCloudApi: (credentials: AlibabaCloudCredentials) => Promise<AlibabaCloudApi>;
  readonly listAlibabaCloudProfiles: () => Promise<readonly AlibabaCloudProfile[]>;
  /** Called with every secret that is read, before it is used. */
  readonly learnSecret: (secret: string) => void;
}

/** Which accounts have changed: one, or all of a cloud where none is named. */
export interface AccountsChange {
  readonly cloud: Cloud;
  readonly accountId?: string;
  /** Only its name: what was read with it stays good. */
  readonly isRename?: true;
}

/** What is known of whose an instance or endpoint is, beside what has been seen. */
export interface AccountHint {
  /** The account that a creation was begun with. */
  readonly accountId?: string | undefined;
  /** The number of the Alibaba Cloud account that owns the endpoint. */
  readonly owner?: string | undefined;
  readonly endpointId?: string | undefined;
}

/** Who is signed in to which cloud, several side by side, and the clients that follow from it. */
export class Accounts implements Disposable {
  readonly matches: AccountMatches;
  private readonly stored: StoredAccounts;
  private readonly subscription: Disposable;
  private readonly changed: Emitter<AccountsChange>;
  private readonly tidbCloudApis = new Map<string, Promise<TidbCloudApi>>();
  private readonly alibabaCloudApis = new Map<string, Promise<AlibabaCloudApi>>();
  /** Of accounts of the environment, which are not stored. */
  private readonly owners = new Map<string, string>();
  private readonly lookUps = new Map<string, Promise<Account>>();
  private readonly failures = new Map<string, unknown>();

  constructor(private readonly options: AccountsOptions) {
    const { state, stateKeys, log } = options;
    this.matches = new AccountMatches(state, stateKeys.accountsOfInstance);
    this.stored = new StoredAccounts({ ...options, listKey: stateKeys.accounts });
    this.changed = new Emitter((error) => log.error('A listener of the accounts failed', error));
    this.subscription = options.secrets.onDidChange((key) => this.noticed(key));
  }

  /** Fires after a sign-in, a sign-out, and when credentials or settings changed elsewhere. */
  get onDidChange(): Emitter<AccountsChange>['event'] {
    return this.changed.event;
  }

  /** In the order in which they were added. What the environment holds counts while nothing else is there. */
  async list(cloud: Cloud): Promise<readonly Account[]> {
    const ofEnvironment = this.ofEnvironment(cloud);
    try {
      const stored = await this.stored.list(cloud);
      return stored.length > 0 ? stored : ofEnvironment;
    } catch (error) {
      if (ofEnvironment.length === 0) {
        throw error;
      }
      this.options.log.error('Read the stored credentials: failed, those of the environment are used', error);
      return ofEnvironment;
    }
  }

  async isSignedIn(cloud: Cloud): Promise<boolean> {
    return (await this.list(cloud)).length > 0;
  }

  /** For what is about no instance: the first account. @throws AppError notSignedIn */
  async tidbCloud(): Promise<TidbCloudApi> {
    return this.tidbCloudOf(await this.first('TiDB Cloud'));
  }

  /** For what is about no instance: the first account. @throws AppError notSignedIn */
  async alibabaCloud(): Promise<AlibabaCloudApi> {
    return this.alibabaCloudOf(await this.first('Alibaba Cloud'));
  }

  tidbCloudOf({ id }: Pick<Account, 'id'>): Promise<TidbCloudApi> {
    return keptWhileGood(this.tidbCloudApis, id, () => this.createTidbCloud(id));
  }

  alibabaCloudOf({ id }: Pick<Account, 'id'>): Promise<AlibabaCloudApi> {
    return keptWhileGood(this.alibabaCloudApis, id, () => this.createAlibabaCloud(id));
  }

  /** With the key that lists this instance. @throws AppError notSignedIn */
  async tidbCloudFor(instanceId: string, hint?: AccountHint): Promise<TidbCloudApi> {
    return this.tidbCloudOf(await this.tidbCloudAccountFor(instanceId, hint));
  }

  /** With the account that owns this instance's endpoint, or the one endpoint named. @throws AppError notSignedIn */
  async alibabaCloudFor(instanceId: string, hint?: AccountHint): Promise<AlibabaCloudApi> {
    return this.alibabaCloudOf(await this.alibabaCloudAccountFor(instanceId, hint));
  }

  /** Where the instance was not listed yet and there are several accounts, each is asked for it, once. */
  async tidbCloudAccountFor(instanceId: string, hint: AccountHint = {}): Promise<Account> {
    const all = await this.list('TiDB Cloud');
    const [only] = all;
    if (only === undefined || all.length === 1) {
      return only ?? notSignedIn('TiDB Cloud');
    }
    const byId = (id: string | undefined): Account | undefined => all.find((account) => account.id === id);
    const known = byId(hint.accountId) ?? byId(this.matches.tidbCloudOf(instanceId));
    return known ?? keptWhileGood(this.lookUps, instanceId, () => this.lookUp(instanceId, all));
  }

  /** Where nothing is known of it: the first one. */
  async alibabaCloudAccountFor(instanceId: string, hint: AccountHint = {}): Promise<Account> {
    const all = await this.list('Alibaba Cloud');
    const [first] = all;
    if (first === undefined || all.length === 1) {
      return first ?? notSignedIn('Alibaba Cloud');
    }
    const byId = (id: string | undefined): Account | undefined => all.find((account) => account.id === id);
    const { accountId, owner, endpointId } = hint;
    const known =
      byId(accountId) ??
      byId(endpointId === undefined ? undefined : this.matches.ownerOfEndpoint(endpointId));
    const owned = known ?? (owner === undefined ? undefined : await this.ownedBy(owner, all));
    return owned ?? this.matches.alibabaCloudOf(instanceId).map(byId).find(Boolean) ?? first;
  }

  /** The number of the Alibaba Cloud account; asked for once. */
  async ownerOf(account: Account): Promise<string> {
    const known = account.owner ?? this.owners.get(account.id);
    if (known !== undefined) {
      return known;
    }
    const api = await this.alibabaCloudOf(account);
    const { accountId, arn } = await api.getCallerIdentity();
    this.owners.set(account.id, accountId);
    if (account.isStored) {
      await this.noteOwner(account, { owner: accountId, ownerName: nameOfArn(arn, accountId) });
    }
    return accountId;
  }

  /** Why this account cannot be used, as far as anybody has tried. */
  failureOf(accountId: string): unknown {
    return this.failures.get(accountId);
  }

  noteFailure(accountId: string, error: unknown): void {
    if (error === undefined) {
      this.failures.delete(accountId);
    } else {
      this.failures.set(accountId, error);
    }
  }

  /** TiDB Cloud tells of a key's organization only with an instance. */
  async noteOrganization(account: Account, organizationId: string): Promise<void> {
    if (account.isStored && account.owner !== organizationId) {
      await this.noteOwner(account, {
        owner: organizationId,
        ownerName: organizationName(organizationId),
      });
    }
  }

  /** Tries the key with one call and adds it only when it works. */
  async signInTidbCloud(key: TidbCloudKey, signal?: AbortSignal): Promise<Account> {
    this.options.learnSecret(key.privateKey);
    const api = await this.options.createTidbCloudApi(key);
    const organization = await firstOrganization(api, signal);
    const owner =
      organization === undefined ? {} : { owner: organization, ownerName: organizationName(organization) };
    const identity = tidbCloudIdentity(key);
    await this.stored.put({ ...identity, cloud: 'TiDB Cloud', ...owner }, key);
    return this.added('TiDB Cloud', identity.id);
  }

  /** Tries the credentials with one call and adds them only when they work. */
  async signInAlibabaCloud(credentials: AlibabaCloudCredentials, signal?: AbortSignal): Promise<Account> {
    this.learn(credentials);
    const api = await this.options.createAlibabaCloudApi(credentials);
    const { accountId, arn, type } = await api.getCallerIdentity(signal);
    const identity = alibabaCloudIdentity(credentials);
    const isProfile = credentials.kind === 'chain' && credentials.profile !== undefined;
    await this.stored.put(
      {
        ...identity,
        cloud: 'Alibaba Cloud',
        owner: accountId,
        ownerName: isProfile ? `${credentials.profile ?? ''} (${accountId})` : nameOfArn(arn, accountId),
        ...(type === 'AssumedRoleUser' && credentials.kind === 'keys' && { arn }),
      },
      credentials,
    );
    return this.added('Alibaba Cloud', identity.id);
  }

  /** Those on this machine. @throws AppError invalidInput for a file that cannot be read */
  alibabaCloudProfiles(): Promise<readonly AlibabaCloudProfile[]> {
    return this.options.listAlibabaCloudProfiles();
  }

  async rename({ id, cloud }: Account, name: string): Promise<void> {
    await this.stored.update(id, { name });
    this.changed.fire({ cloud, accountId: id, isRename: true });
  }

  async signOut({ id, cloud }: Pick<Account, 'id' | 'cloud'>): Promise<void> {
    await this.stored.remove(id);
    this.resetOne(cloud, id);
  }

  /** Forgets the clients, so that changed credentials or settings take effect with the next call. */
  reset(cloud: Cloud): void {
    (cloud === 'TiDB Cloud' ? this.tidbCloudApis : this.alibabaCloudApis).clear();
    this.failures.clear();
    this.lookUps.clear();
    this.changed.fire({ cloud });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Whose it is may be its name. */
  private async noteOwner(
    { id, cloud }: Account,
    owner: { readonly owner: string; readonly ownerName: string },
  ): Promise<void> {
    await this.stored.update(id, owner);
    this.changed.fire({ cloud, accountId: id, isRename: true });
  }

  private async added(cloud: Cloud, accountId: string): Promise<Account> {
    this.resetOne(cloud, accountId);
    return (await this.list(cloud)).find(({ id }) => id === accountId) ?? notSignedIn(cloud);
  }

  private resetOne(cloud: Cloud, accountId: string): void {
    (cloud === 'TiDB Cloud' ? this.tidbCloudApis : this.alibabaCloudApis).delete(accountId);
    this.failures.delete(accountId);
    this.lookUps.clear();
    this.changed.fire({ cloud, accountId });
  }

  /** A secret was changed, perhaps by another window. */
  private noticed(secretKey: string): void {
    const owner = this.stored.ownerOf(secretKey);
    if (owner === undefined) {
      return;
    }
    const { cloud, accountId } = owner;
    const tell = (): void => (accountId === undefined ? this.reset(cloud) : this.resetOne(cloud, accountId));
    this.stored.hasChanged(secretKey).then((hasChanged) => hasChanged && tell(), tell);
  }

  private async first(cloud: Cloud): Promise<Account> {
    return (await this.list(cloud))[0] ?? notSignedIn(cloud);
  }

  private async lookUp(instanceId: string, all: readonly Account[]): Promise<Account> {
    const failures: unknown[] = [];
    const answers = await Promise.all(
      all.map(async (account) => {
        try {
          await (await this.tidbCloudOf(account)).getInstance(instanceId);
          return account;
        } catch (error) {
          failures.push(error);
          return undefined;
        }
      }),
    );
    const found = answers.find((account) => account !== undefined);
    if (found === undefined) {
      const isElse = (error: unknown): boolean => !AppError.is(error) || error.code !== 'notFound';
      throw failures.find(isElse) ?? failures[0];
    }
    this.matches.noteInstance(instanceId, found.id);
    return found;
  }

  private async ownedBy(owner: string, all: readonly Account[]): Promise<Account | undefined> {
    for (const account of all) {
      try {
        if ((await this.ownerOf(account)) === owner) {
          return account;
        }
      } catch (error) {
        this.options.log.warn(`Whose the account ${account.name} is cannot be told: ${String(error)}`);
      }
    }
    return undefined;
  }

  private async createTidbCloud(accountId: string): Promise<TidbCloudApi> {
    const key = this.environmentKey?.account.id === accountId ? this.environmentKey.key : undefined;
    const found = key ?? (await this.stored.tidbCloudKey(accountId));
    if (found === undefined) {
      return notSignedIn('TiDB Cloud', accountId);
    }
    this.options.learnSecret(found.privateKey);
    return this.options.createTidbCloudApi(found);
  }

  private async createAlibabaCloud(accountId: string): Promise<AlibabaCloudApi> {
    const isEnvironment = accountId === environmentId('Alibaba Cloud');
    const found = isEnvironment
      ? ({ kind: 'chain' } as const)
      : await this.stored.alibabaCloudCredentials(accountId);
    if (found === undefined) {
      return notSignedIn('Alibaba Cloud', accountId);
    }
    this.learn(found);
    return this.options.createAlibabaCloudApi(found);
  }

  private get environmentKey(): { readonly account: Account; readonly key: TidbCloudKey } | undefined {
    const { TIDBCLOUD_PUBLIC_KEY: publicKey, TIDBCLOUD_PRIVATE_KEY: privateKey } = this.options.environment;
    return publicKey && privateKey
      ? { account: environmentAccount('TiDB Cloud', publicKey), key: { publicKey, privateKey } }
      : undefined;
  }

  private ofEnvironment(cloud: Cloud): readonly Account[] {
    if (cloud === 'TiDB Cloud') {
      const { environmentKey } = this;
      return environmentKey === undefined ? [] : [environmentKey.account];
    }
    const { isWorkspaceTrusted, environment } = this.options;
    return isWorkspaceTrusted() && chainVariables.some((name) => Boolean(environment[name]))
      ? [environmentAccount(cloud, 'Credentials of this machine')]
      : [];
  }

  private learn(credentials: AlibabaCloudCredentials): void {
    if (credentials.kind === 'keys') {
      this.options.learnSecret(credentials.accessKeySecret);
      if (credentials.securityToken !== undefined) {
        this.options.learnSecret(credentials.securityToken);
      }
    }
  }
}

const organizationName = (organizationId: string): string => `Organization ${organizationId}`;

/** Of the first page, which also shows that the key is good; undefined where there is no instance. */
async function firstOrganization(
  api: TidbCloudApi,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for await (const [first] of api.listInstancePages(signal)) {
    return first?.organizationId;
  }
  return undefined;
}

const environmentId = (cloud: Cloud): string =>
  `${cloud === 'TiDB Cloud' ? 'tidbCloud' : 'alibabaCloud'}/environment`;

const environmentAccount = (cloud: Cloud, key: string): Account => ({
  ...{ id: environmentId(cloud), cloud, name: 'Environment', key },
  isStored: false,
});

function notSignedIn(source: Cloud, accountId?: string): never {
  throw new AppError('notSignedIn', {
    source,
    ...(accountId !== undefined && { reason: `the credentials of ${accountId} are gone` }),
  });
}

/** Made once for all who ask at the same time, and again after a failure. */
function keptWhileGood<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  kept.set(key, made);
  made.catch(() => {
    if (kept.get(key) === made) {
      kept.delete(key);
    }
  });
  return made;
}
