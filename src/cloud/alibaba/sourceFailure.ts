import { Unusable } from './profiles';

/** Why one source of the chain gave no credentials. */
export interface SourceFailure {
  /** Holds no secret: nothing of the package's or a server's own text is in it but a code, a status or a variable's name. */
  readonly words: string;
  /** The network stood in the way: the same may work later. */
  readonly isNetwork: boolean;
}

const variable = (name: string | undefined): string => `${name ?? ''} is not set`;
const status = (code: string | undefined): string => `answered HTTP ${code ?? ''}`;

/** What the package says, and what is made of it. `$1` of the pattern is all that is taken over. */
const known: readonly (readonly [
  pattern: RegExp,
  words: string | ((taken: string | undefined) => string),
])[] = [
  [/^unable to get credentials from enviroment.*\((ALIBABA_CLOUD_\w+)\)/, variable],
  [/(?:does not exist|is not exists) and env (ALIBABA_CLOUD_\w+)/, variable],
  [/^the access key secret is invalid$/, 'refused (wrong AccessKey secret)'],
  [/disabled$/, 'switched off'],
  [/re-login with cli/, 'its CloudSSO sign-in has expired (sign in again with the aliyun CLI)'],
  [/^failed to execute external command: spawn .* ENOENT/, 'its command is not there'],
  [/^failed to execute external command|process_command/, 'its command failed'],
  [
    /^failed to parse external command output|^invalid (StsToken )?credential response/,
    'its command gave no credentials',
  ],
  [/^ENOENT/, 'its token file is not there'],
  [/^(EACCES|EPERM|EISDIR)/, 'is not readable'],
  [/"Code"\s*:\s*"([\w.]{1,60})"/, (code) => `refused (${code ?? ''})`],
  [/^get role name failed: .* 404$/, 'this machine has no role'],
  [/^get role name failed: .* (\d{3})$|failed with (\d{3})$|httpStatus: (\d{3})/, status],
  [
    /^invalid .*(UTC|year|month|date|hours|minutes|seconds|ms).*string$|^invalid month value/,
    'gave no valid expiry time',
  ],
  [/parse failed|unmarshal fail|is not valid JSON/, 'its answer is not JSON'],
  [
    /^error retrieving credentials|fail to get credentials|^get sts token failed|^refresh .* sts token err/,
    'its answer holds no credentials',
  ],
];

const network =
  /imeout|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up/;
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

export function sourceFailure(error: unknown): SourceFailure {
  if (error instanceof Unusable) {
    return { words: error.message, isNetwork: false };
  }
  if (!(error instanceof Error)) {
    return { words: 'could not be used', isNetwork: false };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  for (const [pattern, words] of known) {
    const match = pattern.exec(error.message);
    if (match !== null) {
      const taken = match.slice(1).find(Boolean);
      return { words: typeof words === 'string' ? words : words(taken), isNetwork: false };
    }
  }
  if (untrusted.test(code)) {
    return { words: `its certificate is not trusted (${code})`, isNetwork: true };
  }
  return network.test(`${code} ${error.message} ${error.name}`)
    ? { words: 'no answer', isNetwork: true }
    : { words: 'could not be used', isNetwork: false };
}
