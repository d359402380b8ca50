/**
 * One error type for everything that can go wrong, and the only place where errors are worded for a person: what
 * happened, why, and the next step.
 */

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

type Words = (d: ErrorDetails) => Wording;

const signInTo = (d: ErrorDetails): readonly Remedy[] =>
  d.source === 'Alibaba Cloud' ? ['signInAlibabaCloud'] : ['signInTidbCloud'];
const consoleOf = (d: ErrorDetails): readonly Remedy[] =>
  d.source === 'Alibaba Cloud' ? ['openAlibabaCloud'] : ['openTidbCloud'];
const withoutStop = (text: string | undefined): string => text?.replace(/[\s.!?]+$/, '').trimStart() ?? '';
const because = (d: ErrorDetails): string => (withoutStop(d.reason) ? `: ${withoutStop(d.reason)}` : '');
/** The reason beside a cause that is told already. */
const inTheirWords = (d: ErrorDetails): string =>
  withoutStop(d.reason) ? ` (${withoutStop(d.reason)})` : '';
const at = (d: ErrorDetails): string => (d.subject ? ` (${d.subject})` : '');
const bastion = (d: ErrorDetails): string => (d.subject ? `bastion ${d.subject}` : 'bastion');
const farDomain = (d: ErrorDetails): string =>
  d.domain === undefined ? 'private domain' : `private domain ${d.domain}`;
const domain = (d: ErrorDetails): string => (d.subject ? `private domain ${d.subject}` : 'private domain');

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
  sqlHostNotFound: (d) => ({
    message: `The ${domain(d)} is not known to this machine's DNS.`,
    nextStep:
      'Private domains resolve only inside the VPC (or where its DNS is forwarded). Run the editor on a machine in the VPC (Remote-SSH), go through a bastion or a VPN, or wait a minute if the connection has just become Active.',
    remedies: ['retry', 'diagnose', 'chooseBastion', 'openGuide'],
  }),
  sqlUnreachable: (d) => ({
    message: `The ${domain(d)} resolves but nothing answers there${because(d)}.`,
    nextStep:
      'Check that the editor runs inside the VPC (or on its VPN, or goes through a bastion) and that the endpoint’s security group lets TCP in on the service port.',
    remedies: ['retry', 'diagnose', 'chooseBastion', 'openAlibabaCloud'],
  }),
  sqlRefused: (d) => ({
    message: `The database at ${d.subject ?? 'the private domain'} is there but takes no connection now${because(d)}.`,
    nextStep: 'Wait a moment, then try again.',
    remedies: ['retry', 'openTidbCloud'],
  }),
  sqlAccessDenied: (d) => ({
    message: `The database refused the user name or password${because(d)}.`,
    nextStep: 'Enter the password again. It can be reset in the TiDB Cloud console.',
    remedies: ['enterPassword', 'openTidbCloud'],
  }),
  sqlPasswordNeeded: () => ({
    message: 'The database has not been connected to yet.',
    nextStep: 'Connect to enter the password; its databases are shown then.',
    remedies: ['connect'],
  }),
  sqlUnknownDatabase: (d) => ({
    message: `The database does not exist${because(d)}.`,
    nextStep: 'Choose another database.',
    remedies: ['retry'],
  }),
  sqlTlsUnavailable: (d) => ({
    message: `The server at ${d.subject ?? 'the private domain'} does not offer TLS 1.2 or later${because(d)}.`,
    nextStep:
      'The connection was refused because it would not be encrypted. Check that the domain is the instance’s own.',
    remedies: ['openTidbCloud', 'diagnose'],
  }),
  sqlCertificateHost: (d) => ({
    message: `The server’s certificate is for another host, not for ${d.subject ?? 'this one'}${because(d)}.`,
    nextStep:
      'The connection was refused. Check that the domain is the instance’s own and that nothing stands between (DNS, proxy).',
    remedies: ['retry', 'diagnose', 'openTidbCloud'],
  }),
  sqlCertificateUntrusted: (d) => ({
    message: `The server’s certificate is not signed by an authority that is trusted${because(d)}.`,
    nextStep:
      'The connection was refused. Refresh to download the instance’s CA certificate again, then retry.',
    remedies: ['retry', 'diagnose', 'openTidbCloud'],
  }),
  sqlCertificateExpired: (d) => ({
    message: `The server’s certificate is not valid at this time${because(d)}.`,
    nextStep: 'Check the clock of this machine; if it is right, contact TiDB Cloud support.',
    remedies: ['retry', 'diagnose', 'openTidbCloud'],
  }),
  sqlConnectionLost: (d) => ({
    message: `The connection to the database was lost${because(d)}.`,
    nextStep: 'Connect again. A statement that was running may or may not have taken effect.',
    remedies: ['retry'],
  }),
  sqlTransactionLost: (d) => ({
    message: `The connection to the database was lost, and with it ${withoutStop(d.reason) || 'an open transaction'}.`,
    nextStep:
      'It has been opened again. The statement was not run; the database has rolled the transaction back: start from its first statement.',
    remedies: [],
  }),
  sqlTimeout: (d) => ({
    message: `The statement took longer than the limit and was stopped${because(d)}.`,
    nextStep: 'Raise “Query Timeout Seconds” in the settings or make the statement smaller.',
    remedies: ['openSettings'],
  }),
  sqlStatement: (d) => ({
    message: `${withoutStop(d.reason) || 'The statement failed'}.`,
    nextStep: 'Correct the statement and run it again.',
    remedies: [],
  }),
  clientMissing: (d) => ({
    message: 'There is no mysql, mariadb or mycli on the PATH of the machine on which the extension runs.',
    nextStep: `Install one of them${d.subject ? ` (${d.subject})` : ''}, then reload the window and try again.`,
    remedies: ['retry'],
  }),
  clientNeedsDirectRoute: (d) => ({
    message: `A terminal cannot go through the bastion${at(d)}: a MySQL client that connects to a forwarded port cannot check that the server is the right one.`,
    nextStep:
      'Connect in the editor, which checks it through the bastion too, or open the terminal on a machine inside the VPC (Remote-SSH).',
    remedies: [],
  }),
  sqlProtocol: (d) => ({
    message: `What answers at ${d.subject ?? 'the private domain'} does not speak the MySQL protocol as expected${because(d)}.`,
    nextStep: 'Check the host and port of the connection in TiDB Cloud.',
    remedies: ['retry', 'diagnose', 'openTidbCloud'],
  }),
  sshMissing: () => ({
    message: 'The program ssh, which goes through the bastion, was not found on this machine.',
    nextStep:
      'Install OpenSSH’s client where the extension runs and see that it is on the PATH, then try again.',
    remedies: ['retry', 'chooseBastion'],
  }),
  sshHostNotFound: (d) => ({
    message: `The ${bastion(d)} has no address that this machine can find${because(d)}.`,
    nextStep: 'Check its name in ~/.ssh/config or the settings, and the network, then try again.',
    remedies: ['retry', 'chooseBastion'],
  }),
  sshUnreachable: (d) => ({
    message: `The ${bastion(d)} does not answer${because(d)}.`,
    nextStep:
      'Check that it runs, that its security group lets ssh in from here, and that the network or VPN is up, then try again.',
    remedies: ['retry', 'diagnose', 'chooseBastion'],
  }),
  sshHostKeyChanged: (d) => ({
    message: `The ${bastion(d)} shows another host key than the one that is known${because(d)}.`,
    nextStep:
      'Someone may stand between, or the host was set up anew. Ask its administrator; if the new key is right, remove the old one with ssh-keygen -R and connect again.',
    remedies: ['retry', 'chooseBastion'],
  }),
  sshHostKeyRefused: (d) => ({
    message: `The host key of the ${bastion(d)} was not accepted${because(d)}.`,
    nextStep: 'Compare its fingerprint with what the administrator gives, connect again and accept it.',
    remedies: ['retry', 'chooseBastion'],
  }),
  sshDenied: (d) => ({
    message: `The ${bastion(d)} let nobody in with these keys and this user${because(d)}.`,
    nextStep:
      'Check User and IdentityFile of the host in ~/.ssh/config and that the agent holds the key: «ssh» to it in a terminal has to work.',
    remedies: ['retry', 'chooseBastion'],
  }),
  sshForwardRefused: (d) => ({
    message: `The ${bastion(d)} does not forward connections${because(d)}.`,
    nextStep: `Ask its administrator to allow TCP forwarding (AllowTcpForwarding, PermitOpen) to ${d.domain ?? 'the private domain'}, or choose another one.`,
    remedies: ['retry', 'diagnose', 'chooseBastion'],
  }),
  sshFarHostNotFound: (d) => ({
    message: `The ${farDomain(d)} is not known on the ${bastion(d)}${because(d)}.`,
    nextStep:
      'Private domains resolve only inside their VPC: choose a bastion that is in the endpoint’s VPC, or wait a minute if the connection has just become Active.',
    remedies: ['chooseBastion', 'diagnose', 'retry'],
  }),
  sshFarUnreachable: (d) => ({
    message: `The ${farDomain(d)} does not answer to the ${bastion(d)}${because(d)}.`,
    nextStep:
      'Check that the bastion is in the endpoint’s VPC and that the endpoint’s security group lets TCP in from it on the service port.',
    remedies: ['retry', 'diagnose', 'chooseBastion', 'openAlibabaCloud'],
  }),
  sshFailed: (d) => ({
    message: `The way through the ${bastion(d)} did not open${because(d)}.`,
    nextStep:
      'See that «ssh» to it works in a terminal on this machine, then try again. The log has its words.',
    remedies: ['retry', 'chooseBastion'],
  }),
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
