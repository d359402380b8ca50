import { Emitter } from '../../core/emitter';
import type { Verdict } from '../../core/health';
import { jointVerdict, type HealthFacts } from '../../core/jointHealth';
import type { EndpointZone } from '../../core/model';
import type { Log } from '../../core/ports';
import type { Reach } from '../../core/reach';
import { settle, type HealthChange, type Settled } from '../../core/settling';
import { endpointKey, type EndpointRef } from '../connections';
import type { HealthHistory } from './history';

export interface LatencySample {
  readonly atMs: number;
  /** Undefined: it did not answer. */
  readonly latencyMs: number | undefined;
}

/** What is known of the health of one endpoint. */
export interface EndpointRecord {
  /** What is told; see `settle`. */
  readonly verdict: Verdict;
  readonly sinceMs: number;
  /** Undefined while this machine has not tried. */
  readonly reach: Reach | undefined;
  /** As last read; undefined while they were not. */
  readonly zones: readonly EndpointZone[] | undefined;
  /** The last ones, the oldest first. */
  readonly samples: readonly LatencySample[];
}

interface Page extends Pick<EndpointRecord, 'zones' | 'samples'> {
  readonly settled: Settled;
  readonly reach: Reach | undefined;
}

export interface SettledChange extends HealthChange {
  readonly ref: EndpointRef;
}

const mostSamples = 120;

/** The health of every endpoint that is followed, settled, with what this machine has measured. */
export class HealthBook {
  private readonly pages = new Map<string, Page>();
  private readonly settledChange: Emitter<SettledChange>;

  constructor(
    private readonly history: HealthHistory,
    log: Log,
  ) {
    this.settledChange = new Emitter((error) => log.error('A listener of the health failed', error));
  }

  /** Fires once for each change that has settled. */
  get onDidSettle(): Emitter<SettledChange>['event'] {
    return this.settledChange.event;
  }

  /** True while something was seen that has not lasted long enough to be told. */
  get isUnsettled(): boolean {
    return [...this.pages.values()].some(({ settled }) => settled.next !== undefined);
  }

  of(ref: EndpointRef): EndpointRecord | undefined {
    const page = this.pages.get(endpointKey(ref));
    if (page === undefined) {
      return undefined;
    }
    const { settled, ...measured } = page;
    return { verdict: settled.verdict, sinceMs: settled.sinceMs, ...measured };
  }

  /** Takes in what was seen of an endpoint. What was not looked at this time counts as it was. */
  note(facts: HealthFacts, nowMs: number): void {
    const { instanceId, endpointId } = facts.endpoint;
    const key = endpointKey(facts.endpoint);
    const before = this.pages.get(key);
    const { reach = before?.reach, zones = before?.zones } = facts;
    const { settled, change } = settle(before?.settled, jointVerdict({ ...facts, reach, zones }), nowMs);
    this.pages.set(key, {
      settled,
      reach,
      zones,
      samples: withSample(before?.samples ?? [], facts.reach, nowMs),
    });
    if (change !== undefined) {
      this.history.add(facts.endpoint, { ...change.to, atMs: change.atMs });
      this.settledChange.fire({ ...change, ref: { instanceId, endpointId } });
    }
  }

  /** The network of this machine may be another one now: what was measured says nothing about it. */
  forgetReach(): void {
    for (const [key, page] of this.pages) {
      this.pages.set(key, { ...page, reach: undefined });
    }
  }
}

function withSample(
  samples: readonly LatencySample[],
  reach: Reach | undefined,
  atMs: number,
): readonly LatencySample[] {
  if (reach === undefined || reach.kind === 'notFromHere') {
    return samples;
  }
  const latencyMs = reach.kind === 'reached' ? reach.latencyMs : undefined;
  return [...samples.slice(1 - mostSamples), { atMs, latencyMs }];
}
