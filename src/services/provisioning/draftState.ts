import { Emitter } from '../../core/emitter';
import { isCancellation } from '../../core/errors';
import type {
  EndpointService,
  NewIngressRule,
  PrivateLinkService,
  SecurityGroup,
  Vpc,
  VpcEndpoint,
  VSwitch,
} from '../../core/model';
import type { PortCheck } from '../../core/portCheck';
import type { Log } from '../../core/ports';
import type { Account } from '../accounts';

export type Verification =
  | { readonly outcome: 'none' | 'checking' }
  | { readonly outcome: 'verified'; readonly service: EndpointService }
  /** `problem`: seen without asking. `otherService`: it exists, but is not the instance's. */
  | { readonly outcome: 'refused'; readonly reason: 'problem'; readonly problem: string }
  | { readonly outcome: 'refused'; readonly reason: 'notListed' | 'otherService' }
  | { readonly outcome: 'refused'; readonly reason: 'failed'; readonly error: unknown };

/** A tag that the person wants on the endpoint beside the extension's own. */
export interface TagRow {
  readonly id: string;
  readonly key: string;
  readonly value: string;
}

/** Whether the chosen security groups together let the VPC reach the service port. */
export interface PortState {
  readonly check: PortCheck;
  /** What would open it, to be added to the first chosen group; empty where nothing is missing or nothing would help. */
  readonly missing: readonly NewIngressRule[];
}

/** What the person has chosen so far and what there is to choose from. Immutable; replaced on every change. */
export interface Draft {
  readonly mode: 'automatic' | 'byHand';
  readonly instanceId?: string;
  /** Those of Alibaba Cloud in which the endpoint can be made. */
  readonly accounts: readonly Account[];
  readonly accountId?: string;
  readonly service?: PrivateLinkService;
  /** When the service was first seen Creating, while it is. */
  readonly serviceCreatingSinceMs?: number;
  readonly serviceError?: unknown;
  readonly serviceName: string;
  readonly verification: Verification;
  readonly name: string;
  readonly tags: readonly TagRow[];
  readonly activity?: 'networks' | 'network' | 'rule' | 'dryRun';
  readonly networkError?: unknown;
  /** Whether PrivateLink is activated on the account; unknown where it could not be asked. */
  readonly privateLink: 'unknown' | 'open' | 'closed' | 'opening';
  readonly vpcs: readonly Vpc[];
  readonly vpcId?: string;
  readonly vSwitches: readonly VSwitch[];
  /** Those that a person can use. */
  readonly securityGroups: readonly SecurityGroup[];
  readonly securityGroupIds: readonly string[];
  readonly port?: PortState;
  /** Zone id → vSwitch id. */
  readonly zones: ReadonlyMap<string, string>;
  /** Endpoints for this instance's service that the chosen VPC has already. */
  readonly existing: readonly VpcEndpoint[];
  /** Typed by hand in step 3. */
  readonly endpointId: string;
  readonly domainName: string;
}

export const emptyDraft: Draft = {
  mode: 'automatic',
  accounts: [],
  serviceName: '',
  verification: { outcome: 'none' },
  name: '',
  tags: [],
  privateLink: 'unknown',
  vpcs: [],
  vSwitches: [],
  securityGroups: [],
  securityGroupIds: [],
  zones: new Map(),
  existing: [],
  endpointId: '',
  domainName: '',
};

/** The draft with some of its optional parts left out. */
export function without<K extends keyof Draft>(draft: Draft, ...keys: readonly K[]): Omit<Draft, K> {
  const rest = { ...draft };
  for (const key of keys) {
    Reflect.deleteProperty(rest, key);
  }
  return rest;
}

/** The draft that its parts work on together. */
export class DraftStore {
  private draft: Draft = emptyDraft;
  private readonly changed: Emitter<Draft>;

  constructor(private readonly log: Log) {
    this.changed = new Emitter((error) => log.error('A listener of the draft failed', error));
  }

  get state(): Draft {
    return this.draft;
  }

  get onDidChange(): Emitter<Draft>['event'] {
    return this.changed.event;
  }

  set(draft: Draft): void {
    this.draft = draft;
    this.changed.fire(draft);
  }

  update(change: Partial<Draft>): void {
    this.set({ ...this.draft, ...change });
  }

  /** Does what needs a cloud; a failure is kept for the person to see, unless nobody waits for it any more. */
  async attempt(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (signal.aborted || isCancellation(error)) {
        return;
      }
      this.log.error('Load the choices for a new endpoint: failed', error);
      this.set({ ...without(this.draft, 'activity'), networkError: error });
    }
  }
}

export function renew(before: AbortController): AbortController {
  before.abort();
  return new AbortController();
}
