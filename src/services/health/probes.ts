import type { PrivateEndpoint } from '../../core/health';
import type { SqlProbe, SqlRoute } from '../../core/ports';
import type { DomainProbe, Tried } from '../../core/probe';
import { reachOf, type Probed, type Reach } from '../../core/reach';
import { endpointKey } from '../connections';

export interface DomainProbesOptions {
  readonly probe: () => Promise<Pick<SqlProbe, 'probeDomain'>>;
  readonly routeTo: (endpoint: PrivateEndpoint) => Promise<SqlRoute>;
  /** The authority's certificate that is kept; none is downloaded for this. */
  readonly caCertificate: (instanceId: string) => string | undefined;
}

const stageLimitMs = 3000;
const mostAtOnce = 8;

/** Tries the private domains from this machine: name, TCP, greeting and TLS; no login. */
export class DomainProbes {
  /** Endpoints that have answered this machine on its present network. */
  private readonly answered = new Set<string>();
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: DomainProbesOptions) {}

  /** Undefined where there is nothing to try: no private domain yet, or the way leads through a bastion. */
  async of(endpoint: PrivateEndpoint): Promise<Reach | undefined> {
    const { connection } = endpoint;
    const { host, port } = connection ?? {};
    if (connection?.state !== 'ACTIVE' || host === undefined || port === undefined) {
      return undefined;
    }
    if ((await this.options.routeTo(endpoint)).kind === 'bastion') {
      return undefined;
    }
    return this.inTurn(async () => {
      const key = endpointKey(endpoint);
      const ca = this.options.caCertificate(endpoint.instanceId);
      const { probeDomain } = await this.options.probe();
      const found = await probeDomain(
        { host, port, ...(ca !== undefined && { caCertificatePem: ca }) },
        { timeoutMs: stageLimitMs },
      );
      const probed = probedOf(found, ca !== undefined);
      const reach = reachOf(probed, this.answered.has(key));
      if (reach.kind === 'reached') {
        this.answered.add(key);
      }
      return reach;
    });
  }

  /** This machine may be on another network now. */
  forget(): void {
    this.answered.clear();
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= mostAtOnce) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}

/** Without the authority's certificate nobody can tell whether the server's is right: the greeting counts then. */
export function probedOf({ dns, tcp, greeting, tls }: DomainProbe, knowsAuthority: boolean): Probed {
  const connected = tcp?.value?.find(({ outcome }) => outcome === 'connected');
  if (connected === undefined) {
    const addresses = dns?.value?.addresses ?? [];
    return dns === undefined || dns.error !== undefined || addresses.length === 0
      ? { kind: 'failed', stage: 'dns', reason: 'its name is not known to the DNS of this machine' }
      : tcpFailure(tcp?.value?.[0]);
  }
  if (greeting?.error !== undefined) {
    return { kind: 'failed', stage: 'greeting', reason: `what answers is no database${why(greeting)}` };
  }
  if (knowsAuthority && tls?.error !== undefined) {
    return { kind: 'failed', stage: 'tls', reason: `TLS cannot be set up${why(tls)}` };
  }
  const took = (tried: Tried<unknown> | undefined): number => tried?.elapsedMs ?? 0;
  return {
    kind: 'answered',
    connectMs: connected.elapsedMs,
    wholeMs: took(dns) + took(tcp) + took(greeting) + took(tls),
  };
}

function tcpFailure(tried: { readonly outcome: string; readonly code?: string } | undefined): Probed {
  const isSilence = tried?.outcome === 'timeout' || tried?.outcome === 'noRoute';
  return {
    ...{ kind: 'failed', stage: 'tcp' },
    serviceCode: isSilence ? 'ETIMEDOUT' : (tried?.code ?? 'ECONNREFUSED'),
    reason:
      tried?.outcome === 'refused'
        ? 'the connection was refused'
        : isSilence
          ? 'nothing answers from here'
          : `the connection failed${tried?.code === undefined ? '' : ` (${tried.code})`}`,
  };
}

function why({ error }: Tried<unknown>): string {
  const { details } = (error ?? {}) as { readonly details?: { readonly reason?: string } };
  return details?.reason === undefined ? '' : `: ${details.reason.replace(/[\s.]+$/, '')}`;
}
