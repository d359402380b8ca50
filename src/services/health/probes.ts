import type { PrivateEndpoint } from '../../core/health';
import type { SqlProbe, SqlRoute } from '../../core/ports';
import type { DomainProbe, TcpTry, TlsFacts, Tried } from '../../core/probe';
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

  /**
   * Null where there is nothing to try: no private domain yet, or the way leads through a bastion. Undefined where nobody
   * wants to know any more when its turn comes.
   */
  async of(
    endpoint: PrivateEndpoint,
    isWanted: () => boolean = () => true,
  ): Promise<Reach | null | undefined> {
    const { connection } = endpoint;
    const { host, port } = connection ?? {};
    if (connection?.state !== 'ACTIVE' || host === undefined || port === undefined) {
      return null;
    }
    if ((await this.options.routeTo(endpoint)).kind === 'bastion') {
      return null;
    }
    return this.inTurn(async () => {
      if (!isWanted()) {
        return undefined;
      }
      const key = endpointKey(endpoint);
      const ca = this.options.caCertificate(endpoint.instanceId);
      const { probeDomain } = await this.options.probe();
      const found = await probeDomain(
        { host, port, ...(ca !== undefined && { caCertificatePem: ca }) },
        { timeoutMs: stageLimitMs },
      );
      const probed = probedOf(found);
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

/** What was found, as far as it matters for health. */
export function probedOf({ dns, tcp, greeting, tls }: DomainProbe): Probed {
  const connected = tcp?.value?.find(({ outcome }) => outcome === 'connected');
  if (connected === undefined) {
    const addresses = dns?.value?.addresses ?? [];
    return dns === undefined || dns.error !== undefined || addresses.length === 0
      ? { kind: 'failed', stage: 'dns', reason: 'its name is not known to the DNS of this machine' }
      : tcpFailure(tcp?.value ?? []);
  }
  if (greeting?.error !== undefined) {
    return { kind: 'failed', stage: 'greeting', reason: `no greeting of a database${why(greeting)}` };
  }
  const trouble = tls?.error === undefined ? undefined : tlsTrouble(tls);
  if (trouble !== undefined) {
    return trouble;
  }
  return {
    kind: 'answered',
    connectMs: connected.elapsedMs,
    tls: tls?.error === undefined ? 'verified' : 'unverified',
  };
}

/** Undefined where only the authority is not known: it may be one that is fetched with the first SQL session. */
function tlsTrouble(tls: Tried<TlsFacts>): Probed | undefined {
  const failed = { kind: 'failed', stage: 'tls' } as const;
  const { certificate, namesHost = false } = tls.value ?? {};
  if (certificate === undefined) {
    return { ...failed, reason: `TLS cannot be set up${why(tls)}` };
  }
  if (!namesHost) {
    return { ...failed, reason: 'the certificate of what answers is for another name' };
  }
  return Date.parse(certificate.validTo) < Date.now()
    ? { ...failed, isRightServer: true, reason: `its certificate has expired (${certificate.validTo})` }
    : undefined;
}

/** From what tells most to what tells least. */
const tellingOutcomes = ['refused', 'failed', 'timeout', 'noRoute', 'forbiddenHere'] as const;

/** Of several addresses, the one that tells most. */
function tcpFailure(tries: readonly TcpTry[]): Probed {
  const outcome = tellingOutcomes.find((each) => tries.some((tried) => tried.outcome === each)) ?? 'failed';
  const code = tries.find((tried) => tried.outcome === outcome)?.code;
  const reasons = {
    refused: 'the connection was refused',
    failed: `the connection failed${code === undefined ? '' : ` (${code})`}`,
    timeout: 'nothing answers from here',
    noRoute: 'nothing answers from here',
    forbiddenHere: 'this machine does not let the connection out',
  };
  const isForbiddenHere = outcome === 'forbiddenHere';
  return {
    kind: 'failed',
    stage: 'tcp',
    reason: reasons[outcome],
    ...(isForbiddenHere && { isForbiddenHere }),
  };
}

function why({ error }: Tried<unknown>): string {
  const { details } = (error ?? {}) as { readonly details?: { readonly reason?: string } };
  return details?.reason === undefined ? '' : `: ${details.reason.replace(/[\s.]+$/, '')}`;
}
