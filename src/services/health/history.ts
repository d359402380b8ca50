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
});
const historySchema = v.record(v.string(), v.array(changeSchema));

/** What the health of an endpoint became, and when. */
export type PastHealth = v.InferOutput<typeof changeSchema>;

const mostOfOne = 50;
const mostEndpoints = 500;

/** The changes of health that were seen, the newest first; kept over windows, without anything secret. */
export class HealthHistory {
  private kept: Readonly<Record<string, readonly PastHealth[]>> | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly state: StateStore,
    private readonly key: string,
    private readonly log: Log,
  ) {}

  of(ref: EndpointRef): readonly PastHealth[] {
    return this.all()[endpointKey(ref)] ?? [];
  }

  /** Of every endpoint, the newest first. */
  recent(): readonly (PastHealth & EndpointRef)[] {
    return Object.entries(this.all())
      .flatMap(([key, changes]) => {
        const [instanceId = '', endpointId = ''] = key.split('/');
        return changes.map((change) => ({ ...change, instanceId, endpointId }));
      })
      .sort((a, b) => b.atMs - a.atMs);
  }

  add(ref: EndpointRef, change: PastHealth): void {
    const key = endpointKey(ref);
    const { [key]: before = [], ...others } = this.all();
    // The endpoint that changed last comes first, and the one that has been quiet for longest goes.
    const kept = [[key, [change, ...before].slice(0, mostOfOne)] as const, ...Object.entries(others)];
    this.kept = Object.fromEntries(kept.slice(0, mostEndpoints));
    const next = this.kept;
    this.writing = this.writing
      .then(() => this.state.set(this.key, next))
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
