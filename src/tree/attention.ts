import { verdictOf, type PrivateEndpoint, type Verdict } from '../core/health';
import type { HealthBook } from '../services/health/book';
import { grouped } from '../core/counted';
import type { Inventory } from '../services/inventory';

export interface InstanceAttention {
  readonly worst: 'failed' | 'attention';
  /** How many of its endpoints need the person. */
  readonly count: number;
}

/** `1 needs attention`, `3 need attention`; undefined where nothing does. */
export const attentionWords = (count: number): string | undefined =>
  count === 0 ? undefined : `${grouped(count)} ${count === 1 ? 'needs' : 'need'} attention`;

/** What the rows know of the health of endpoints beyond the states of both clouds. */
export type EndpointHealthSource = Pick<HealthBook, 'of'>;

/** What has settled: nothing alarms before. */
const toldOf = (health: EndpointHealthSource, endpoint: PrivateEndpoint): Verdict =>
  health.of(endpoint)?.verdict ?? verdictOf(endpoint);

/** Which instances have endpoints that need the person. Kept up to date one instance at a time. */
export class Attention {
  private readonly byInstance = new Map<string, InstanceAttention>();
  private sum = 0;

  constructor(
    private readonly inventory: Inventory,
    private readonly health: EndpointHealthSource,
  ) {}

  get count(): number {
    return this.sum;
  }

  of(instanceId: string): InstanceAttention | undefined {
    return this.byInstance.get(instanceId);
  }

  /** How many endpoints of these instances need the person. */
  within(belongs: (instanceId: string) => boolean): number {
    let sum = 0;
    for (const [instanceId, { count }] of this.byInstance) {
      sum += belongs(instanceId) ? count : 0;
    }
    return sum;
  }

  /** Looks at one instance again. True when what is shown of it changes. */
  update(instanceId: string): boolean {
    const before = this.byInstance.get(instanceId);
    const next = this.read(instanceId);
    if (before?.count === next?.count && before?.worst === next?.worst) {
      return false;
    }
    this.sum += (next?.count ?? 0) - (before?.count ?? 0);
    if (next === undefined) {
      this.byInstance.delete(instanceId);
    } else {
      this.byInstance.set(instanceId, next);
    }
    return true;
  }

  /** Forgets instances that are not listed any more. Returns these. */
  prune(): readonly string[] {
    return [...this.byInstance.keys()].filter(
      (instanceId) => this.inventory.instance(instanceId) === undefined && this.update(instanceId),
    );
  }

  private read(instanceId: string): InstanceAttention | undefined {
    const { value } = this.inventory.details(instanceId);
    if (value === undefined || this.inventory.instance(instanceId) === undefined) {
      return undefined;
    }
    const levels = value.endpoints
      .map((endpoint) => toldOf(this.health, endpoint).level)
      .filter((level) => level === 'failed' || level === 'attention');
    return levels.length === 0
      ? undefined
      : { worst: levels.includes('failed') ? 'failed' : 'attention', count: levels.length };
  }
}
