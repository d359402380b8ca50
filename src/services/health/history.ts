import * as v from 'valibot';
import { healthLevels } from '../../core/health';
import type { Log, StateStore } from '../../core/ports';
import type { EndpointRef } from '../connections';
import { endpointKey } from '../connections';

const changeSchema = v.object({
  atMs: v.number(),
  level: v.picklist(healthLevels),
  word: v.string(),
  explanation: v.string(),
  /** Not a change: how it was when it was seen first. */
  isFirst: v.optional(v.boolean()),
});
const historySchema = v.record(v.string(), v.array(changeSchema));

/** What the health of an endpoint became, and when. */
export type PastHealth = v.InferOutput<typeof changeSchema>;

const mostOfOne = 50;
const mostEndpoints = 500;

/** The changes of health that were seen, the newest first; kept over windows, without anything secret. */
export class HealthHistory {
  private kept: Readonly<Record<string, readonly PastHealth[]>> | undefined;
  /** Set while what has changed waits to be written. */
  private writing: Promise<void> | undefined;

  constructor(
    private readonly state: StateStore,
    private readonly key: string,
    private readonly log: Log,
  ) {}

  of(ref: EndpointRef): readonly PastHealth[] {
    return this.all()[endpointKey(ref)] ?? [];
  }

  /** The changes of every endpoint, the newest first. */
  recent(): readonly (PastHealth & EndpointRef)[] {
    return Object.entries(this.all())
      .flatMap(([key, changes]) => {
        const [instanceId = '', endpointId = ''] = key.split('/');
        return changes
          .filter(({ isFirst }) => isFirst !== true)
          .map((change) => ({ ...change, instanceId, endpointId }));
      })
      .sort((a, b) => b.atMs - a.atMs);
  }

  add(ref: EndpointRef, change: PastHealth): void {
    const key = endpointKey(ref);
    const { [key]: before = [], ...others } = this.all();
    // The endpoint that changed last comes first, and the one that has been quiet for longest goes.
    const kept = [[key, [change, ...before].slice(0, mostOfOne)] as const, ...Object.entries(others)];
    this.kept = Object.fromEntries(kept.slice(0, mostEndpoints));
    this.keep();
  }

  /** Once for all that change at the same time. */
  private keep(): void {
    this.writing ??= Promise.resolve()
      .then(() => {
        this.writing = undefined;
        return this.state.set(this.key, this.kept);
      })
      .catch((error: unknown) => this.log.error('Keep the history of health: failed', error));
  }

  private all(): Readonly<Record<string, readonly PastHealth[]>> {
    if (this.kept === undefined) {
      const parsed = v.safeParse(historySchema, this.state.get(this.key));
      this.kept = parsed.success ? parsed.output : {};
    }
    return this.kept;
  }
}
