export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Only with temporary credentials. */
  readonly securityToken?: string;
}

export interface CredentialsProvider {
  /** @throws AppError `notSignedIn`; an abort throws the signal's reason */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** Told when the cloud called them expired. True when `get` may come with others now. */
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
