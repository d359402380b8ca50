/**
 * One error type for everything that can go wrong, and the only place where errors are worded for a person: what
 * happened, why, and the next step.
 */

import { connectingWords } from './connectingWords';
import { at, because, inTheirWords, withoutStop } from './errorPhrases';

/** What the person can do about it with one click. The UI maps each to a command. */
export type Remedy =
  | 'signInTidbCloud'
  | 'signInAlibabaCloud'
  | 'copyRamPolicy'
  | 'connect'
  | 'enterPassword'
  | 'retry'
  | 'chooseBastion'
  | 'diagnose'
  | 'openTidbCloud'
  | 'openAlibabaCloud'
  | 'openGuide'
  | 'stopSandbox'
  | 'openSettings'
  | 'openNetworkSettings';

export type ErrorCode =
  | 'notSignedIn'
  | 'secretsUnavailable'
  | 'sandboxFailed'
  | 'credentialsRejected'
  | 'credentialsExpired'
  | 'clockSkew'
  | 'notAllowed'
  | 'notFound'
  | 'conflict'
  | 'quota'
  | 'notOpen'
  | 'throttled'
  | 'unreachable'
  | 'timeout'
  | 'cloudFault'
  | 'badAnswer'
  | 'unsupported'
  | 'invalidInput'
  | 'diskFailed'
  | 'sqlHostNotFound'
  | 'sqlUnreachable'
  | 'sqlRefused'
  | 'sqlAccessDenied'
  | 'sqlPasswordNeeded'
  | 'sqlUnknownDatabase'
  | 'sqlTlsUnavailable'
  | 'sqlCertificateHost'
  | 'sqlCertificateUntrusted'
  | 'sqlCertificateExpired'
  | 'sqlConnectionLost'
  | 'sqlTransactionLost'
  | 'sqlTimeout'
  | 'sqlStatement'
  | 'sqlProtocol'
  | 'clientMissing'
  | 'clientNeedsDirectRoute'
  | 'sshMissing'
  | 'sshHostNotFound'
  | 'sshUnreachable'
  | 'sshHostKeyChanged'
  | 'sshHostKeyRefused'
  | 'sshDenied'
  | 'sshForwardRefused'
  | 'sshFarHostNotFound'
  | 'sshFarUnreachable'
  | 'sshFailed';

export type ErrorSource = 'TiDB Cloud' | 'Alibaba Cloud' | 'SQL' | 'Extension';

export interface ErrorDetails {
  readonly source: ErrorSource;
  /** The service's own words, without secrets. */
  readonly reason?: string;
  readonly cause?: unknown;
  readonly httpStatus?: number;
  /** The cloud's or server's own code, for example `InvalidAccessKeyId.NotFound` or `ER_PARSE_ERROR`. */
  readonly serviceCode?: string;
  readonly requestId?: string;
  /** The RAM action or TiDB Cloud role that is missing. */
  readonly missingPermission?: string;
  /** How long to wait before trying again, as the service asked. */
  readonly retryAfterMs?: number;
  /** Host, operation or setting the error is about. */
  readonly subject?: string;
  /** The private domain that was to be reached, where the subject is a bastion on the way. */
  readonly domain?: string;
}

const brand = Symbol.for('tidbPrivateEndpoint.AppError');

export class AppError extends Error {
  readonly [brand] = true;

  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails,
  ) {
    super(
      [details.source, code, details.serviceCode, details.reason].filter(Boolean).join(': '),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'AppError';
  }

  /** By brand, not `instanceof`: bundles that load later carry their own copy of this class. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** Cancelling is a person's choice, not an error. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}

export function cancellation(): Error {
  const error = new Error('Canceled');
  error.name = 'AbortError';
  return error;
}

/** Worth trying again without the person changing anything. */
export function isTransient(error: unknown): boolean {
  return (
    AppError.is(error) &&
    ['throttled', 'unreachable', 'timeout', 'cloudFault', 'badAnswer'].includes(error.code)
  );
}

export interface Wording {
  /** One sentence with the cause. */
  readonly message: string;
  readonly nextStep: string;
  readonly remedies: readonly Remedy[];
}

export type Words = (d: ErrorDetails) => Wording;

const signInTo = (d: ErrorDetails): readonly Remedy[] =>
  d.source === 'Alibaba Cloud' ? ['signInAlibabaCloud'] : ['signInTidbCloud'];
const consoleOf = (d: ErrorDetails): readonly Remedy[] =>
  d.source === 'Alibaba Cloud' ? ['openAlibabaCloud'] : ['openTidbCloud'];
/** RAM's denials name the action; all others are about something that no RAM policy gives. */
const notAllowedOnAlibabaCloud: Words = (d) =>
  d.missingPermission === undefined
    ? {
        message: `Alibaba Cloud did not allow this${because(d)}.`,
        nextStep:
          'Check that this is the Alibaba Cloud account that TiDB Cloud has allowed, or sign in with another key.',
        remedies: [...signInTo(d), ...consoleOf(d)],
      }
    : {
        message: `Alibaba Cloud did not allow this: ${d.missingPermission} is missing${inTheirWords(d)}.`,
        nextStep: 'Ask the account administrator for this RAM permission, or sign in with another key.',
        remedies: ['copyRamPolicy', ...signInTo(d), ...consoleOf(d)],
      };

/** TiDB Cloud does not say which role is missing; the client knows which one at least it takes. */
const notAllowedOnTidbCloud: Words = (d) => ({
  message:
    d.missingPermission === undefined
      ? `${d.source} did not allow this${because(d)}.`
      : `${d.source} did not allow this: it takes at least the role ${d.missingPermission}${inTheirWords(d)}.`,
  nextStep: `Use an API key of ${
    d.missingPermission === undefined ? 'an Organization Owner' : 'that role'
  }, or do this step in the TiDB Cloud console.`,
  remedies: [...signInTo(d), ...consoleOf(d)],
});

const words: Record<ErrorCode, Words> = {
  notSignedIn: (d) => ({
    message: `You are not signed in to ${d.source}${because(d)}.`,
    nextStep: `Sign in to ${d.source}.`,
    remedies: signInTo(d),
  }),
  secretsUnavailable: (d) => ({
    message: `The editor's secret storage cannot be used${because(d)}.`,
    nextStep:
      'Unlock or install the keyring of the machine on which the editor runs, or give the keys in environment variables.',
    remedies: ['retry'],
  }),
  sandboxFailed: (d) => ({
    message: `The sandbox cannot run${because(d)}.`,
    nextStep:
      'Another window with this folder may have it; else stop the sandbox and start it again, which begins anew.',
    remedies: ['retry', 'stopSandbox'],
  }),
  credentialsRejected: (d) => ({
    message: `${d.source} refused the key${because(d)}.`,
    nextStep:
      d.source === 'Alibaba Cloud'
        ? 'Check the AccessKey ID and secret and that the key is enabled, then sign in again.'
        : 'Check the public and private key and that the key belongs to the right organization, then sign in again.',
    remedies: signInTo(d),
  }),
  credentialsExpired: (d) => ({
    message: `The security token for ${d.source} has expired or is not valid${because(d)}.`,
    nextStep: 'Get a new token (or refresh the profile it comes from) and sign in again.',
    remedies: signInTo(d),
  }),
  clockSkew: (d) => ({
    message: `${d.source} refused the request because this machine's clock is wrong${because(d)}.`,
    nextStep: 'Set the clock of the machine on which the extension runs, then try again.',
    remedies: ['retry'],
  }),
  notAllowed: (d) => (d.source === 'Alibaba Cloud' ? notAllowedOnAlibabaCloud(d) : notAllowedOnTidbCloud(d)),
  notFound: (d) => ({
    message: `${d.source} did not find ${d.subject ?? 'it'}${because(d)}.`,
    nextStep:
      'It may have been removed, or belong to another account or region. Refresh and check the signed-in account.',
    remedies: ['retry', ...consoleOf(d)],
  }),
  conflict: (d) => ({
    message: `${d.source} refused because of the current state${because(d)}.`,
    nextStep: 'Refresh to see the current state, then try again.',
    remedies: ['retry'],
  }),
  quota: (d) => ({
    message: `A quota of ${d.source} is used up${because(d)}.`,
    nextStep: 'Remove what is no longer needed or ask for a higher quota in the console.',
    remedies: consoleOf(d),
  }),
  notOpen: (d) => ({
    message: `PrivateLink is not activated on this Alibaba Cloud account${because(d)}.`,
    nextStep: 'Activate PrivateLink in the Alibaba Cloud console, then try again.',
    remedies: [...consoleOf(d), 'retry'],
  }),
  throttled: (d) => ({
    message: `${d.source} asks for fewer requests${because(d)}.`,
    nextStep:
      d.retryAfterMs === undefined
        ? 'Wait a minute, then try again.'
        : `Wait ${Math.ceil(d.retryAfterMs / 1000)} s, then try again.`,
    remedies: ['retry'],
  }),
  unreachable: (d) => ({
    message: `${d.source} cannot be reached from this machine${at(d)}${because(d)}.`,
    nextStep: 'Check the network, VPN and proxy of the machine on which the extension runs, then try again.',
    remedies: ['retry', 'openNetworkSettings'],
  }),
  timeout: (d) => ({
    message: `${d.source} did not answer in time${at(d)}.`,
    nextStep: 'Check the network and proxy, then try again.',
    remedies: ['retry', 'openNetworkSettings'],
  }),
  cloudFault: (d) => ({
    message: `${d.source} has a problem of its own (HTTP ${d.httpStatus ?? 500})${because(d)}.`,
    nextStep: 'Try again in a few minutes; nothing was lost.',
    remedies: ['retry'],
  }),
  badAnswer: (d) => ({
    message: `The answer that came from ${d.source} could not be understood${because(d)}.`,
    nextStep:
      'A proxy or sign-in page may stand between, or the base URL in the settings is wrong. Check both, then try again.',
    remedies: ['retry', 'openSettings', 'openNetworkSettings'],
  }),
  unsupported: (d) => ({
    message: `${d.source} does not offer this through its API${because(d)}.`,
    nextStep: 'Do this step in the console; the extension notices when it is done.',
    remedies: consoleOf(d),
  }),
  invalidInput: (d) => ({
    message: `${withoutStop(d.reason) || 'That value cannot be used'}.`,
    nextStep: 'Correct the value and try again.',
    remedies: d.subject?.startsWith('tidbPrivateEndpoint.') === true ? ['openSettings'] : [],
  }),
  diskFailed: (d) => ({
    message: `${d.subject ?? 'A file'} cannot be written${because(d)}.`,
    nextStep: 'Free some space or choose another place, then try again.',
    remedies: ['retry'],
  }),
  ...connectingWords,
};

/** The words for any error; one that nobody foresaw is named as such and keeps its text for the log only. */
export function wordingOf(error: unknown): Wording {
  if (AppError.is(error)) {
    return words[error.code](error.details);
  }
  return {
    message: 'Something went wrong inside the extension.',
    nextStep: 'The log has the details. Please report it if it happens again.',
    remedies: ['retry'],
  };
}
