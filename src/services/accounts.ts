import * as v from 'valibot';
import { Emitter, type Disposable } from '../core/emitter';
import { AppError } from '../core/errors';
import type { AlibabaCloudApi, Log, SecretStore, TidbCloudApi } from '../core/ports';

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

const tidbCloudKeySchema = v.object({ publicKey: v.string(), privateKey: v.string() });
const alibabaCloudSchema = v.variant('kind', [
  v.object({
    kind: v.literal('keys'),
    accessKeyId: v.string(),
    accessKeySecret: v.string(),
    securityToken: v.exactOptional(v.string()),
  }),
  v.object({ kind: v.literal('chain'), profile: v.exactOptional(v.string()) }),
]);

/** Each of them says on purpose that there are credentials for Alibaba Cloud's default chain. */
const chainVariables = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ROLE_ARN',
  'ALIBABA_CLOUD_CREDENTIALS_URI',
  'ALIBABA_CLOUD_PROFILE',
  'ALIBABA_CLOUD_CREDENTIALS_FILE',
  'ALIBABA_CLOUD_ECS_METADATA',
];

export interface AccountsOptions {
  readonly secrets: SecretStore;
  readonly secretKeys: { readonly tidbCloud: string; readonly alibabaCloud: string };
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
  readonly log: Log;
}

/** Who is signed in to which cloud, and the clients that follow from it. */
export class Accounts implements Disposable {
  private readonly subscription: Disposable;
  private readonly changed: Emitter<Cloud>;
  private tidbCloudApi: Promise<TidbCloudApi> | undefined;
  private alibabaCloudApi: Promise<AlibabaCloudApi> | undefined;

  constructor(private readonly options: AccountsOptions) {
    this.changed = new Emitter((error) => options.log.error('A listener of the accounts failed', error));
    this.subscription = options.secrets.onDidChange((key) => {
      const cloud = clouds.find((name) => this.secretKeyOf(name) === key);
      if (cloud !== undefined) {
        this.reset(cloud);
      }
    });
  }

  /** Fires after a sign-in, a sign-out, and when credentials or settings changed elsewhere. */
  get onDidChange(): Emitter<Cloud>['event'] {
    return this.changed.event;
  }

  /** @throws AppError notSignedIn */
  tidbCloud(): Promise<TidbCloudApi> {
    this.tidbCloudApi ??= forgetOnFailure(this.createTidbCloud(), (failed) => {
      this.tidbCloudApi = this.tidbCloudApi === failed ? undefined : this.tidbCloudApi;
    });
    return this.tidbCloudApi;
  }

  /** @throws AppError notSignedIn */
  alibabaCloud(): Promise<AlibabaCloudApi> {
    this.alibabaCloudApi ??= forgetOnFailure(this.createAlibabaCloud(), (failed) => {
      this.alibabaCloudApi = this.alibabaCloudApi === failed ? undefined : this.alibabaCloudApi;
    });
    return this.alibabaCloudApi;
  }

  async isSignedIn(cloud: Cloud): Promise<boolean> {
    const found = cloud === 'TiDB Cloud' ? await this.tidbCloudKey() : await this.alibabaCloudCredentials();
    return found !== undefined;
  }

  /** True when signing out would remove something; credentials from the environment cannot be removed. */
  async isStored(cloud: Cloud): Promise<boolean> {
    return (await this.options.secrets.get(this.secretKeyOf(cloud))) !== undefined;
  }

  /** Tries the key with one call and keeps it only when it works. */
  async signInTidbCloud(key: TidbCloudKey, signal?: AbortSignal): Promise<void> {
    this.options.learnSecret(key.privateKey);
    const api = await this.options.createTidbCloudApi(key);
    await api.listInstances(signal)[Symbol.asyncIterator]().next();
    await this.options.secrets.set(this.options.secretKeys.tidbCloud, JSON.stringify(key));
  }

  /** Tries the credentials with one call and keeps the choice only when it works. Returns the account id. */
  async signInAlibabaCloud(credentials: AlibabaCloudCredentials, signal?: AbortSignal): Promise<string> {
    this.learn(credentials);
    const api = await this.options.createAlibabaCloudApi(credentials);
    const { accountId } = await api.getCallerIdentity(signal);
    await this.options.secrets.set(this.options.secretKeys.alibabaCloud, JSON.stringify(credentials));
    return accountId;
  }

  /** Those on this machine. @throws AppError invalidInput for a file that cannot be read */
  alibabaCloudProfiles(): Promise<readonly AlibabaCloudProfile[]> {
    return this.options.listAlibabaCloudProfiles();
  }

  async signOut(cloud: Cloud): Promise<void> {
    await this.options.secrets.delete(this.secretKeyOf(cloud));
  }

  /** Forgets the clients, so that changed credentials or settings take effect with the next call. */
  reset(cloud: Cloud): void {
    if (cloud === 'TiDB Cloud') {
      this.tidbCloudApi = undefined;
    } else {
      this.alibabaCloudApi = undefined;
    }
    this.changed.fire(cloud);
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async createTidbCloud(): Promise<TidbCloudApi> {
    const key = await this.tidbCloudKey();
    if (key === undefined) {
      throw new AppError('notSignedIn', { source: 'TiDB Cloud' });
    }
    return this.options.createTidbCloudApi(key);
  }

  private async createAlibabaCloud(): Promise<AlibabaCloudApi> {
    const credentials = await this.alibabaCloudCredentials();
    if (credentials === undefined) {
      throw new AppError('notSignedIn', { source: 'Alibaba Cloud' });
    }
    return this.options.createAlibabaCloudApi(credentials);
  }

  private async tidbCloudKey(): Promise<TidbCloudKey | undefined> {
    const { TIDBCLOUD_PUBLIC_KEY: publicKey, TIDBCLOUD_PRIVATE_KEY: privateKey } = this.options.environment;
    const fromEnvironment = publicKey && privateKey ? { publicKey, privateKey } : undefined;
    const stored = await this.stored(
      this.options.secretKeys.tidbCloud,
      tidbCloudKeySchema,
      fromEnvironment !== undefined,
    );
    const key = stored ?? fromEnvironment;
    if (key !== undefined) {
      this.options.learnSecret(key.privateKey);
    }
    return key;
  }

  private async alibabaCloudCredentials(): Promise<AlibabaCloudCredentials | undefined> {
    const inEnvironment =
      this.options.isWorkspaceTrusted() &&
      chainVariables.some((name) => Boolean(this.options.environment[name]));
    const stored = await this.stored(this.options.secretKeys.alibabaCloud, alibabaCloudSchema, inEnvironment);
    if (stored !== undefined) {
      this.learn(stored);
      return stored;
    }
    return inEnvironment ? { kind: 'chain' } : undefined;
  }

  private async stored<S extends v.GenericSchema>(
    key: string,
    schema: S,
    thereAreOthers: boolean,
  ): Promise<v.InferOutput<S> | undefined> {
    let text: string | undefined;
    try {
      text = await this.options.secrets.get(key);
    } catch (error) {
      if (!thereAreOthers) {
        throw error;
      }
      this.options.log.error('Read the stored credentials: failed, those of the environment are used', error);
    }
    if (text === undefined) {
      return undefined;
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) {
      this.options.log.warn(`The stored credentials under ${key} have an unknown form; sign in again.`);
      return undefined;
    }
    return parsed.output;
  }

  private learn(credentials: AlibabaCloudCredentials): void {
    if (credentials.kind === 'keys') {
      this.options.learnSecret(credentials.accessKeySecret);
      if (credentials.securityToken !== undefined) {
        this.options.learnSecret(credentials.securityToken);
      }
    }
  }

  private secretKeyOf(cloud: Cloud): string {
    return cloud === 'TiDB Cloud' ? this.options.secretKeys.tidbCloud : this.options.secretKeys.alibabaCloud;
  }
}

function forgetOnFailure<T>(promise: Promise<T>, forget: (failed: Promise<T>) => void): Promise<T> {
  promise.catch(() => forget(promise));
  return promise;
}
