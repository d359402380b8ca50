import type { EndpointService, PrivateLinkService, SecurityGroup, Vpc, VSwitch } from '../../core/model';
import type { PortCheck } from '../../core/portCheck';

export type Verification =
  | { readonly outcome: 'none' | 'checking' }
  | { readonly outcome: 'verified'; readonly service: EndpointService }
  | { readonly outcome: 'refused'; readonly reason: 'notListed' | 'failed'; readonly error?: unknown };

/** What the person has chosen so far and what there is to choose from. Immutable; replaced on every change. */
export interface Draft {
  readonly mode: 'automatic' | 'byHand';
  readonly instanceId?: string;
  readonly service?: PrivateLinkService;
  readonly serviceError?: unknown;
  readonly serviceName: string;
  readonly verification: Verification;
  readonly name: string;
  readonly activity?: 'networks' | 'network' | 'dryRun';
  readonly networkError?: unknown;
  readonly vpcs: readonly Vpc[];
  readonly vpcId?: string;
  readonly vSwitches: readonly VSwitch[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly securityGroupId?: string;
  readonly portCheck?: PortCheck;
  /** Zone id → vSwitch id. */
  readonly zones: ReadonlyMap<string, string>;
  /** Typed by hand in step 3. */
  readonly endpointId: string;
  readonly domainName: string;
}

export const emptyDraft: Draft = {
  mode: 'automatic',
  serviceName: '',
  verification: { outcome: 'none' },
  name: '',
  vpcs: [],
  vSwitches: [],
  securityGroups: [],
  zones: new Map(),
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
