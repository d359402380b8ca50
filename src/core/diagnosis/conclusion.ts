import { wordingOf } from '../errors';
import { causeOf, standing } from './cause';
import type { Cause } from './cause';
import { errorOf, valueOf } from './facts';
import type { DiagnosisFacts } from './facts';
import { machineName } from './wayLines';

/** What a person can do about the cause with one click. */
export type DiagnosisAction =
  | 'connect'
  | 'enterPassword'
  | 'addRule'
  | 'chooseBastion'
  | 'openCreation'
  | 'openTidbCloud'
  | 'openAlibabaCloud'
  | 'openGuide'
  | 'signInTidbCloud'
  | 'signInAlibabaCloud'
  | 'openNetworkSettings'
  | 'runAgain';

export interface Conclusion {
  readonly cause: Cause;
  readonly level: 'good' | 'open' | 'bad';
  readonly title: string;
  readonly explanation: string;
  readonly nextStep: string;
  /** The first one helps most. */
  readonly actions: readonly DiagnosisAction[];
}

interface Words {
  readonly level?: Conclusion['level'];
  readonly title: string;
  readonly explanation: string;
  readonly nextStep: string;
  readonly actions: readonly DiagnosisAction[];
}

/** The one cause most likely at fault, and what to do about it. */
export function conclude(facts: DiagnosisFacts): Conclusion {
  const cause = causeOf(facts);
  const { level = 'bad', ...said } = words[cause](facts);
  const canAddRule = (valueOf(facts.ports)?.missing.length ?? 0) > 0;
  const actions = said.actions.filter((action) => action !== 'addRule' || canAddRule);
  return { cause, level, ...said, actions: [...new Set(actions)] };
}

const host = (facts: DiagnosisFacts): string => facts.host ?? 'the private domain';
const here = (facts: DiagnosisFacts): string => machineName(facts.remoteName);
const bastion = ({ route }: DiagnosisFacts): string =>
  route.kind === 'bastion' ? route.destination : 'the bastion';
const addresses = (facts: DiagnosisFacts): string =>
  (facts.probe.dns?.value?.addresses ?? []).join(', ') || 'no address';
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
/** The next step for who is not in the VPC. */
const getInside =
  'Run the editor on a machine in the VPC (Remote-SSH), connect a VPN into it, or choose a bastion through which SQL goes.';

const words: Readonly<Record<Cause, (facts: DiagnosisFacts) => Words>> = {
  works: (f) => ({
    level: 'good',
    title: 'Everything works',
    explanation: `${capital(here(f))} reaches ${host(f)}, and ${f.user} can run SQL there.`,
    nextStep: '',
    actions: ['connect'],
  }),
  worksPartly: (f) => ({
    level: 'open',
    title: 'It works, but not through every zone',
    explanation: `SQL runs at ${host(f)}, but one of its addresses does not answer: some connections will fail or be slow.`,
    nextStep: 'Look at that zone of the endpoint in Alibaba Cloud.',
    actions: ['openAlibabaCloud', 'connect'],
  }),
  loginNotTried: (f) => ({
    level: 'open',
    title: 'The way is open; the login was not tried',
    explanation: `${capital(here(f))} reaches the database over verified TLS. No password is kept for ${f.user}.`,
    nextStep: 'Enter the password to try the login as well.',
    actions: ['enterPassword', 'connect'],
  }),
  cancelled: () => ({
    level: 'open',
    title: 'Cancelled',
    explanation: 'The diagnosis was ended before it came to a conclusion.',
    nextStep: '',
    actions: ['runAgain'],
  }),
  notRegistered: () => ({
    title: 'The endpoint is not registered in TiDB Cloud',
    explanation:
      'The endpoint exists in Alibaba Cloud, but TiDB Cloud has no connection for it: nothing is behind it yet.',
    nextStep: 'Create the private endpoint connection in the creation panel.',
    actions: ['openCreation', 'openTidbCloud'],
  }),
  connectionPending: () => ({
    title: 'The connection is still Pending',
    explanation:
      'TiDB Cloud is accepting the endpoint and making its private domain. This usually takes about 5 minutes.',
    nextStep: 'Wait until it is Active, then run the diagnosis again.',
    actions: ['runAgain', 'openCreation'],
  }),
  connectionFailed: (f) => ({
    title: 'The connection has Failed',
    explanation: `TiDB Cloud could not accept the endpoint${messageOf(f)}.`,
    nextStep: 'Delete the connection and create a new one; the endpoint stays.',
    actions: ['openCreation', 'openTidbCloud'],
  }),
  connectionDeleting: () => ({
    title: 'The connection is being deleted',
    explanation: 'TiDB Cloud is removing the private endpoint connection.',
    nextStep: 'Create a new one when it is gone, should it still be needed.',
    actions: ['openCreation', 'openTidbCloud'],
  }),
  instancePaused: (f) => ({
    title: 'The instance is paused',
    explanation: `TiDB Cloud reports ${f.instanceName} as ${valueOf(f.instance)?.state ?? 'paused'}: nobody answers behind the endpoint.`,
    nextStep: 'Resume it in TiDB Cloud and wait until it is Active.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  instanceNotActive: (f) => ({
    title: 'The instance is not Active',
    explanation: `TiDB Cloud reports ${f.instanceName} as ${valueOf(f.instance)?.state ?? 'not found'}.`,
    nextStep: 'Look at the instance in TiDB Cloud.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  serviceNotActive: (f) => ({
    title: 'The private link service is not Active',
    explanation: `TiDB Cloud reports the instance’s endpoint service as ${valueOf(f.service)?.state ?? 'not Active'}.`,
    nextStep: 'Wait until it is Active, then run the diagnosis again.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  serviceDeleted: () => ({
    title: 'The private link service is gone',
    explanation: 'The service behind the endpoint was deleted; the endpoint cannot be used any more.',
    nextStep: 'Delete the endpoint and create a new one.',
    actions: ['openCreation', 'openAlibabaCloud'],
  }),
  financialLock: () => ({
    title: 'The endpoint is locked because of an overdue payment',
    explanation: 'Alibaba Cloud has locked the endpoint (FinancialLocked): no traffic flows through it.',
    nextStep: 'Settle the payment in Alibaba Cloud.',
    actions: ['openAlibabaCloud', 'runAgain'],
  }),
  endpointNotActive: (f) => ({
    title: 'The endpoint is not Active',
    explanation: `Alibaba Cloud reports the endpoint as ${valueOf(f.endpoint)?.status ?? 'not Active'}.`,
    nextStep: 'Look at the endpoint in Alibaba Cloud.',
    actions: ['openAlibabaCloud', 'runAgain'],
  }),
  endpointDisconnected: (f) => ({
    title: 'The endpoint has no connection to the service',
    explanation: `Alibaba Cloud reports the endpoint’s connection as ${valueOf(f.endpoint)?.connectionStatus ?? 'Disconnected'}: TiDB Cloud has dropped or not accepted it.`,
    nextStep: 'Look at the connection in TiDB Cloud; delete it and create a new one when it stays so.',
    actions: ['openTidbCloud', 'openCreation'],
  }),
  zonesDown: () => ({
    title: 'No zone of the endpoint is Connected',
    explanation:
      'Alibaba Cloud reports every zone of the endpoint as not connected: its addresses lead nowhere.',
    nextStep: 'Look at the zones in Alibaba Cloud; a zone can be removed from the endpoint and added again.',
    actions: ['openAlibabaCloud', 'runAgain'],
  }),
  securityGroupClosed: (f) => ({
    title: 'The security group shuts the port',
    explanation: `No rule of ${(valueOf(f.ports)?.groupIds ?? []).join(', ') || 'the endpoint’s security group'} lets TCP in on port ${f.port ?? ''} from ${(valueOf(f.ports)?.sources ?? []).join(', ')}.`,
    nextStep: 'Add the rule; it takes effect within seconds.',
    actions: ['addRule', 'openAlibabaCloud', 'runAgain'],
  }),
  outsideVpc: (f) => ({
    title: `${capital(here(f))} is outside the VPC`,
    explanation: `${host(f)} can be reached from inside ${vpcOf(f)} only, and ${here(f)} is not in it.`,
    nextStep: getInside,
    actions: ['chooseBastion', 'openGuide', 'runAgain'],
  }),
  anotherVpc: (f) => ({
    title: `${capital(here(f))} is in another VPC`,
    explanation: `It is in ${valueOf(f.machine)?.vpcId ?? 'another VPC'}, and the endpoint is in ${vpcOf(f)}; nothing connects the two for this domain.`,
    nextStep: `Connect the VPCs (and let the domain be resolved from there), or: ${getInside.slice(0, 1).toLowerCase()}${getInside.slice(1)}`,
    actions: ['chooseBastion', 'openGuide', 'runAgain'],
  }),
  dnsNotReady: (f) => ({
    title: 'The private domain is not in the DNS yet',
    explanation: `${host(f)} is not known here, although ${standing(f) === 'inside' ? `${here(f)} is in the endpoint’s VPC` : 'nothing else is at fault'}. After a connection has become Active, this can take some minutes; a DNS server of one’s own in the VPC must forward to Alibaba Cloud’s (100.100.2.136).`,
    nextStep:
      'Run the diagnosis again in a minute; when it stays so, check which DNS servers this machine asks.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  resolverTrouble: (f) => ({
    title: 'This machine’s DNS does not answer',
    explanation: `The lookup of ${host(f)} got no answer${resolversOf(f)}.`,
    nextStep: 'Check the network, the VPN and the DNS settings of this machine.',
    actions: ['runAgain'],
  }),
  publicAddress: (f) => ({
    title: 'The name leads to a public address',
    explanation: `${host(f)} gives ${addresses(f)}, which is no address of a VPC: the name is wrong, or a DNS server outside the VPC answers for it (split DNS, a captive portal).`,
    nextStep: 'Check that the domain is the instance’s own and that DNS goes through the VPC or its VPN.',
    actions: ['openTidbCloud', 'chooseBastion', 'runAgain'],
  }),
  madeUpAddress: (f) => ({
    title: 'A proxy on this machine intercepts the name',
    explanation: `${host(f)} gives ${addresses(f)}: an address that a proxy or VPN client makes up so that traffic goes through it.`,
    nextStep: 'Add the domain to the proxy’s exceptions (direct, and resolved by the system’s DNS).',
    actions: ['runAgain', 'chooseBastion'],
  }),
  staleAddress: (f) => ({
    title: 'The name leads to an address that is not the endpoint’s',
    explanation: `${host(f)} gives ${addresses(f)}, and the endpoint has ${zoneAddresses(f)}.`,
    nextStep: 'Look for the name in this machine’s hosts file and for an outdated DNS record.',
    actions: ['runAgain', 'openAlibabaCloud'],
  }),
  noRoute: (f) => ({
    title: 'No route leads to the endpoint',
    explanation: `${capital(here(f))} has no route to ${addresses(f)}.`,
    nextStep: 'Check the route tables and the VPN, or choose a bastion through which SQL goes.',
    actions: ['chooseBastion', 'openGuide', 'runAgain'],
  }),
  forbiddenHere: (f) => ({
    title: 'A firewall on this machine forbids the connection',
    explanation: `The system refused to connect to ${addresses(f)}.`,
    nextStep: 'Allow the editor to reach this address and port.',
    actions: ['runAgain'],
  }),
  portRefused: (f) => ({
    title: 'The port is shut',
    explanation: `${addresses(f)} is there, but nothing listens on port ${f.port ?? ''}.`,
    nextStep: 'Check the port of the connection and the state of the instance in TiDB Cloud.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  dropped: (f) => ({
    title: 'Packets to the endpoint are dropped on the way',
    explanation: `${addresses(f)} does not answer${standing(f) === 'inside' ? ` although ${here(f)} is in the VPC` : ''}${valueOf(f.ports)?.check === 'open' ? ' and the security groups let it in' : ''}.`,
    nextStep:
      valueOf(f.ports)?.check === 'open'
        ? 'Check the network ACLs of the vSwitches, which cannot be seen from here.'
        : 'Check the endpoint’s security groups and the network ACLs of the vSwitches.',
    actions: ['openAlibabaCloud', 'runAgain'],
  }),
  bastionProgram: (f) => ({
    title: 'The ssh program is missing',
    explanation: `The way goes through ${bastion(f)}, and ${here(f)} has no ssh program that can be started.`,
    nextStep: 'Install OpenSSH’s client, then run the diagnosis again.',
    actions: ['runAgain', 'chooseBastion'],
  }),
  bastionUnreachable: (f) => ({
    title: 'The bastion cannot be reached',
    explanation: `${said(f)} ${bastion(f)} itself does not answer.`,
    nextStep: 'Check the bastion’s address and that its security group lets ssh in, or choose another one.',
    actions: ['chooseBastion', 'runAgain'],
  }),
  bastionRefused: (f) => ({
    title: 'The bastion does not let you in',
    explanation: `${said(f)} ${bastion(f)} refused the login.`,
    nextStep: 'Check the user, the key and the agent; `ssh` in a terminal must work.',
    actions: ['runAgain', 'chooseBastion'],
  }),
  bastionHostKey: (f) => ({
    title: 'The bastion’s host key is not the known one',
    explanation: `${said(f)} Somebody may stand between, or the bastion was made anew.`,
    nextStep: 'Compare the key with its owner before you change known_hosts.',
    actions: ['runAgain', 'chooseBastion'],
  }),
  bastionForbidsForwarding: (f) => ({
    title: 'The bastion forbids forwarding',
    explanation: `${said(f)} sshd on ${bastion(f)} does not forward to ${host(f)}.`,
    nextStep: 'Let AllowTcpForwarding and PermitOpen in its sshd_config allow it, or choose another bastion.',
    actions: ['chooseBastion', 'runAgain'],
  }),
  bastionOutsideVpc: (f) => ({
    title: 'The bastion is outside the VPC',
    explanation: `${said(f)} ${bastion(f)} does not know ${host(f)}: it does not use the VPC’s DNS.`,
    nextStep: `Choose a bastion in ${vpcOf(f)}.`,
    actions: ['chooseBastion', 'runAgain'],
  }),
  bastionCannotReach: (f) => ({
    title: 'The bastion cannot reach the endpoint',
    explanation: `${said(f)} ${bastion(f)} gets no connection to ${host(f)}:${f.port ?? ''}.`,
    nextStep: 'Check that it is in the endpoint’s VPC and that the security group lets it in.',
    actions: ['addRule', 'chooseBastion', 'openAlibabaCloud', 'runAgain'],
  }),
  bastionFailed: (f) => ({
    title: 'The way through the bastion does not open',
    explanation: said(f),
    nextStep: 'See that `ssh` to it works in a terminal on this machine, or choose another bastion.',
    actions: ['chooseBastion', 'runAgain'],
  }),
  serverFull: () => ({
    title: 'The database has too many connections',
    explanation: 'The way is open, and the database takes no further connection now.',
    nextStep: 'Close connections that are not needed, or raise the limit (max_connections).',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  serverRefuses: (f) => ({
    title: 'The database takes no connection now',
    explanation: said(f),
    nextStep: 'Wait a moment, then run the diagnosis again.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  silentServer: (f) => ({
    title: 'The port answers, but no database is behind it',
    explanation: `${said(f)} The endpoint takes the connection and nobody speaks: the database may be starting, or something in between (a proxy) answers in its place.`,
    nextStep: 'Look at the instance in TiDB Cloud, and for a proxy on the way.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  notMysql: (f) => ({
    title: 'Something else answers in the database’s place',
    explanation: `${said(f)} A proxy or another service stands at this address.`,
    nextStep: 'Check the host and port of the connection, and for a proxy that intercepts.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  noTls: (f) => ({
    title: 'The server does not offer TLS 1.2',
    explanation: `${said(f)} TiDB Cloud always does: something may stand between that reads along.`,
    nextStep: 'Check that the domain is the instance’s own, and for a proxy that intercepts.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  certificateIntercepted: (f) => ({
    title: 'The certificate is not from the instance’s authority',
    explanation: `It is made for ${host(f)}, but by ${issuerOf(f)}, which the instance’s CA does not know: a proxy that intercepts TLS does that. Nothing was sent.`,
    nextStep: 'Let the domain go around the proxy. If there is none, contact TiDB Cloud support.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  certificateUntrusted: (f) => ({
    title: 'Another server answers',
    explanation: `Its certificate is from ${issuerOf(f)} and for another host: this is not the instance. Nothing was sent.`,
    nextStep: 'Check that the domain and its addresses are the instance’s own.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  certificateHost: (f) => ({
    title: 'The certificate is for another host',
    explanation: said(f),
    nextStep:
      'Check that the domain is the instance’s own: another instance, or something in between, answers.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  certificateTime: (f) => ({
    title: 'The certificate is not valid at this time',
    explanation: `${said(f)} The clock of ${here(f)} says ${new Date(f.startedAtMs).toISOString()}.`,
    nextStep: 'Check the clock; if it is right, contact TiDB Cloud support.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  caMissing: (f) => ({
    title: 'The instance’s CA certificate could not be downloaded',
    explanation: `Without it the server’s certificate cannot be checked. ${wordingOf(errorOf(f.caCertificate)).message}`,
    nextStep: 'Mend the access to TiDB Cloud, then run the diagnosis again.',
    actions: ['runAgain', 'signInTidbCloud', 'openNetworkSettings'],
  }),
  wrongPassword: (f) => ({
    title: 'The user name or password is wrong',
    explanation: `The way is open, and the database refused ${f.user}. It was tried once, and the password is not kept any longer.`,
    nextStep: 'Enter the password again. It can be reset in TiDB Cloud.',
    actions: ['enterPassword', 'openTidbCloud'],
  }),
  accountLocked: (f) => ({
    title: 'The database account is locked or its password has expired',
    explanation: said(f),
    nextStep:
      'Unlock the account or set a new password, as an administrator of the database or in TiDB Cloud.',
    actions: ['openTidbCloud', 'runAgain'],
  }),
  hostNotAllowed: (f) => ({
    title: 'The database does not allow this user from here',
    explanation: said(f),
    nextStep: 'Check the host part of the database user and its privileges.',
    actions: ['enterPassword', 'openTidbCloud'],
  }),
  lostOnTheWay: (f) => ({
    title: 'The connection breaks off',
    explanation: `${said(f)} What stands between (a proxy, a firewall) may end it.`,
    nextStep: 'Run the diagnosis again; when it stays so, look for what ends long or encrypted connections.',
    actions: ['runAgain', 'openTidbCloud'],
  }),
  cloudUnknown: (f) => ({
    title: 'TiDB Cloud could not be asked',
    explanation: `${wordingOf(errorOf(f.connection) ?? errorOf(f.instance)).message} The private domain is not known without it.`,
    nextStep: 'Mend the access to TiDB Cloud, then run the diagnosis again.',
    actions: ['runAgain', 'signInTidbCloud', 'openNetworkSettings'],
  }),
  unknown: (f) => ({
    title: 'No cause could be found',
    explanation: said(f),
    nextStep: 'The lines below tell how far the way is open. The report can be copied for support.',
    actions: ['runAgain', 'openGuide'],
  }),
};

/** The words of what failed first on the way. */
function said({ probe, login, query }: DiagnosisFacts): string {
  const first = [probe.tunnel, probe.dns, probe.tcp, probe.greeting, probe.tls]
    .map((stage) => stage?.error)
    .concat([errorOf(login), errorOf(query)])
    .find((error) => error !== undefined);
  return first === undefined ? 'Nothing on the way has failed.' : wordingOf(first).message;
}

const vpcOf = (facts: DiagnosisFacts): string => {
  const vpcId = valueOf(facts.endpoint)?.vpcId;
  return vpcId === undefined ? 'the endpoint’s VPC' : `the VPC ${vpcId}`;
};

const messageOf = (facts: DiagnosisFacts): string => {
  const message = valueOf(facts.connection)?.message;
  return message === undefined || message === '' ? '' : ` (${message.replace(/[\s.]+$/, '')})`;
};

const zoneAddresses = (facts: DiagnosisFacts): string =>
  (valueOf(facts.zones) ?? []).flatMap(({ ip }) => (ip === '' ? [] : [ip])).join(', ');

const issuerOf = ({ probe }: DiagnosisFacts): string =>
  probe.tls?.value?.certificate?.issuer || 'an unknown authority';

const resolversOf = ({ probe, endpointDns }: DiagnosisFacts): string => {
  const resolvers = probe.dns?.value?.resolvers ?? valueOf(endpointDns)?.resolvers ?? [];
  return resolvers.length === 0 ? '' : ` from ${resolvers.join(', ')}`;
};
