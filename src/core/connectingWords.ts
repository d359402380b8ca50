import { at, because, withoutStop } from './errorPhrases';
import type { ErrorCode, ErrorDetails, Words } from './errors';

type ConnectingCode = Extract<ErrorCode, `sql${string}` | `ssh${string}` | `client${string}`>;

const bastion = (d: ErrorDetails): string => (d.subject ? `bastion ${d.subject}` : 'bastion');
const farDomain = (d: ErrorDetails): string =>
  d.domain === undefined ? 'private domain' : `private domain ${d.domain}`;
const domain = (d: ErrorDetails): string => (d.subject ? `private domain ${d.subject}` : 'private domain');

/** The words for errors of SQL and of the way to it. */
export const connectingWords: Record<ConnectingCode, Words> = {
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
