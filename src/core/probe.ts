/** What trying to reach a database found out, stage by stage. */

/** One thing that was tried; it worked when there is no error. */
export interface Tried<T> {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly elapsedMs: number;
  /** What was found; may be there beside an error. */
  readonly value?: T;
  readonly error?: unknown;
}

export const worked = (tried: Tried<unknown> | undefined): boolean =>
  tried !== undefined && tried.error === undefined;

export interface NameAnswer {
  readonly addresses: readonly string[];
  /** Whom this machine asks, as far as it tells. */
  readonly resolvers: readonly string[];
}

export type TcpOutcome =
  | 'connected'
  | 'refused'
  /** No answer in time: something on the way drops the packets. */
  | 'timeout'
  | 'noRoute'
  /** This machine itself forbids it. */
  | 'forbiddenHere'
  | 'failed';

export interface TcpTry {
  readonly address: string;
  readonly outcome: TcpOutcome;
  readonly elapsedMs: number;
  /** The system's own code, for example `ECONNREFUSED`. */
  readonly code?: string;
}

export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** As the certificate has them. */
  readonly validFrom: string;
  readonly validTo: string;
}

export interface TlsFacts {
  /** For example `TLSv1.3`. */
  readonly protocol: string;
  /** Undefined when the server showed none. */
  readonly certificate?: ShownCertificate;
  /** Whether one of its names is the host's. */
  readonly namesHost: boolean;
}

/** Each stage is there once it was tried; after one that failed no further one is. */
export interface DomainProbe {
  readonly dns?: Tried<NameAnswer>;
  /** One try for each address, all at once. */
  readonly tcp?: Tried<readonly TcpTry[]>;
  /** Takes the place of the two before where the route is a bastion. */
  readonly tunnel?: Tried<undefined>;
  readonly greeting?: Tried<{ readonly serverVersion: string }>;
  readonly tls?: Tried<TlsFacts>;
}

export type ProbeStage = keyof DomainProbe;
