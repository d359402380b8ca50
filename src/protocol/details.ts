import * as v from 'valibot';
import type { HealthLevel } from '../core/health';

/** What the details panel of one endpoint shows. */
export interface DetailsState {
  /** What is kept over a reload: ids only. */
  readonly ref: { readonly instanceId: string; readonly endpointId: string };
  readonly sandbox: boolean;
  readonly title: string;
  /** The instance's name, or its id while that is not known. */
  readonly instance: string;
  /** Undefined while the clouds have not told. */
  readonly health?: {
    readonly level: HealthLevel;
    readonly word: string;
    readonly explanation: string;
    /** Undefined while it was seen once only. */
    readonly sinceMs?: number;
  };
  /** Undefined, with all that follows of the endpoint itself, where no cloud shows it. */
  readonly endpoint?: EndpointFacts;
  readonly timeline: readonly DetailChange[];
  readonly actions: readonly DetailAction[];
  readonly loading: boolean;
  /** Why something of it is missing. */
  readonly problems: readonly DetailsProblem[];
}

export interface EndpointFacts {
  readonly groups: readonly DetailGroup[];
  /** Undefined where Alibaba Cloud does not show the endpoint to this account. */
  readonly zones?: readonly DetailZone[];
  readonly securityGroups?: readonly DetailSecurityGroup[];
  readonly latency: readonly LatencyPoint[];
}

export interface LatencyPoint {
  readonly atMs: number;
  /** Undefined: it did not answer. */
  readonly latencyMs?: number;
}

export interface DetailAction {
  readonly id: string;
  readonly label: string;
}

export interface DetailsProblem {
  readonly message: string;
  readonly nextStep: string;
  readonly actions: readonly DetailAction[];
}

/** What the health became, and when; the newest comes first. */
export interface DetailChange {
  readonly atMs: number;
  readonly level: HealthLevel;
  readonly word: string;
  readonly explanation: string;
  /** Not a change: how it was when it was seen first. */
  readonly isFirst?: boolean;
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
  /** How many rules there are beside these; absent where there are none. */
  readonly others?: string;
}

/** The names of the values that can be copied: the same for the page, which asks, and the host, which copies. */
export const copyIds = {
  health: 'health',
  fact: (group: string, label: string): string => `fact/${group}/${label}`,
  zone: (
    zoneId: string,
    part: keyof Pick<DetailZone, 'zoneId' | 'status' | 'ip' | 'vSwitchId' | 'networkInterfaceId'>,
  ): string => `zone/${zoneId}/${part}`,
  securityGroup: (id: string, part: keyof Pick<DetailSecurityGroup, 'id' | 'status' | 'answer'>): string =>
    `group/${id}/${part}`,
  rule: (groupId: string, rule: string): string => `rule/${groupId}/${rule}`,
  change: ({ atMs, word }: DetailChange): string => `change/${atMs}/${word}`,
} as const;

/** Everything that can be copied, by its name. */
export function copyables({ health, endpoint, timeline }: DetailsState): ReadonlyMap<string, string> {
  const { groups = [], zones = [], securityGroups = [] } = endpoint ?? {};
  const values: readonly (readonly [id: string, value: string])[] = [
    ...(health === undefined ? [] : [[copyIds.health, `${health.word}: ${health.explanation}`] as const]),
    ...groups.flatMap(({ name, facts }) =>
      facts.map(({ label, value }) => [copyIds.fact(name, label), value] as const),
    ),
    ...zones.flatMap((zone) =>
      (['zoneId', 'status', 'ip', 'vSwitchId', 'networkInterfaceId'] as const).map(
        (part) => [copyIds.zone(zone.zoneId, part), zone[part]] as const,
      ),
    ),
    ...securityGroups.flatMap((group) => [
      ...(['id', 'status', 'answer'] as const).map(
        (part) => [copyIds.securityGroup(group.id, part), group[part]] as const,
      ),
      ...group.rules.map((rule) => [copyIds.rule(group.id, rule), rule] as const),
    ]),
    ...timeline.map((change) => [copyIds.change(change), changeText(change)] as const),
  ];
  return new Map(values.filter(([, value]) => value !== ''));
}

function changeText({ atMs, word, explanation, isFirst }: DetailChange): string {
  const first = isFirst === true ? ' (when first seen)' : '';
  return `${new Date(atMs).toISOString()} ${word}${first}: ${explanation}`;
}

export const fromDetailsSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('refresh') }),
  /** One of the state's values, by its name; answered once it is in the clipboard. */
  v.strictObject({
    type: v.literal('copy'),
    requestId: v.pipe(v.number(), v.safeInteger()),
    id: v.pipe(v.string(), v.maxLength(1000)),
  }),
  /** The id of one of the actions of the state or of its problems. */
  v.strictObject({ type: v.literal('act'), action: v.pipe(v.string(), v.maxLength(100)) }),
]);

export type FromDetails = v.InferOutput<typeof fromDetailsSchema>;
