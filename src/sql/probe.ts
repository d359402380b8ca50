import { lookup as systemLookup, getServers } from 'node:dns';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { AppError, isCancellation } from '../core/errors';
import type { ProbeOptions, ProbeTarget, SqlProbe, SqlRoute } from '../core/ports';
import type { DomainProbe, NameAnswer, TcpOutcome, TcpTry, Tried } from '../core/probe';
import { attempt } from './attempt';
import type { Attempt, Silence } from './attempt';
import { dialTcp, reachedAt } from './dial';
import type { Dial } from './dial';
import { connectError } from './errors';
import type { Peer } from './errors';
import { readGreeting } from './greeting';
import { lookAtTls } from './probeTls';

/** All addresses of a name; rejects with the resolver's error. */
export type LookUp = (host: string) => Promise<readonly string[]>;

export interface SqlProbeParts {
  readonly lookUp?: LookUp;
  /** To one address. */
  readonly dial?: Dial;
  /** Through a bastion; the far side resolves the name. */
  readonly dialThrough: (route: Extract<SqlRoute, { kind: 'bastion' }>) => Dial;
}

/** As the system does it, hosts file and split DNS of a VPN included. */
export const lookUpHere: LookUp = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(reachedAt(host), { all: true, verbatim: true }, (error, found) =>
      error === null ? resolve([...new Set(found.map(({ address }) => address))]) : reject(error),
    );
  });

/** A probe of the way to a database: nothing is sent but what opens TLS. */
export function createSqlProbe(parts: SqlProbeParts): SqlProbe {
  const { lookUp = lookUpHere, dial = dialTcp, dialThrough } = parts;
  const find = (host: string, options: ProbeOptions): Promise<Tried<NameAnswer>> =>
    tryStage(host, options, resolverSilent(host), async ({ signal }) => ({
      value: { addresses: await orAborted(lookUp(host), signal), resolvers: resolvers() },
    }));
  return {
    lookUp: find,
    probeDomain: async (target, options) => {
      const walk = new Walk(target, options);
      try {
        if (target.route?.kind === 'bastion') {
          await walk.through(dialThrough(target.route));
        } else {
          await walk.direct(find, dial);
        }
        return await walk.end();
      } finally {
        walk.close();
      }
    },
  };
}

/** One pass over the stages, with the one connection that it keeps. */
class Walk {
  private found: DomainProbe = {};
  private stream: Duplex | undefined;
  private readonly peer: Peer;

  constructor(
    private readonly target: ProbeTarget,
    private readonly options: ProbeOptions,
  ) {
    this.peer = { host: target.host, user: '', password: '' };
  }

  async direct(find: SqlProbe['lookUp'], dial: Dial): Promise<void> {
    const dns = await find(this.target.host, this.options);
    this.note({ dns });
    const addresses = dns.value?.addresses ?? [];
    if (dns.error === undefined && addresses.length > 0) {
      this.note({ tcp: await this.connect(addresses, dial) });
    }
  }

  async through(dial: Dial): Promise<void> {
    const { host, port } = this.target;
    const tunnel = await this.stage<undefined>('no connection through the bastion', async (to) => {
      this.keep(await dial({ host, port }, to.signal, to));
      return { value: undefined };
    });
    this.note({ tunnel });
  }

  async end(): Promise<DomainProbe> {
    const { stream, peer } = this;
    if (stream === undefined) {
      return this.found;
    }
    const greeting = await this.stage('no greeting from the server', async ({ signal }) => {
      const { serverVersion } = await readGreeting(stream, peer, signal);
      return { value: { serverVersion } };
    });
    this.note({ greeting });
    if (greeting.error === undefined) {
      const ca = await this.target.caCertificatePem;
      const tls = await this.stage('no answer in the TLS handshake', ({ signal }) =>
        lookAtTls(stream, peer, ca, signal),
      );
      this.note({ tls });
    }
    return this.found;
  }

  close(): void {
    this.stream?.destroy();
  }

  /** All addresses at once, as they are all there to be used; the first one that answers in their order is kept. */
  private async connect(addresses: readonly string[], dial: Dial): Promise<Tried<readonly TcpTry[]>> {
    const { options, target } = this;
    const startedAtMs = Date.now();
    const started = performance.now();
    const streams: (Duplex | undefined)[] = [];
    const tries = await Promise.all(
      addresses.map(async (address, at): Promise<TcpTry> => {
        const { error, elapsedMs } = await tryStage(address, options, 'no answer', async ({ signal }) => {
          streams[at] = await dial({ host: address, port: target.port }, signal);
          return { value: undefined };
        });
        return { address, elapsedMs, ...tcpOutcome(error) };
      }),
    );
    const [kept, ...others] = streams.filter((stream) => stream !== undefined);
    others.forEach((stream) => {
      stream.on('error', () => undefined);
      stream.destroy();
    });
    if (kept !== undefined) {
      this.keep(kept);
    }
    return {
      startedAtMs,
      elapsedMs: performance.now() - started,
      value: tries,
      ...(kept === undefined && { error: noneConnected(target.host, tries) }),
    };
  }

  private stage<T>(
    silence: string,
    work: (to: Attempt) => Promise<{ readonly value: T; readonly error?: unknown }>,
  ): Promise<Tried<T>> {
    return tryStage(this.target.host, this.options, silence, work, this.peer);
  }

  private keep(stream: Duplex): void {
    stream.on('error', () => undefined);
    this.stream = stream;
  }

  private note(stages: DomainProbe): void {
    this.found = { ...this.found, ...stages };
    this.options.onStage?.(this.found);
  }
}

/** Runs one stage in its time. What fails is in the answer; an abort of the caller is thrown. */
async function tryStage<T>(
  host: string,
  { timeoutMs, signal }: ProbeOptions,
  silence: Silence,
  work: (to: Attempt) => Promise<{ readonly value: T; readonly error?: unknown }>,
  peer: Peer = { host, user: '', password: '' },
): Promise<Tried<T>> {
  const startedAtMs = Date.now();
  const started = performance.now();
  const took = (): Pick<Tried<T>, 'startedAtMs' | 'elapsedMs'> => ({
    startedAtMs,
    elapsedMs: performance.now() - started,
  });
  try {
    const answer = await attempt(host, timeoutMs, signal, (to) => {
      to.enter(silence);
      return work(to);
    });
    return { ...took(), ...answer };
  } catch (error) {
    signal?.throwIfAborted();
    if (isCancellation(error)) {
      throw error;
    }
    return { ...took(), error: connectError(error, peer) };
  }
}

/** The system's resolver cannot be stopped; its late answer is left alone. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const resolverSilent =
  (host: string): Silence =>
  (within) =>
    new AppError('sqlHostNotFound', {
      source: 'SQL',
      subject: host,
      serviceCode: 'ETIMEDOUT',
      reason: `no answer from the resolver within ${within}`,
    });

function resolvers(): readonly string[] {
  try {
    return getServers();
  } catch {
    return [];
  }
}

const outcomes: Readonly<Record<string, TcpOutcome>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'noRoute',
  ENETUNREACH: 'noRoute',
  EHOSTDOWN: 'noRoute',
  ENETDOWN: 'noRoute',
  EADDRNOTAVAIL: 'noRoute',
  EACCES: 'forbiddenHere',
  EPERM: 'forbiddenHere',
};

function tcpOutcome(error: unknown): Pick<TcpTry, 'outcome' | 'code'> {
  if (error === undefined) {
    return { outcome: 'connected' };
  }
  const code = AppError.is(error) ? error.details.serviceCode : undefined;
  return { outcome: outcomes[code ?? ''] ?? 'failed', ...(code !== undefined && { code }) };
}

function noneConnected(host: string, tries: readonly TcpTry[]): AppError {
  const said = [...new Set(tries.map(({ outcome, code }) => tcpWords[outcome] || (code ?? outcome)))];
  return new AppError('sqlUnreachable', { source: 'SQL', subject: host, reason: said.join(', ') });
}

const tcpWords: Readonly<Record<TcpOutcome, string>> = {
  connected: '',
  refused: 'the connection was refused',
  timeout: 'no answer',
  noRoute: 'no route to it',
  forbiddenHere: 'this machine forbids it',
  failed: '',
};
