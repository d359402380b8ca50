import * as v from 'valibot';
import { healthLevels } from '../../core/health';
import type { Log, StateStore } from '../../core/ports';
import { isSame } from '../../core/settling';
import type { EndpointRef } from '../connections';
import { endpointKey } from '../connections';

const changeSchema = v.object({
  atMs: v.number(),
  level: v.picklist(healthLevels),
  word: v.string(),
  explanation: v.string(),
  /** Not a change: how it was when it was seen first. */
  isFirst: v.optional(v.boolean()),
  /** A window has told the person. */
  isTold: v.optional(v.boolean()),
});
const historySchema = v.record(v.string(), v.array(changeSchema));

/** What the health of an endpoint became, and when. */
export type PastHealth = v.InferOutput<typeof changeSchema>;

const mostOfOne = 50;
const mostEndpoints = 500;

type Changes = Readonly<Record<string, readonly PastHealth[]>>;

/**
 * The changes of health that were seen, the newest first; kept over windows, without anything secret. Every window adds to
 * it, so each reads what the others have written before it writes.
 */
export class HealthHistory {
  /** As last read from the state. */
  private read: { readonly raw: unknown; readonly changes: Changes } | undefined;
  /** What waits to be written. */
  private unwritten: Changes | undefined;

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

  /** Adds what an endpoint has become, where no other window has done so already. */
  add(ref: EndpointRef, change: PastHealth): void {
    const key = endpointKey(ref);
    const { [key]: before = [], ...others } = this.all();
    if (before[0] !== undefined && isSame(before[0], change)) {
      return;
    }
    // The endpoint that changed last comes first, and the one that has been quiet for longest goes.
    const kept = [[key, [change, ...before].slice(0, mostOfOne)] as const, ...Object.entries(others)];
    this.keep(Object.fromEntries(kept.slice(0, mostEndpoints)));
  }

  /** True for the one window that is to tell the person what an endpoint has become: the first one that asks. */
  claim(ref: EndpointRef, verdict: Pick<PastHealth, 'level' | 'word'>): boolean {
    const told = this.of(ref).find((change) => isSame(change, verdict));
    if (told?.isTold === true) {
      return false;
    }
    if (told !== undefined) {
      const changes = this.of(ref).map((change) => (change === told ? { ...told, isTold: true } : change));
      this.keep({ ...this.all(), [endpointKey(ref)]: changes });
    }
    return true;
  }

  /** Written once for all that change at the same time. */
  private keep(changes: Changes): void {
    const isDue = this.unwritten === undefined;
    this.unwritten = changes;
    if (isDue) {
      Promise.resolve()
        .then(() => {
          const { unwritten } = this;
          this.unwritten = undefined;
          if (unwritten !== undefined) {
            this.read = { raw: unwritten, changes: unwritten };
          }
          return this.state.set(this.key, unwritten);
        })
        .catch((error: unknown) => this.log.error('Keep the history of health: failed', error));
    }
  }

  private all(): Changes {
    if (this.unwritten !== undefined) {
      return this.unwritten;
    }
    const raw = this.state.get(this.key);
    if (this.read === undefined || this.read.raw !== raw) {
      const parsed = v.safeParse(historySchema, raw);
      this.read = { raw, changes: parsed.success ? parsed.output : {} };
    }
    return this.read.changes;
  }
}
