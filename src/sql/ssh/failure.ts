import { AppError, type ErrorCode, type ErrorDetails } from '../../core/errors';

/** Whereto, and through whom. */
export interface Way {
  readonly destination: string;
  /** The private domain. */
  readonly domain: string;
}

type Cause = (match: RegExpMatchArray) => { readonly code: ErrorCode; readonly reason?: string };

const noName =
  /name or service not known|nodename nor servname|no address associated|name resolution|unknown host|non-recoverable failure|no such host/i;

/** What `ssh` says, in the order in which it counts. */
const causes: readonly (readonly [RegExp, Cause])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed|differs from the key for the IP address/i,
    () => ({ code: 'sshHostKeyChanged' }),
  ],
  [
    /(no \S+ host key is known for .*strict checking|host key verification failed|revoked host key)/i,
    (match) => ({ code: 'sshHostKeyRefused', ...(match[1] !== undefined && { reason: match[1] }) }),
  ],
  [/(permissions .* are too open)/i, (match) => ({ code: 'sshDenied', ...reason(match[1]) })],
  [
    /(permission denied \([^)]*\)|too many authentication failures|no supported authentication methods)/i,
    (match) => ({ code: 'sshDenied', ...reason(match[1]) }),
  ],
  [/could not resolve hostname ([^\s:]+)/i, (match) => ({ code: 'sshHostNotFound', ...reason(match[1]) })],
  [
    /(connect to (?:host|address) .+?: [^\r\n]+|connection to \S+ port \d+ timed out|connection timed out during banner exchange)/i,
    (match) => ({ code: 'sshUnreachable', ...reason(match[1]) }),
  ],
  [
    /(?:kex_exchange_identification|ssh_exchange_identification|banner exchange): ([^\r\n]+)/i,
    (match) => ({ code: 'sshUnreachable', ...reason(match[1]) }),
  ],
  [
    /((?:connection (?:closed|reset) by|disconnected from) [^\r\n]+)/i,
    (match) => ({ code: 'sshUnreachable', ...reason(match[1]) }),
  ],
];

/** The far end of a channel could not be opened. */
const channelFailed = /(?:open failed|forwarding request failed): ([^\r\n]+)/i;
/** Of a jump host: what failed then is the way to the bastion. */
const viaJump = /UNKNOWN port 65535|kex_exchange_identification|banner exchange/;

/** Why `ssh` ended without a byte from the far side, from what it said on stderr. */
export function sshFailure(said: string, way: Way, cause?: unknown): AppError {
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    return appError('sshMissing', way, {});
  }
  if (cause !== undefined) {
    return appError('sshFailed', way, {
      reason: cause instanceof Error ? cause.message : 'it did not start',
    });
  }
  const channel = channelFailed.exec(said)?.[1];
  if (channel !== undefined) {
    return channelError(channel, viaJump.test(said), way);
  }
  for (const [pattern, describe] of causes) {
    const match = pattern.exec(said);
    if (match !== null) {
      const { code, reason: why } = describe(match);
      return appError(code, way, why === undefined ? {} : { reason: why });
    }
  }
  return appError('sshFailed', way, { reason: lastLine(said) ?? 'it ended without a word' });
}

/** Why an open connection through `ssh` was lost. */
export function sshLost(said: string, way: Way): AppError {
  const why =
    /(timeout, server .* not responding|connection to .* closed by [^\r\n]+|client_loop: [^\r\n]+)/i.exec(
      said,
    );
  const reason = `the way through ${way.destination} broke${why?.[1] === undefined ? '' : ` (${why[1].trim()})`}`;
  return new AppError('sqlConnectionLost', { source: 'SQL', subject: way.domain, reason });
}

/** Nothing came in time. */
export const sshSilence = (authenticated: boolean, way: Way, seconds: string): AppError =>
  appError(authenticated ? 'sshFarUnreachable' : 'sshUnreachable', way, {
    serviceCode: 'ETIMEDOUT',
    reason: `no answer within ${seconds}`,
  });

/** True once `ssh` has logged in: what fails then is behind the bastion. */
export const isAuthenticated = (said: string): boolean => /^Authenticated to /m.test(said);

function channelError(text: string, jump: boolean, way: Way): AppError {
  const why = /session open refused by peer/i.test(text)
    ? 'the shared ssh connection to it was refused the way there'
    : text.replace(/^connect failed:\s*/i, '').trim();
  if (/prohibited/i.test(text)) {
    return appError('sshForwardRefused', way, { reason: text.trim() });
  }
  if (noName.test(text)) {
    return appError(jump ? 'sshHostNotFound' : 'sshFarHostNotFound', way, { reason: why });
  }
  return appError(jump ? 'sshUnreachable' : 'sshFarUnreachable', way, { reason: why });
}

const reason = (text: string | undefined): { reason?: string } =>
  text === undefined ? {} : { reason: text.trim() };

const lastLine = (said: string): string | undefined =>
  said
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' &&
        !/^(Authenticated to|Warning: Permanently added|Transferred:|Bytes per second)/.test(line),
    )
    .at(-1);

const appError = (
  code: ErrorCode,
  { destination, domain }: Way,
  details: Pick<ErrorDetails, 'reason' | 'serviceCode'>,
): AppError => new AppError(code, { source: 'SQL', subject: destination, domain, ...details });
