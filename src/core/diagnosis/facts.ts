import type {
  VpcEndpoint,
  EndpointConnection,
  EndpointZone,
  Instance,
  NewIngressRule,
  PrivateLinkService,
} from '../model';
import type { PortCheck } from '../portCheck';
import type { SqlRoute } from '../ports';
import type { DomainProbe, NameAnswer, Tried } from '../probe';

/** Why something was not tried. */
export type SkipReason =
  | 'notSignedIn'
  /** No password is kept. */
  | 'noPassword'
  /** What it needs has failed or is not there. */
  | 'needsEarlier'
  /** The name is resolved on the bastion's side. */
  | 'farSide'
  /** The clouds have no domain for it yet. */
  | 'noDomain'
  | 'cancelled';

export interface Skipped {
  readonly skipped: SkipReason;
}

/** Undefined while it is still to come. */
export type Fact<T> = Tried<T> | Skipped | undefined;

export const valueOf = <T>(fact: Fact<T>): T | undefined =>
  fact === undefined || 'skipped' in fact ? undefined : fact.value;

export const errorOf = (fact: Fact<unknown>): unknown =>
  fact === undefined || 'skipped' in fact ? undefined : fact.error;

export const isDone = (fact: Fact<unknown>): boolean =>
  fact !== undefined && !('skipped' in fact) && fact.error === undefined;

export interface MachineFacts {
  /** Undefined when it is no ECS instance or does not tell. */
  readonly vpcId: string | undefined;
  readonly addresses: readonly string[];
}

export interface PortFacts {
  readonly check: PortCheck;
  readonly groupIds: readonly string[];
  /** Whom the rules were checked for. */
  readonly sources: readonly string[];
  /** `here`: this machine's own addresses; `vpc`: the whole of the endpoint's VPC. */
  readonly from: 'here' | 'vpc';
  /** Rules that would let these in, for the first group. */
  readonly missing: readonly NewIngressRule[];
}

/** All that one diagnosis knows so far. */
export interface DiagnosisFacts {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly endpointId: string;
  readonly regionId: string;
  readonly startedAtMs: number;
  readonly finished: boolean;
  readonly cancelled: boolean;
  readonly sandbox: boolean;
  readonly remoteName?: string;
  readonly route: SqlRoute;
  /** As the connection names it; undefined while there is none. */
  readonly host?: string;
  readonly port?: number;
  readonly user: string;

  readonly machine?: Fact<MachineFacts>;
  readonly endpointDns?: Fact<NameAnswer>;
  /** The stages of the way; undefined ones are to come or, once the probe is over, were not reached. */
  readonly probe: DomainProbe;
  readonly probing: boolean;
  readonly login?: Fact<{ readonly serverVersion: string }>;
  readonly query?: Fact<{ readonly version: string; readonly user: string }>;
  readonly caCertificate?: Fact<{ readonly kept: boolean }>;

  readonly instance?: Fact<Instance>;
  readonly service?: Fact<PrivateLinkService>;
  /** Value `undefined`: TiDB Cloud has none. */
  readonly connection?: Fact<EndpointConnection | undefined>;
  readonly endpoint?: Fact<VpcEndpoint | undefined>;
  readonly zones?: Fact<readonly EndpointZone[]>;
  readonly ports?: Fact<PortFacts>;
}
