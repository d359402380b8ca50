import { Emitter } from '../../core/emitter';
import type { Verdict } from '../../core/health';
import { jointVerdict, type HealthFacts } from '../../core/jointHealth';
import type { EndpointZone } from '../../core/model';
import type { Log } from '../../core/ports';
import type { Reach } from '../../core/reach';
import { isSame, settle, type HealthChange, type Settled } from '../../core/settling';
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
  /** As last seen: another than what is told while it has not settled. */
  readonly seen: Verdict;
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
/** Of so many endpoints, those measured last, samples are kept: nobody looks at charts of thousands. */
const mostCharts = 200;

/** The health of every endpoint that is followed, settled, with what this machine has measured. */
export class HealthBook {
  private readonly pages = new Map<string, Page>();
  /** Keys of the endpoints by their instance. */
  private readonly ofInstance = new Map<string, Set<string>>();
  /** Of those with samples, the one measured last comes last. */
  private readonly charts = new Set<string>();
  private readonly unsettled = new Set<string>();
  private readonly settledChange: Emitter<SettledChange>;
  private readonly noted: Emitter<EndpointRef>;

  constructor(
    private readonly history: HealthHistory,
    log: Log,
  ) {
    const onError = (error: unknown): void => log.error('A listener of the health failed', error);
    this.settledChange = new Emitter(onError);
    this.noted = new Emitter(onError);
  }

  /** Fires once for each change that has settled. */
  get onDidSettle(): Emitter<SettledChange>['event'] {
    return this.settledChange.event;
  }

  /** Fires when another health is seen of an endpoint, or told. */
  get onDidNote(): Emitter<EndpointRef>['event'] {
    return this.noted.event;
  }

  /** True while something was seen that has not lasted long enough to be told. */
  get isUnsettled(): boolean {
    return this.unsettled.size > 0;
  }

  /** Of the endpoints that are not settled. */
  unsettledInstances(): ReadonlySet<string> {
    return new Set([...this.unsettled].map((key) => key.slice(0, key.indexOf('/'))));
  }

  of(ref: EndpointRef): EndpointRecord | undefined {
    const page = this.pages.get(endpointKey(ref));
    if (page === undefined) {
      return undefined;
    }
    const { settled, ...measured } = page;
    const { verdict, sinceMs, next } = settled;
    return { verdict, sinceMs, seen: next?.verdict ?? verdict, ...measured };
  }

  /** Takes in what was seen of an endpoint. What was not looked at this time counts as it was. */
  note(facts: HealthFacts, nowMs: number): void {
    const { instanceId, endpointId } = facts.endpoint;
    const ref = { instanceId, endpointId };
    const key = endpointKey(ref);
    const last = this.of(ref);
    const before = this.pages.get(key);
    const { reach = before?.reach, zones = before?.zones } = facts;
    const verdict = jointVerdict({ ...facts, reach, zones });
    // What was not looked at this time is no second witness to itself.
    const isWitnessed = isSame(verdict, jointVerdict(facts));
    const { settled, change } =
      before === undefined
        ? this.open(ref, verdict, nowMs)
        : isWitnessed
          ? settle(before.settled, verdict, nowMs)
          : { settled: before.settled, change: undefined };
    this.write(ref, key, {
      settled,
      reach,
      zones,
      samples: withSample(before?.samples ?? [], facts.reach, nowMs),
    });
    const now = this.of(ref);
    if (now !== undefined && (last === undefined || !tellsTheSame(last, now))) {
      this.noted.fire(ref);
    }
    if (change !== undefined) {
      this.history.add(ref, { ...change.to, atMs: change.atMs });
      this.settledChange.fire({ ...change, ref });
    }
  }

  /** Forgets the endpoints of an instance that are not there any more. Their past stays in the history. */
  keepOnly(instanceId: string, endpoints: readonly EndpointRef[]): void {
    const there = new Set(endpoints.map(endpointKey));
    for (const key of this.ofInstance.get(instanceId) ?? []) {
      if (!there.has(key)) {
        this.pages.delete(key);
        this.charts.delete(key);
        this.unsettled.delete(key);
        this.ofInstance.get(instanceId)?.delete(key);
      }
    }
  }

  /** The network of this machine may be another one now: what was measured says nothing about it. */
  forgetReach(): void {
    for (const [key, page] of this.pages) {
      this.pages.set(key, { ...page, reach: undefined });
    }
  }

  /** The first look in this window counts at once; what has changed since an earlier window saw it is a change. */
  private open(ref: EndpointRef, verdict: Verdict, nowMs: number): ReturnType<typeof settle> {
    const past = this.history.of(ref)[0];
    if (past === undefined) {
      this.history.add(ref, { ...verdict, atMs: nowMs, isFirst: true });
      return { settled: { verdict, sinceMs: nowMs } };
    }
    const { level, word, explanation, atMs } = past;
    return isSame(past, verdict)
      ? { settled: { verdict, sinceMs: atMs } }
      : {
          settled: { verdict, sinceMs: nowMs },
          change: { from: { level, word, explanation }, to: verdict, atMs: nowMs },
        };
  }

  private write(ref: EndpointRef, key: string, page: Page): void {
    this.pages.set(key, page);
    const keys = this.ofInstance.get(ref.instanceId);
    if (keys === undefined) {
      this.ofInstance.set(ref.instanceId, new Set([key]));
    } else {
      keys.add(key);
    }
    if (page.settled.next === undefined) {
      this.unsettled.delete(key);
    } else {
      this.unsettled.add(key);
    }
    if (page.samples.length > 0) {
      this.charts.delete(key);
      this.charts.add(key);
      const [oldest] = this.charts;
      const least = oldest === undefined ? undefined : this.pages.get(oldest);
      if (this.charts.size > mostCharts && oldest !== undefined && least !== undefined) {
        this.charts.delete(oldest);
        this.pages.set(oldest, { ...least, samples: [] });
      }
    }
  }
}

const tellsTheSame = (a: EndpointRecord, b: EndpointRecord): boolean =>
  isSame(a.verdict, b.verdict) && isSame(a.seen, b.seen);

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
