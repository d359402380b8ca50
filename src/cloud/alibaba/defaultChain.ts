import {
  CLIProfileCredentialsProvider,
  ECSRAMRoleCredentialsProvider,
  EnvironmentVariableCredentialsProvider,
  OIDCRoleArnCredentialsProvider,
  ProfileCredentialsProvider,
  URICredentialsProvider,
} from '@alicloud/credentials';
import type { CredentialsProvider as OfficialProvider } from '@alicloud/credentials';
import { AppError } from '../../core/errors';
import type { Credentials, CredentialsProvider } from './credentials';

interface Source {
  readonly name: string;
  build(): OfficialProvider;
}

const sources: readonly Source[] = [
  { name: 'environment variables', build: () => EnvironmentVariableCredentialsProvider.builder().build() },
  { name: 'OIDC role', build: () => OIDCRoleArnCredentialsProvider.builder().build() },
  { name: '~/.aliyun/config.json', build: () => CLIProfileCredentialsProvider.builder().build() },
  { name: '~/.alibabacloud/credentials', build: () => ProfileCredentialsProvider.builder().build() },
  {
    name: 'RAM role of this ECS instance',
    build: () =>
      ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(process.env.ALIBABA_CLOUD_ECS_METADATA ?? '')
        .build(),
  },
  {
    name: 'credentials URI',
    build: () => {
      const uri = process.env.ALIBABA_CLOUD_CREDENTIALS_URI ?? '';
      if (uri === '') {
        throw new Error('ALIBABA_CLOUD_CREDENTIALS_URI is not set');
      }
      return URICredentialsProvider.builder().withCredentialsURI(uri).build();
    },
  },
];

function profileSources(profile: string): readonly Source[] {
  return [
    {
      name: '~/.aliyun/config.json',
      build: () => CLIProfileCredentialsProvider.builder().withProfileName(profile).build(),
    },
    {
      name: '~/.alibabacloud/credentials',
      build: () => ProfileCredentialsProvider.builder().withProfileName(profile).build(),
    },
  ];
}

/**
 * The official providers in the official order. They are walked here, and not by the package's own chain, because that one
 * puts every provider's error text together, and the text of a broken config.json is the file, secrets and all; it also
 * remembers the provider it is still trying, so that a second call meanwhile gets that one's failure.
 */
export class DefaultChain implements CredentialsProvider {
  private readonly sources: readonly Source[];
  private current: OfficialProvider | undefined;
  private walking: Promise<Credentials> | undefined;

  constructor(private readonly profile: string | undefined) {
    this.sources = profile === undefined ? sources : profileSources(profile);
  }

  async get(signal?: AbortSignal): Promise<Credentials> {
    signal?.throwIfAborted();
    this.walking ??= this.resolve().finally(() => {
      this.walking = undefined;
    });
    return unlessAborted(this.walking, signal);
  }

  renew(): boolean {
    this.current = undefined;
    return true;
  }

  private async resolve(): Promise<Credentials> {
    if (this.current !== undefined) {
      try {
        return await read(this.current);
      } catch {
        // It had worked before: its file may be gone or its role no longer there. The walk says what there is now.
        this.current = undefined;
      }
    }
    const looked: string[] = [];
    for (const source of this.sources) {
      try {
        const provider = source.build();
        const credentials = await read(provider);
        this.current = provider;
        return credentials;
      } catch (error) {
        looked.push(`${source.name}: ${whyNot(error)}`);
      }
    }
    throw new AppError('notSignedIn', {
      source: 'Alibaba Cloud',
      subject: this.profile === undefined ? 'default provider chain' : `profile ${this.profile}`,
      reason: `no credentials found (${looked.join('; ')})`,
    });
  }
}

async function read(provider: OfficialProvider): Promise<Credentials> {
  const { accessKeyId, accessKeySecret, securityToken } = await provider.getCredentials();
  if (!accessKeyId || !accessKeySecret) {
    throw new Error('incomplete');
  }
  return { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
}

/** What the package says, in words that cannot hold a secret. */
const knownFailures: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^parse aliyun cli config/, 'is not valid JSON'],
  [/^reading aliyun cli config|ENOENT/, 'not there'],
  [/^no any configured profiles/, 'has no profiles'],
  [/^unable to get profile|^Can not find credential type/, 'has no such profile'],
  [/^unable to get credentials from enviroment/, 'not set'],
  [/(does not exist|is not exists) and env|CREDENTIALS_URI is not set/, 'not set'],
  [/^the (access key|security token).* is empty$|^incomplete$/, 'is incomplete'],
  [/^the access key secret is invalid$/, 'refused (wrong AccessKey secret)'],
  [/disabled/, 'switched off'],
  [/imeout|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOTFOUND|get role name failed/, 'no answer'],
  [/EACCES|EPERM/, 'not readable'],
];

function whyNot(error: unknown): string {
  const message =
    error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}`.trim() : '';
  const refusal = /"Code"\s*:\s*"([\w.]{1,60})"/.exec(message)?.[1];
  return (
    knownFailures.find(([pattern]) => pattern.test(message))?.[1] ??
    (refusal === undefined ? 'could not be used' : `refused (${refusal})`)
  );
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
