import { addressKind } from '../addresses';
import { AppError } from '../errors';
import type { ErrorCode } from '../errors';
import { worked } from '../probe';
import { cloudCause } from './cloudCause';
import { errorOf, isDone, valueOf } from './facts';
import type { DiagnosisFacts } from './facts';

/** What is most likely at fault; the first four are none. */
export type Cause =
  | 'works'
  | 'worksPartly'
  | 'loginNotTried'
  | 'cancelled'
  | 'notRegistered'
  | 'connectionPending'
  | 'connectionFailed'
  | 'connectionDeleting'
  | 'instancePaused'
  | 'instanceNotActive'
  | 'serviceNotActive'
  | 'serviceDeleted'
  | 'financialLock'
  | 'endpointNotActive'
  | 'endpointDisconnected'
  | 'zonesDown'
  | 'securityGroupClosed'
  | 'outsideVpc'
  | 'anotherVpc'
  | 'dnsNotReady'
  | 'resolverTrouble'
  | 'publicAddress'
  | 'madeUpAddress'
  | 'staleAddress'
  | 'noRoute'
  | 'forbiddenHere'
  | 'portRefused'
  | 'dropped'
  | 'bastionProgram'
  | 'bastionUnreachable'
  | 'bastionRefused'
  | 'bastionHostKey'
  | 'bastionForbidsForwarding'
  | 'bastionOutsideVpc'
  | 'bastionCannotReach'
  | 'bastionFailed'
  | 'serverFull'
  | 'serverRefuses'
  | 'silentServer'
  | 'notMysql'
  | 'noTls'
  | 'certificateIntercepted'
  | 'certificateUntrusted'
  | 'certificateHost'
  | 'certificateTime'
  | 'caMissing'
  | 'wrongPassword'
  | 'accountLocked'
  | 'hostNotAllowed'
  | 'lostOnTheWay'
  | 'cloudUnknown'
  | 'unknown';

/**
 * The one cause most likely at fault. Where the way ends decides which causes can be it; among these, what the clouds
 * report goes before what is inferred from where this machine stands.
 */
export function causeOf(facts: DiagnosisFacts): Cause {
  if (isDone(facts.query)) {
    return hasDeadAddress(facts) ? 'worksPartly' : 'works';
  }
  if (facts.cancelled) {
    return 'cancelled';
  }
  const { probe } = facts;
  if (facts.host === undefined) {
    return cloudCause(facts) ?? 'cloudUnknown';
  }
  if (probe.tunnel !== undefined && !worked(probe.tunnel)) {
    return tunnelCause(facts);
  }
  if (probe.dns !== undefined && !worked(probe.dns)) {
    return nameCause(facts);
  }
  const wrongName = addressCause(facts);
  if (probe.tcp !== undefined && !worked(probe.tcp)) {
    return wrongName ?? tcpCause(facts);
  }
  if (probe.greeting !== undefined && !worked(probe.greeting)) {
    return wrongName ?? greetingCause(facts);
  }
  if (probe.tls !== undefined && !worked(probe.tls)) {
    return wrongName ?? tlsCause(facts);
  }
  if (probe.tls === undefined) {
    return cloudCause(facts) ?? 'unknown';
  }
  if (facts.login !== undefined && 'skipped' in facts.login) {
    return 'loginNotTried';
  }
  return loginCause(facts);
}

const codeOf = (error: unknown): ErrorCode | undefined => (AppError.is(error) ? error.code : undefined);
const serviceCodeOf = (error: unknown): string =>
  AppError.is(error) ? (error.details.serviceCode ?? '') : '';
const reasonOf = (error: unknown): string => (AppError.is(error) ? (error.details.reason ?? '') : '');

/** Works through one address while another one is dead. */
const hasDeadAddress = ({ probe }: DiagnosisFacts): boolean =>
  probe.tcp?.value?.some(({ outcome }) => outcome !== 'connected') === true;

/** Where this machine stands, as far as it is known. */
export function standing(facts: DiagnosisFacts): 'inside' | 'another' | 'outside' | 'unknown' {
  if (facts.sandbox) {
    return 'inside';
  }
  const machine = valueOf(facts.machine);
  const vpcId = valueOf(facts.endpoint)?.vpcId;
  if (machine?.vpcId === undefined) {
    return 'outside';
  }
  if (vpcId === undefined) {
    return 'unknown';
  }
  return machine.vpcId === vpcId ? 'inside' : 'another';
}

/** The machine's place as a cause, when it is one. */
const placeCause = (facts: DiagnosisFacts): Cause | undefined =>
  (({ inside: undefined, unknown: undefined, another: 'anotherVpc', outside: 'outsideVpc' }) as const)[
    standing(facts)
  ];

function nameCause(facts: DiagnosisFacts): Cause {
  const cloud = cloudCause(facts);
  if (cloud !== undefined) {
    return cloud;
  }
  const code = serviceCodeOf(facts.probe.dns?.error);
  if (isDone(facts.endpointDns)) {
    // Alibaba Cloud's name is known here and TiDB Cloud's is not: it is TiDB Cloud's that is missing.
    return 'dnsNotReady';
  }
  const reachability = reachabilityOf(facts);
  const place = placeCause(facts);
  if (code === 'ETIMEDOUT' || code === 'EAI_AGAIN') {
    return 'resolverTrouble';
  }
  if (reachability?.dnsReachable === false && place === undefined) {
    return 'dnsNotReady';
  }
  return place ?? 'dnsNotReady';
}

export function reachabilityOf(
  facts: DiagnosisFacts,
): { reachable: boolean; dnsReachable?: boolean; message?: string } | undefined {
  const endpoints = valueOf(facts.instance)?.endpoints ?? [];
  return endpoints.find(({ host, type }) => host === facts.host && type === 'PRIVATE_ENDPOINT')?.reachability;
}

/** What is wrong with the addresses that the name gave, whatever answers there. */
function addressCause(facts: DiagnosisFacts): Cause | undefined {
  const addresses = facts.probe.dns?.value?.addresses ?? [];
  if (facts.sandbox || addresses.length === 0) {
    return undefined;
  }
  const kinds = addresses.map(addressKind);
  if (kinds.includes('madeUp')) {
    return 'madeUpAddress';
  }
  if (kinds.every((kind) => kind === 'public' || kind === 'loopback')) {
    return 'publicAddress';
  }
  const zones = (valueOf(facts.zones) ?? []).filter(({ ip }) => ip !== '').map(({ ip }) => ip);
  return zones.length > 0 && addresses.every((address) => !zones.includes(address))
    ? 'staleAddress'
    : undefined;
}

function tcpCause(facts: DiagnosisFacts): Cause {
  const cloud = cloudCause(facts);
  if (cloud !== undefined) {
    return cloud;
  }
  const outcomes = new Set((facts.probe.tcp?.value ?? []).map(({ outcome }) => outcome));
  if (outcomes.has('forbiddenHere')) {
    return 'forbiddenHere';
  }
  if (outcomes.has('refused')) {
    return 'portRefused';
  }
  const ports = valueOf(facts.ports);
  const place = placeCause(facts);
  if (ports?.check === 'closed' || (ports?.check === 'partly' && place === undefined)) {
    // Shut to the whole VPC: being inside would not help.
    return place !== undefined && ports.from === 'here' ? place : 'securityGroupClosed';
  }
  if (place !== undefined) {
    return place;
  }
  return outcomes.has('noRoute') ? 'noRoute' : 'dropped';
}

function tunnelCause(facts: DiagnosisFacts): Cause {
  const error = facts.probe.tunnel?.error;
  const code = codeOf(error);
  const byCode = code === undefined ? undefined : tunnelCauses[code];
  if (byCode !== undefined) {
    return byCode;
  }
  const cloud = cloudCause(facts);
  if (cloud !== undefined) {
    return cloud;
  }
  if (code === 'sshFarHostNotFound') {
    return 'bastionOutsideVpc';
  }
  if (code === 'sshFailed') {
    return 'bastionFailed';
  }
  return valueOf(facts.ports)?.check === 'closed' ? 'securityGroupClosed' : 'bastionCannotReach';
}

/** What stands on the way to the bastion or on it; what is behind it may have a cause in the clouds. */
const tunnelCauses: Readonly<Partial<Record<ErrorCode, Cause>>> = {
  sshMissing: 'bastionProgram',
  sshHostNotFound: 'bastionUnreachable',
  sshUnreachable: 'bastionUnreachable',
  sshHostKeyChanged: 'bastionHostKey',
  sshHostKeyRefused: 'bastionHostKey',
  sshDenied: 'bastionRefused',
  sshForwardRefused: 'bastionForbidsForwarding',
};

function greetingCause(facts: DiagnosisFacts): Cause {
  const error = facts.probe.greeting?.error;
  switch (codeOf(error)) {
    case 'sqlRefused':
      return isFull(error) ? 'serverFull' : (cloudCause(facts) ?? 'serverRefuses');
    case 'sqlAccessDenied':
      return 'hostNotAllowed';
    case 'sqlTlsUnavailable':
      return 'noTls';
    case 'sqlProtocol':
      return 'notMysql';
    default:
      // The endpoint takes the connection and nobody is behind it.
      return cloudCause(facts) ?? 'silentServer';
  }
}

/** MySQL's and TiDB's "too many connections", and TiDB's "server is busy" kind. */
const isFull = (error: unknown): boolean =>
  ['1040', '1203', '8052', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'].includes(
    serviceCodeOf(error),
  ) || /too many connections/i.test(reasonOf(error));

function tlsCause(facts: DiagnosisFacts): Cause {
  const { error, value } = facts.probe.tls ?? {};
  switch (codeOf(error)) {
    case 'sqlCertificateUntrusted':
      if (!isDone(facts.caCertificate)) {
        return 'caMissing';
      }
      // Made for this very name by somebody unknown: that is what a proxy does which reads along.
      return value?.namesHost === true ? 'certificateIntercepted' : 'certificateUntrusted';
    case 'sqlCertificateHost':
      return 'certificateHost';
    case 'sqlCertificateExpired':
      return 'certificateTime';
    case 'sqlTlsUnavailable':
      return 'noTls';
    default:
      return cloudCause(facts) ?? 'lostOnTheWay';
  }
}

function loginCause(facts: DiagnosisFacts): Cause {
  const error = errorOf(facts.login) ?? errorOf(facts.query);
  switch (codeOf(error)) {
    case 'sqlAccessDenied':
      return /1130|HOST_NOT_PRIVILEGED|HOST_IS_BLOCKED/.test(serviceCodeOf(error))
        ? 'hostNotAllowed'
        : /3118|4151|1862|LOCKED|EXPIRE|MUST_CHANGE/.test(serviceCodeOf(error))
          ? 'accountLocked'
          : 'wrongPassword';
    case 'sqlRefused':
      return isFull(error) ? 'serverFull' : (cloudCause(facts) ?? 'serverRefuses');
    case undefined:
      return 'unknown';
    default:
      return cloudCause(facts) ?? 'lostOnTheWay';
  }
}
