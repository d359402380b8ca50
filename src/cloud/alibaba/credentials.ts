export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Only with temporary credentials. */
  readonly securityToken?: string;
}

export interface CredentialsProvider {
  /** @throws AppError `notSignedIn`, `unreachable`; an abort throws the signal's reason */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** Told when the cloud called them expired or refused them. True when `get` may come with others now. */
  renew(): boolean;
}

/** Keys that a person entered. */
export function staticCredentials(credentials: Credentials): CredentialsProvider {
  return { get: () => Promise.resolve(credentials), renew: () => false };
}

export interface DefaultChainOptions {
  /** A profile chosen by the person: then only the two profile files are looked at. */
  readonly profile?: string;
}

/** A profile of one of the two files. It holds no secret. */
export interface Profile {
  readonly name: string;
  /** `~/.aliyun/config.json`, `~/.alibabacloud/credentials`, or where ALIBABA_CLOUD_CREDENTIALS_FILE says it is */
  readonly file: string;
  /** Mode (`AK`, `StsToken`, `RamRoleArn` …) or type (`access_key` …); `unknown` for any other */
  readonly mode: string;
  /** Only where the file has one. */
  readonly regionId?: string;
  /** The one that the chain takes of the files when none is chosen. */
  readonly isCurrent: boolean;
}

/**
 * The profiles that can be chosen.
 * @throws AppError `invalidInput` for a file that is there and cannot be read; it names the file and nothing of its content
 */
export async function listProfiles(): Promise<Profile[]> {
  return (await import('./defaultChain')).listProfiles();
}

/** Alibaba Cloud's default provider chain. Its package is loaded with the first call. */
export function defaultChainCredentials(options: DefaultChainOptions = {}): CredentialsProvider {
  let chain: Promise<CredentialsProvider> | undefined;
  let loaded: CredentialsProvider | undefined;
  return {
    async get(signal) {
      chain ??= import('./defaultChain').then(({ DefaultChain }) => new DefaultChain(options.profile));
      loaded = await chain;
      return loaded.get(signal);
    },
    renew: () => loaded?.renew() ?? false,
  };
}

/** What a person chose at sign-in, as a provider. An empty profile leaves the choice to the chain. */
export function credentialsFrom(
  choice: ({ readonly kind: 'keys' } & Credentials) | { readonly kind: 'chain' },
  profile: string,
): CredentialsProvider {
  if (choice.kind === 'keys') {
    return staticCredentials(choice);
  }
  return defaultChainCredentials(profile === '' ? {} : { profile });
}
