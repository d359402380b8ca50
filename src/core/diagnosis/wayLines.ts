import { addressKind } from '../addresses';
import type { AddressKind } from '../addresses';
import { worked } from '../probe';
import type { NameAnswer, ShownCertificate, TcpOutcome, TcpTry, TlsFacts } from '../probe';
import { standing } from './cause';
import { valueOf } from './facts';
import type { DiagnosisFacts } from './facts';
import { lineOf, saidOfError } from './line';
import type { Line, Said } from './line';

/** From this machine to the database, in order. */
export function wayLines(facts: DiagnosisFacts): readonly Line[] {
  const { probe, route } = facts;
  const isBastion = route.kind === 'bastion';
  const connected = isBastion ? worked(probe.tunnel) : worked(probe.tcp);
  return [
    machineLine(facts),
    ...(isBastion ? [tunnelLine(facts)] : [dnsLine(facts), endpointDnsLine(facts), tcpLine(facts)]),
    lineOf(
      { id: 'greeting', title: 'MySQL greeting', tried: 'Wait for the server’s first packet' },
      probe.greeting,
      {
        ...going(facts, connected),
        say: ({ serverVersion }) => ({
          outcome: `The server says ${serverVersion}.`,
          ...(!/tidb/i.test(serverVersion) && {
            status: 'warning',
            advice: 'This is not TiDB: check that the domain is the instance’s own.',
          }),
        }),
      },
    ),
    tlsLine(facts),
    lineOf(
      {
        id: 'login',
        title: 'Login',
        tried: `Log in once as ${facts.user}`,
      },
      facts.login,
      {
        ...going(facts, worked(probe.tls)),
        say: () => ({ outcome: `${facts.user} was let in.` }),
      },
    ),
    lineOf({ id: 'query', title: 'Query', tried: 'SELECT VERSION(), CURRENT_USER()' }, facts.query, {
      over: facts.finished,
      begun: facts.login !== undefined && !('skipped' in facts.login),
      say: ({ version, user }) => ({ outcome: `${version}, as ${user}.` }),
    }),
  ];
}

const going = (facts: DiagnosisFacts, begun: boolean): { over: boolean; begun: boolean } => ({
  over: facts.finished || !facts.probing,
  begun,
});

const remoteWords: Readonly<Record<string, string>> = {
  'ssh-remote': 'the Remote-SSH host',
  wsl: 'WSL',
  'dev-container': 'the development container',
  'attached-container': 'the container',
  codespaces: 'the codespace',
  tunnel: 'the host of the remote tunnel',
};

/** Which machine it is that tries. */
export const machineName = (remoteName: string | undefined): string =>
  remoteName === undefined ? 'this machine' : (remoteWords[remoteName] ?? `the remote host (${remoteName})`);

function machineLine(facts: DiagnosisFacts): Line {
  const { machine, remoteName, finished, route } = facts;
  return lineOf(
    {
      id: 'machine',
      title: 'Where this runs',
      tried: 'Ask the ECS instance metadata for the VPC',
    },
    machine,
    {
      over: finished,
      begun: true,
      say: ({ vpcId, addresses }) => {
        const where = `The extension runs on ${machineName(remoteName)}`;
        const details = [`Addresses: ${addresses.length === 0 ? 'none' : addresses.join(', ')}`];
        const ofEndpoint = valueOf(facts.endpoint)?.vpcId;
        if (ofEndpoint !== undefined) {
          details.push(`The endpoint’s VPC: ${ofEndpoint}`);
        }
        switch (facts.sandbox ? 'sandbox' : standing(facts)) {
          case 'sandbox':
            return { outcome: `${where}; the sandbox’s VPC is on it.`, details };
          case 'inside':
            return { outcome: `${where}, in the endpoint’s VPC ${vpcId ?? ''}.`, details };
          case 'another':
            return {
              status: 'warning',
              outcome: `${where}, in ${vpcId ?? ''}, which is not the endpoint’s VPC.`,
              details,
              advice:
                'The two VPCs have to be connected (Cloud Enterprise Network or peering), or a bastion used.',
            };
          case 'unknown':
            return { outcome: `${where}, in ${vpcId ?? ''}.`, details };
          default:
            return {
              status: route.kind === 'bastion' ? 'ok' : 'warning',
              outcome: `${where}, which is not an ECS instance of a VPC.`,
              details,
              advice:
                route.kind === 'bastion'
                  ? undefined
                  : 'Private domains can be reached inside the VPC, over a VPN into it, or through a bastion.',
            };
        }
      },
    },
  );
}

const kindWords: Readonly<Record<AddressKind, string>> = {
  private: 'private',
  loopback: 'this machine itself',
  linkLocal: 'link-local',
  madeUp: 'made up by a proxy or VPN client on this machine',
  public: 'public',
};

function dnsLine(facts: DiagnosisFacts): Line {
  const { host, probe, probing, finished } = facts;
  return lineOf(
    {
      id: 'dns',
      title: 'DNS of the private domain',
      tried: host === undefined ? 'Look up TiDB Cloud’s private domain' : `Look up ${host}`,
    },
    host === undefined && finished ? { skipped: 'noDomain' } : probe.dns,
    {
      over: finished || (!probing && host === undefined),
      begun: host !== undefined,
      say: (value) => saidOfName(value, facts),
      fail: (error) => saidOfError(error),
    },
  );
}

function saidOfName({ addresses, resolvers }: NameAnswer, facts: DiagnosisFacts): Said {
  const kinds = addresses.map(addressKind);
  const named = addresses.map((address, at) => `${address} (${kindWords[kinds[at] ?? 'public']})`);
  const zones = (valueOf(facts.zones) ?? []).filter(({ ip }) => ip !== '');
  const details = [
    ...(resolvers.length === 0 ? [] : [`Resolvers: ${resolvers.join(', ')}`]),
    ...zones.map(({ zoneId, ip }) => `${zoneId}: ${ip}${addresses.includes(ip) ? '' : ', not among them'}`),
  ];
  const outcome = `${addresses.length === 1 ? 'One address' : `${addresses.length} addresses`}: ${named.join(', ')}.`;
  if (facts.sandbox) {
    return { outcome, details };
  }
  if (kinds.includes('madeUp')) {
    return {
      ...{ status: 'warning', outcome, details },
      advice: 'Let the proxy or VPN client leave this domain to the system’s DNS.',
    };
  }
  if (kinds.every((kind) => kind === 'public' || kind === 'loopback')) {
    return {
      ...{ status: 'warning', outcome, details },
      advice:
        'A private domain has private addresses: this name, or the DNS that answers, is not the right one.',
    };
  }
  const stale = zones.length > 0 && !zones.some(({ ip }) => addresses.includes(ip));
  return stale
    ? {
        ...{ status: 'warning', outcome, details },
        advice:
          'None of them is the endpoint’s: look for the name in the hosts file, and for an outdated DNS record.',
      }
    : { outcome, details };
}

function endpointDnsLine(facts: DiagnosisFacts): Line {
  const domain = endpointDomainOf(facts);
  return lineOf(
    {
      id: 'endpointDns',
      title: 'DNS of the endpoint’s own domain',
      tried: domain === undefined ? 'Look up Alibaba Cloud’s endpoint domain' : `Look up ${domain}`,
    },
    facts.endpointDns,
    {
      over: facts.finished,
      begun: domain !== undefined,
      say: ({ addresses }) => ({ outcome: `${addresses.join(', ')}.` }),
      fail: () => ({
        status: worked(facts.probe.dns) ? 'warning' : 'failed',
        outcome: 'Not known to this machine’s DNS either.',
        advice: worked(facts.probe.dns) ? 'It is not needed to connect.' : undefined,
      }),
    },
  );
}

export const endpointDomainOf = (facts: DiagnosisFacts): string | undefined =>
  valueOf(facts.endpoint)?.domain || valueOf(facts.connection)?.privateDomainName || undefined;

const outcomeWords: Readonly<Record<TcpOutcome, string>> = {
  connected: 'connected',
  refused: 'refused the connection',
  timeout: 'no answer',
  noRoute: 'no route to it',
  forbiddenHere: 'forbidden by this machine',
  failed: 'failed',
};

function tcpLine(facts: DiagnosisFacts): Line {
  const { probe, port } = facts;
  return lineOf(
    { id: 'tcp', title: 'TCP', tried: `Connect to port ${port ?? ''} of each address` },
    probe.tcp,
    {
      ...going(facts, worked(probe.dns)),
      say: (tries) => {
        const open = tries.filter(({ outcome }) => outcome === 'connected').length;
        return open === tries.length
          ? {
              outcome: tries.length === 1 ? 'The port answers.' : 'The port answers at every address.',
              details: tryWords(tries, facts),
            }
          : {
              status: 'warning',
              outcome: `The port answers at ${open} of ${tries.length} addresses.`,
              details: tryWords(tries, facts),
              advice: 'Connections fail now and then: check the zone of the address that does not answer.',
            };
      },
      fail: (error, tries) => ({
        outcome: saidOfError(error).outcome,
        details: tryWords(tries ?? [], facts),
        advice: tcpAdvice(tries ?? []),
      }),
    },
  );
}

function tryWords(tries: readonly TcpTry[], facts: DiagnosisFacts): readonly string[] {
  const zones = valueOf(facts.zones) ?? [];
  return tries.map(({ address, outcome, code, elapsedMs }) => {
    const zone = zones.find(({ ip }) => ip === address);
    const where = zone === undefined ? address : `${address} (${zone.zoneId}, ${zone.status})`;
    const why = code === undefined || outcome === 'connected' ? '' : ` (${code})`;
    return `${where}: ${outcomeWords[outcome]}${why}, ${Math.round(elapsedMs)} ms`;
  });
}

function tcpAdvice(tries: readonly TcpTry[]): string {
  const outcomes = tries.map(({ outcome }) => outcome);
  if (outcomes.includes('refused')) {
    return 'The address is there and the port is shut: check the port, and the state of the instance.';
  }
  if (outcomes.includes('forbiddenHere')) {
    return 'A firewall on this machine forbids it: allow the editor to reach this address.';
  }
  return outcomes.includes('noRoute')
    ? 'No route leads there from this machine: connect the VPN, or use a machine in the VPC or a bastion.'
    : 'Packets are dropped on the way: outside the VPC, by a security group, or by a network ACL.';
}

function tunnelLine(facts: DiagnosisFacts): Line {
  const destination = facts.route.kind === 'bastion' ? facts.route.destination : '';
  return lineOf(
    {
      id: 'tunnel',
      title: 'Through the bastion',
      tried: `ssh -W ${facts.host ?? 'the domain'}:${facts.port ?? ''} ${destination}`,
    },
    facts.probe.tunnel,
    {
      ...going(facts, facts.host !== undefined),
      say: () => ({ outcome: `${destination} forwards to the domain.` }),
    },
  );
}

function tlsLine(facts: DiagnosisFacts): Line {
  return lineOf(
    {
      id: 'tls',
      title: 'TLS and certificate',
      tried: 'Set up TLS 1.2 or later; check the certificate against the instance’s CA and the host name',
    },
    facts.probe.tls,
    {
      ...going(facts, worked(facts.probe.greeting)),
      say: (value) => ({
        outcome: `${value.protocol}; the certificate is trusted and is for this host.`,
        details: certificateWords(value.certificate),
      }),
      fail: (error, value: TlsFacts | undefined) => ({
        ...saidOfError(error),
        details: [...(value?.protocol ? [value.protocol] : []), ...certificateWords(value?.certificate)],
      }),
    },
  );
}

function certificateWords(certificate: ShownCertificate | undefined): readonly string[] {
  if (certificate === undefined) {
    return [];
  }
  const { subject, issuer, names, validFrom, validTo } = certificate;
  const shown = names.slice(0, 5).join(', ');
  return [
    `Subject: ${subject || 'none'}`,
    `Issuer: ${issuer || 'none'}`,
    `Names: ${shown === '' ? 'none' : shown}${names.length > 5 ? ', …' : ''}`,
    `Valid: ${validFrom} to ${validTo}`,
  ];
}
