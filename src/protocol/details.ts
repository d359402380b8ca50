import * as v from 'valibot';
import type { HealthLevel } from '../core/health';

/** What the details panel of one endpoint shows. */
export interface DetailsState {
  /** What is kept over a reload: ids only. */
  readonly ref: { readonly instanceId: string; readonly endpointId: string };
  readonly sandbox: boolean;
  readonly title: string;
  /** The instance's name. */
  readonly instance: string;
  readonly health: {
    readonly level: HealthLevel;
    readonly word: string;
    readonly explanation: string;
    /** Undefined while it was seen once only. */
    readonly sinceMs?: number;
  };
  readonly groups: readonly DetailGroup[];
  /** Undefined where Alibaba Cloud does not show the endpoint to this account. */
  readonly zones?: readonly DetailZone[];
  readonly securityGroups?: readonly DetailSecurityGroup[];
  /** The newest first. */
  readonly timeline: readonly {
    readonly atMs: number;
    readonly level: HealthLevel;
    readonly word: string;
    readonly explanation: string;
  }[];
  readonly latency: readonly { readonly atMs: number; readonly latencyMs?: number }[];
  readonly actions: readonly { readonly id: string; readonly label: string }[];
  readonly loading: boolean;
  /** Why something of it is missing. */
  readonly problem?: {
    readonly message: string;
    readonly nextStep: string;
    readonly actions: readonly { readonly id: string; readonly label: string }[];
  };
}

export interface DetailGroup {
  readonly name: string;
  readonly facts: readonly DetailFact[];
}

export interface DetailFact {
  readonly label: string;
  readonly value: string;
  /** For a value that is a state. */
  readonly level?: HealthLevel;
  /** A sentence about the value. */
  readonly note?: string;
}

export interface DetailZone {
  readonly zoneId: string;
  readonly status: string;
  readonly level: HealthLevel;
  readonly ip: string;
  readonly vSwitchId: string;
  readonly networkInterfaceId: string;
}

export interface DetailSecurityGroup {
  readonly id: string;
  readonly status: string;
  /** Whether TCP on the service port is let in from the VPC. */
  readonly answer: string;
  readonly level: HealthLevel;
  /** The rules about that port, in the order in which they are looked at. */
  readonly rules: readonly string[];
}

export const fromDetailsSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('refresh') }),
  /** A value that is shown; the host copies it only if it is. */
  v.strictObject({ type: v.literal('copy'), value: v.pipe(v.string(), v.maxLength(1000)) }),
  /** The id of one of the state's actions. */
  v.strictObject({ type: v.literal('act'), action: v.pipe(v.string(), v.maxLength(100)) }),
]);

export type FromDetails = v.InferOutput<typeof fromDetailsSchema>;
