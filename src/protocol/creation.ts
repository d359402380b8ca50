import * as v from 'valibot';

/**
 * What the creation panel shows and what a person can ask of it. The host owns the state and sends it whole; the
 * webview renders it and sends intents, never state.
 */

export type StepStatus = 'todo' | 'current' | 'working' | 'waiting' | 'done' | 'failed';

export interface Choice {
  readonly id: string;
  readonly label: string;
  /** Shown beside the label, for example a CIDR block or the number of free addresses. */
  readonly detail?: string;
  /** Why it cannot be chosen; absent when it can. */
  readonly unusable?: string;
}

export interface ProblemAction {
  readonly id: string;
  readonly label: string;
}

export interface Problem {
  readonly message: string;
  readonly nextStep: string;
  readonly actions: readonly ProblemAction[];
}

export interface ZoneChoice {
  readonly zoneId: string;
  readonly vSwitches: readonly Choice[];
  /** Undefined when the zone is not chosen. */
  readonly vSwitchId?: string;
  /** Why the zone cannot be used; absent when it can. */
  readonly unusable?: string;
}

/** How long something lasts: the webview counts the elapsed time itself. */
export interface Wait {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly usualMs: number;
}

export interface TagChoice {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly problem?: string;
}

/** One thing that is being taken away. */
export interface RemovalPart {
  readonly label: string;
  readonly status: StepStatus;
  /** The id of what goes. */
  readonly detail?: string;
}

export interface CreationState {
  readonly sandbox: boolean;
  /** byHand: without Alibaba Cloud credentials; the person creates the endpoint in the console. */
  readonly mode: 'automatic' | 'byHand';
  /** Another window works on this creation: nothing can be done here but look and copy. */
  readonly readOnly: boolean;
  readonly canCancel: boolean;
  /** Concerns the panel as a whole, for example that the instances cannot be listed. */
  readonly problem?: Problem;
  /** Creations that are not finished and whose instance is gone. */
  readonly lost: readonly { readonly creationId: string; readonly name: string; readonly text: string }[];
  /** Takes the place of the steps while something is taken away, and after. */
  readonly removal?: {
    readonly status: StepStatus;
    /** In the order in which they go. */
    readonly parts: readonly RemovalPart[];
    readonly activity?: string;
    readonly problem?: Problem;
  };
  readonly instance: {
    readonly status: StepStatus;
    readonly loading: boolean;
    readonly choices: readonly Choice[];
    readonly instanceId?: string;
    readonly service?: {
      readonly name: string;
      readonly state: string;
      readonly zones: readonly string[];
      readonly regionId: string;
      readonly port: number;
    };
    /** While the private link service is being created. */
    readonly wait?: Wait;
    readonly problem?: Problem;
  };
  readonly endpoint: {
    readonly status: StepStatus;
    /** What is being loaded or done right now. */
    readonly activity?: string;
    readonly wait?: Wait;
    readonly regionId: string;
    /** The Alibaba Cloud accounts to choose from; only where there are several. */
    readonly accounts?: readonly Choice[];
    readonly accountId?: string;
    readonly name: string;
    readonly nameProblem?: string;
    readonly serviceName: string;
    readonly verification: {
      readonly outcome: 'none' | 'checking' | 'verified' | 'refused';
      readonly text?: string;
    };
    readonly vpcs: readonly Choice[];
    readonly vpcId?: string;
    readonly securityGroups: readonly Choice[];
    readonly securityGroupIds: readonly string[];
    /** Those that can be chosen beside the ones that are. */
    readonly moreSecurityGroups: readonly Choice[];
    /** Whether the chosen security groups let the VPC reach the service port. */
    readonly portCheck?: {
      readonly outcome: 'open' | 'closed' | 'unknown';
      readonly text: string;
      /** The rules that would open it, one line each; absent where there are none. */
      readonly rules?: readonly string[];
    };
    readonly zones: readonly ZoneChoice[];
    /** The zones of the service and those of the VPC; set once both are known. */
    readonly zonesOfBoth?: { readonly service: readonly string[]; readonly vpc: readonly string[] };
    readonly tags: readonly TagChoice[];
    readonly canAddTag: boolean;
    /** Endpoints for this service that the VPC has already. */
    readonly existing: readonly { readonly id: string; readonly text: string }[];
    readonly cost: string;
    readonly canCreate: boolean;
    /** Set once the endpoint exists. */
    readonly created?: {
      readonly id: string;
      readonly domainName: string;
      readonly status: string;
      readonly connectionStatus: string;
    };
    readonly problem?: Problem;
  };
  readonly acceptance: {
    readonly status: StepStatus;
    /** api: done by the extension; console: the person accepts in TiDB Cloud; byHand: the values are typed here. */
    readonly way: 'api' | 'console' | 'byHand';
    readonly activity?: string;
    readonly endpointId: string;
    readonly endpointIdProblem?: string;
    readonly domainName: string;
    readonly domainNameProblem?: string;
    readonly canCreate: boolean;
    /** Why the person has to do this step by hand, in the cloud's own words. */
    readonly refusal?: string;
    readonly problem?: Problem;
  };
  readonly active: {
    readonly status: StepStatus;
    /** TiDB Cloud's word for the connection's state, and what it means. */
    readonly connectionState?: string;
    readonly explanation?: string;
    readonly wait?: Wait;
    readonly host?: string;
    readonly port?: number;
    readonly problem?: Problem;
  };
}

export type ToCreation = { readonly type: 'state'; readonly state: CreationState };

const id = v.pipe(v.string(), v.maxLength(256));

export const fromCreationSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('chooseInstance'), instanceId: id }),
  v.strictObject({ type: v.literal('chooseMode'), mode: v.picklist(['automatic', 'byHand']) }),
  v.strictObject({ type: v.literal('chooseAccount'), accountId: id }),
  v.strictObject({ type: v.literal('typeServiceName'), serviceName: id }),
  v.strictObject({ type: v.literal('verify') }),
  v.strictObject({ type: v.literal('typeName'), name: id }),
  v.strictObject({ type: v.literal('chooseVpc'), vpcId: id }),
  /** securityGroupId empty: take away the one at that place. */
  v.strictObject({
    type: v.literal('chooseSecurityGroup'),
    index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9)),
    securityGroupId: id,
  }),
  v.strictObject({ type: v.literal('addRule') }),
  /** vSwitchId empty: do not use the zone. */
  v.strictObject({ type: v.literal('chooseVSwitch'), zoneId: id, vSwitchId: id }),
  v.strictObject({ type: v.literal('addTag') }),
  v.strictObject({ type: v.literal('removeTag'), tagId: id }),
  v.strictObject({ type: v.literal('typeTagKey'), tagId: id, text: id }),
  v.strictObject({ type: v.literal('typeTagValue'), tagId: id, text: id }),
  v.strictObject({ type: v.literal('createEndpoint') }),
  v.strictObject({ type: v.literal('exportAsCode') }),
  v.strictObject({ type: v.literal('useEndpoint'), endpointId: id }),
  v.strictObject({ type: v.literal('typeEndpointId'), endpointId: id }),
  v.strictObject({ type: v.literal('typeDomainName'), domainName: id }),
  v.strictObject({ type: v.literal('createConnection') }),
  v.strictObject({
    type: v.literal('copy'),
    what: v.picklist(['serviceName', 'zones', 'regionId', 'endpointId', 'domainName', 'host']),
  }),
  v.strictObject({
    type: v.literal('open'),
    what: v.picklist(['tidbCloud', 'alibabaCloud', 'pricing', 'guide']),
  }),
  v.strictObject({ type: v.literal('connect') }),
  v.strictObject({ type: v.literal('connectWith') }),
  v.strictObject({ type: v.literal('diagnose') }),
  v.strictObject({ type: v.literal('cancel') }),
  v.strictObject({ type: v.literal('giveUp'), creationId: id }),
  /** One of the actions of a shown problem. */
  v.strictObject({ type: v.literal('act'), action: v.pipe(v.string(), v.maxLength(64)) }),
]);

/** Every message the host accepts from the creation panel; anything else is refused. */
export type FromCreation = v.InferOutput<typeof fromCreationSchema>;
