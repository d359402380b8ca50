import { AppError } from '../core/errors';
import type { ErrorCode } from '../core/errors';

/** Whom we talk to: for the words of an error, and the password so that it can be kept out of them. */
export interface Peer {
  readonly host: string;
  readonly user: string;
  readonly password: string;
}

/** What mysql2, Node's net and tls, and a MySQL server put on an error. */
interface DriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly fatal?: boolean;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

/** Errors of the login phase: unknown user, wrong password, no right to the database, host not allowed, locked. */
const accessDenied = new Set([1044, 1045, 1130, 1698, 1862, 3118, 4151]);
const unknownDatabase = 1049;
/** Errors that say that the server has ended the connection: shutdown, killed (MariaDB), idle for too long. */
const connectionEnded = new Set([1053, 1927, 4031]);
const interrupted = 'ER_QUERY_INTERRUPTED';

const hostNotFound = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
]);
const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  PROTOCOL_CONNECTION_LOST: 'the server closed the connection',
};

const expiredCodes: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
};
/** OpenSSL's reasons that mean that both sides share no allowed TLS version or cipher. */
const noCommonTls =
  /unsupported protocol|protocol version|no protocols available|handshake failure|no shared cipher/i;
/** A TLS link that ended without an alert. */
const linkEnded = /disconnected before secure TLS connection|ECONNRESET|EPIPE/i;

/**
 * An error while the connection was being opened. `certificateProblem` is Node's verification code, which the driver
 * writes over.
 */
export function connectError(error: unknown, peer: Peer, certificateProblem?: string): AppError {
  if (AppError.is(error)) {
    return error;
  }
  const failure = asDriverError(error);
  if (certificateProblem !== undefined || failure.code === 'HANDSHAKE_SSL_ERROR') {
    return tlsError(failure, peer, certificateProblem);
  }
  if (failure.errno !== undefined && failure.errno >= 1000) {
    return loginError(failure, peer);
  }
  const code = failure.code ?? '';
  if (hostNotFound.has(code)) {
    return appError('sqlHostNotFound', failure, peer, { serviceCode: code });
  }
  if (networkCodes.has(code)) {
    return appError('sqlUnreachable', failure, peer, {
      serviceCode: code,
      reason: networkWords[code] ?? code,
    });
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return appError('sqlTlsUnavailable', failure, peer, {});
  }
  return appError('sqlProtocol', failure, peer, { reason: clean(failure.message, peer) });
}

/** An error that ended an open connection. */
export function lostError(error: unknown, peer: Peer): AppError {
  if (AppError.is(error)) {
    return error;
  }
  const failure = asDriverError(error);
  const code = failure.code ?? '';
  if (networkCodes.has(code) || connectionEnded.has(failure.errno ?? 0) || isBrokenTls(failure)) {
    const reason = isBrokenTls(failure)
      ? 'the encrypted link broke'
      : (networkWords[code] ?? clean(failure.message, peer));
    return appError('sqlConnectionLost', failure, peer, { serviceCode: code, reason });
  }
  return appError('sqlProtocol', failure, peer, { reason: clean(failure.message, peer) });
}

/** TiDB ends a connection that is killed in the middle of a record. */
const isBrokenTls = ({ code = '', message }: DriverError): boolean =>
  code.startsWith('ERR_SSL_') || /\bSSL routines:/.test(message);

/** An error that the server gave as the answer to a statement. */
export function statementError(error: unknown, peer: Peer): AppError {
  const failure = asDriverError(error);
  if (connectionEnded.has(failure.errno ?? 0)) {
    return lostError(failure, peer);
  }
  if (failure.errno === undefined) {
    return appError('sqlProtocol', failure, peer, { reason: clean(failure.message, peer) });
  }
  // Without a cause: the driver's error carries the whole statement, and statements can carry secrets.
  return new AppError('sqlStatement', {
    source: 'SQL',
    serviceCode: codeOf(failure),
    reason: clean(failure.message, peer),
  });
}

/** True for what `statementError` makes of a statement that was killed. */
export const isInterruption = (error: unknown): boolean =>
  AppError.is(error) && error.details.serviceCode === interrupted;

/** The server's first packet was an error, for example "Too many connections": 0xff, number, words. */
export function refusal(payload: Buffer, peer: Peer): AppError {
  const errno = payload.length >= 3 ? payload.readUInt16LE(1) : 0;
  const words = payload
    .subarray(3)
    .toString('utf8')
    .replace(/^#[0-9A-Z]{5}/, '');
  return loginError(Object.assign(new Error(words), { errno }), peer);
}

function loginError(failure: DriverError, peer: Peer): AppError {
  const errno = failure.errno ?? 0;
  const details = { serviceCode: codeOf(failure), reason: clean(failure.message, peer) };
  if (accessDenied.has(errno)) {
    return appError('sqlAccessDenied', failure, peer, { ...details, subject: peer.user });
  }
  return appError(errno === unknownDatabase ? 'sqlUnknownDatabase' : 'sqlRefused', failure, peer, details);
}

function tlsError(failure: DriverError, peer: Peer, certificateProblem: string | undefined): AppError {
  if (certificateProblem === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return appError('sqlCertificateHost', failure, peer, {
      serviceCode: certificateProblem,
      reason: namesIn(failure),
    });
  }
  const expiry = expiredCodes[certificateProblem ?? ''];
  if (expiry !== undefined) {
    return appError('sqlCertificateExpired', failure, peer, {
      serviceCode: certificateProblem,
      reason: expiry,
    });
  }
  const reason = clean(failure.message, peer);
  if (certificateProblem !== undefined) {
    return appError('sqlCertificateUntrusted', failure, peer, { serviceCode: certificateProblem, reason });
  }
  if (noCommonTls.test(failure.message)) {
    return appError('sqlTlsUnavailable', failure, peer, { reason });
  }
  if (linkEnded.test(failure.message)) {
    return appError('sqlUnreachable', failure, peer, {
      reason: 'the connection was closed while TLS was set up',
    });
  }
  return appError('sqlProtocol', failure, peer, { reason });
}

/** The name of a server's error; the driver knows MySQL's, TiDB's own (8000 and up) stay numbers. */
function codeOf(failure: DriverError): string {
  return failure.code?.startsWith('ER_') === true ? failure.code : String(failure.errno);
}

function namesIn(failure: DriverError): string {
  const names = (failure.cert?.subjectaltname ?? '')
    .split(/,\s*/)
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  const shown = names.length > 0 ? names : [failure.cert?.subject?.CN ?? 'no name at all'];
  return `it is for ${shown.slice(0, 5).join(', ')}${shown.length > 5 ? ', …' : ''}`;
}

function appError(
  code: ErrorCode,
  failure: DriverError,
  peer: Peer,
  details: { readonly serviceCode?: string | undefined; readonly reason?: string; readonly subject?: string },
): AppError {
  const { serviceCode, ...rest } = details;
  return new AppError(code, {
    source: 'SQL',
    subject: peer.host,
    ...rest,
    ...(serviceCode === undefined || serviceCode === '' ? {} : { serviceCode }),
    cause: causeOf(failure, peer),
  });
}

/** The driver's error with its words and stack only: its other fields hold statements and whole certificates. */
function causeOf(failure: DriverError, peer: Peer): Error {
  const cause = new Error(clean(failure.message || (failure.code ?? failure.name), peer));
  cause.name = failure.name;
  cause.stack = clean(failure.stack ?? '', peer);
  return cause;
}

/** Shorter passwords would be given away by what is missing; TiDB Cloud's have 8 characters or more. */
const shortestMasked = 4;
const longestReason = 1000;

function clean(text: string, peer: Peer): string {
  const masked = peer.password.length < shortestMasked ? text : text.replaceAll(peer.password, '•••');
  return masked.length > longestReason ? `${masked.slice(0, longestReason)}…` : masked;
}

const asDriverError = (error: unknown): DriverError =>
  error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'unknown error');
