import {
  CLIProfileCredentialsProvider,
  ECSRAMRoleCredentialsProvider,
  EnvironmentVariableCredentialsProvider,
  OIDCRoleArnCredentialsProvider,
  ProfileCredentialsProvider,
  RAMRoleARNCredentialsProvider,
  URICredentialsProvider,
} from '@alicloud/credentials';
import type { CredentialsProvider as OfficialProvider } from '@alicloud/credentials';
import ExternalCredentialsProvider from '@alicloud/credentials/dist/src/providers/external';
import { AppError } from '../../core/errors';
import type { Credentials, CredentialsProvider } from './credentials';
import {
  checkFileProfile,
  cliConfigName,
  cliProfileWithSources,
  credentialsFileName,
  Unusable,
} from './profiles';
import { sourceFailure } from './sourceFailure';

export { listProfiles } from './profiles';

interface Source {
  readonly name: string;
  /** Nothing says that it is there: that it does not answer is the ordinary case. */
  readonly isGuess?: boolean;
  /** @throws Unusable, or whatever the package throws */
  open(): OfficialProvider | Promise<OfficialProvider>;
}

/** Empty profile: the one that the environment or the file names. */
const profileSources = (profile: string): readonly Source[] => [
  {
    name: cliConfigName,
    open: async () => {
      const provider = CLIProfileCredentialsProvider.builder().withProfileName(profile).build();
      return (await fromCommand(profile)) ?? provider;
    },
  },
  {
    name: credentialsFileName(),
    open: async () => {
      await checkFileProfile(profile);
      return ProfileCredentialsProvider.builder().withProfileName(profile).build();
    },
  },
];

/**
 * For a profile whose keys come from a command, at first hand or through roles: the package's own way writes those keys into
 * config.json each time, in clear and while others may be writing it. Undefined for any other profile that can be used.
 * @throws Unusable
 */
async function fromCommand(chosen: string): Promise<OfficialProvider | undefined> {
  const profiles = [...(await cliProfileWithSources(chosen))];
  const first = profiles.pop();
  if (first?.mode !== 'External') {
    return undefined;
  }
  const keys = ExternalCredentialsProvider.builder().withProcessCommand(first.process_command).build();
  return profiles.reduceRight<OfficialProvider>(
    (previous, { ram_role_arn, ram_session_name, sts_region, expired_seconds }) =>
      RAMRoleARNCredentialsProvider.builder()
        .withCredentialsProvider(previous)
        .withRoleArn(ram_role_arn)
        .withRoleSessionName(ram_session_name)
        .withStsRegionId(sts_region)
        .withDurationSeconds(Number(expired_seconds ?? 0))
        .build(),
    keys,
  );
}

const allSources = (): readonly Source[] => [
  { name: 'environment variables', open: () => EnvironmentVariableCredentialsProvider.builder().build() },
  { name: 'OIDC role', open: () => OIDCRoleArnCredentialsProvider.builder().build() },
  ...profileSources(''),
  {
    name: 'RAM role of this ECS instance',
    isGuess: !process.env.ALIBABA_CLOUD_ECS_METADATA,
    open: () => ECSRAMRoleCredentialsProvider.builder().build(),
  },
  {
    name: 'credentials URI',
    open: () => {
      if (!process.env.ALIBABA_CLOUD_CREDENTIALS_URI) {
        throw new Unusable('ALIBABA_CLOUD_CREDENTIALS_URI is not set');
      }
      return URICredentialsProvider.builder().build();
    },
  },
];

/**
 * For how long temporary credentials are given out again before their source is asked. A source that renews them does so
 * minutes before they expire; asking it with every call would run a profile's command, or ask the metadata service, each time.
 */
const heldMs = 60_000;

interface Held {
  readonly provider: OfficialProvider;
  readonly credentials: Credentials;
  readonly sinceMs: number;
}

/**
 * The official providers in the official order. They are walked here, and not by the package's own chain, because that one
 * puts every provider's error text together, and the text of a broken config.json is the file, secrets and all; it also
 * remembers the provider it is still trying, so that a second call meanwhile gets that one's failure.
 */
export class DefaultChain implements CredentialsProvider {
  private held: Held | undefined;
  private walking: Promise<Credentials> | undefined;

  /**
   * @param profile undefined: every source
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly profile: string | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws AppError `notSignedIn`; `unreachable` where a source that is set up could not be asked */
  async get(signal?: AbortSignal): Promise<Credentials> {
    signal?.throwIfAborted();
    this.walking ??= this.walk();
    return unlessAborted(this.walking, signal);
  }

  renew(): boolean {
    this.held = undefined;
    this.walking = undefined;
    return true;
  }

  /** One walk for all who ask meanwhile; what one finds that began before a renewal is not kept. */
  private walk(): Promise<Credentials> {
    const walking: Promise<Credentials> = this.find((held) => {
      if (this.walking === walking) {
        this.held = held;
      }
    }).finally(() => {
      if (this.walking === walking) {
        this.walking = undefined;
      }
    });
    return walking;
  }

  private async find(keep: (held: Held) => void): Promise<Credentials> {
    const ask = async (provider: OfficialProvider): Promise<Credentials> => {
      const credentials = await read(provider);
      keep({ provider, credentials, sinceMs: this.now() });
      return credentials;
    };
    const { held } = this;
    if (held !== undefined) {
      if (held.credentials.securityToken === undefined || Math.abs(this.now() - held.sinceMs) < heldMs) {
        return held.credentials;
      }
      try {
        return await ask(held.provider);
      } catch {
        // It had worked before: its file may be gone or its role no longer there. The walk says what there is now.
      }
    }
    return this.firstOf(this.profile === undefined ? allSources() : profileSources(this.profile), ask);
  }

  private async firstOf(
    sources: readonly Source[],
    ask: (provider: OfficialProvider) => Promise<Credentials>,
  ): Promise<Credentials> {
    const looked: string[] = [];
    let isNetwork = false;
    for (const source of sources) {
      try {
        return await ask(await source.open());
      } catch (error) {
        const failure = sourceFailure(error);
        looked.push(`${source.name}: ${failure.words}`);
        isNetwork ||= failure.isNetwork && source.isGuess !== true;
      }
    }
    throw new AppError(isNetwork ? 'unreachable' : 'notSignedIn', {
      source: 'Alibaba Cloud',
      subject: this.profile === undefined ? 'default provider chain' : `profile ${this.profile}`,
      reason: `no credentials found (${looked.join('; ')})`,
    });
  }
}

async function read(provider: OfficialProvider): Promise<Credentials> {
  const { accessKeyId, accessKeySecret, securityToken } = await provider.getCredentials();
  if (!accessKeyId || !accessKeySecret) {
    throw new Unusable('is incomplete');
  }
  return { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return work;
  }
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
