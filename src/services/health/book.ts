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
  /** What is under way, and since when. */
  readonly underWay: { readonly word: string; readonly sinceMs: number } | undefined;
}

export interface SettledChange extends HealthChange {
  readonly ref: EndpointRef;
}

const mostSamples = 120;
/** What usually takes five minutes is told when it has taken this long. */
const longUnderWayMs = 30 * 60_000;
/** Of so many endpoints, those measured last, samples are kept: nobody looks at charts of thousands. */
const mostCharts = 200;

/** The health of every endpoint that is followed, settled, with what this machine has measured. */
export class HealthBook {
  private readonly pages = new Map<string, Page>();
  /** The endpoints with a page, by their instance and key. */
  private readonly ofInstance = new Map<string, Map<string, EndpointRef>>();
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
    const { settled, reach, zones, samples } = page;
    const { verdict, sinceMs, next } = settled;
    return { verdict, sinceMs, seen: next?.verdict ?? verdict, reach, zones, samples };
  }

  /** Takes in what was seen of an endpoint. What was not looked at this time counts as it was. */
  note(facts: HealthFacts, nowMs: number): void {
    const { instanceId, endpointId } = facts.endpoint;
    const ref = { instanceId, endpointId };
    const key = endpointKey(ref);
    const last = this.of(ref);
    const before = this.pages.get(key);
    const reach = facts.reach === undefined ? before?.reach : (facts.reach ?? undefined);
    const zones = facts.zones === undefined ? before?.zones : (facts.zones ?? undefined);
    const joint = jointVerdict({ ...facts, reach, zones });
    const underWay = underWayNow(before?.underWay, joint, nowMs);
    const verdict = withPatience(joint, underWay, nowMs);
    // What was not looked at this time is no second witness to itself.
    const isWitnessed = isSame(joint, jointVerdict(facts));
    const known = before?.settled ?? this.past(ref);
    const { settled, change } =
      known === undefined || isWitnessed
        ? settle(known, verdict, nowMs)
        : { settled: known, change: undefined };
    if (known === undefined) {
      this.history.add(ref, { ...verdict, atMs: nowMs, isFirst: true });
    }
    const samples = withSample(before?.samples ?? [], facts.reach, nowMs);
    this.write(ref, key, { settled, reach, zones, samples, underWay });
    const now = this.of(ref);
    if (now !== undefined && (last === undefined || !tellsTheSame(last, now))) {
      this.noted.fire(ref);
    }
    if (change !== undefined) {
      this.history.add(ref, { ...change.to, atMs: change.atMs });
      this.settledChange.fire({ ...change, ref });
    }
  }

  /** Forgets the endpoints of an instance that are not there any more; their past stays in the history. */
  keepOnly(instanceId: string, endpoints: readonly EndpointRef[], nowMs: number): void {
    const there = new Set(endpoints.map(endpointKey));
    for (const [key, ref] of this.ofInstance.get(instanceId) ?? []) {
      if (!there.has(key)) {
        this.history.add(ref, { ...gone, atMs: nowMs });
        this.forget(key, ref);
      }
    }
  }

  /** Forgets the instances that are not listed any more, as after a sign-out. */
  keepInstances(isListed: (instanceId: string) => boolean): void {
    for (const [instanceId, refs] of [...this.ofInstance]) {
      if (!isListed(instanceId)) {
        [...refs].forEach(([key, ref]) => this.forget(key, ref));
      }
    }
  }

  /** The network of this machine may be another one now, and time has passed: what was measured says nothing about it. */
  forgetReach(): void {
    for (const [key, page] of this.pages) {
      const { verdict, sinceMs } = page.settled;
      this.pages.set(key, { ...page, reach: undefined, settled: { verdict, sinceMs } });
    }
    this.unsettled.clear();
  }

  /** As an earlier window has told it: what is seen now has to settle like any other change. */
  private past(ref: EndpointRef): Settled | undefined {
    const past = this.history.of(ref)[0];
    if (past === undefined) {
      return undefined;
    }
    const { level, word, explanation, atMs } = past;
    return { verdict: { level, word, explanation }, sinceMs: atMs };
  }

  private forget(key: string, { instanceId }: EndpointRef): void {
    this.pages.delete(key);
    this.charts.delete(key);
    this.unsettled.delete(key);
    const refs = this.ofInstance.get(instanceId);
    refs?.delete(key);
    if (refs?.size === 0) {
      this.ofInstance.delete(instanceId);
    }
  }

  private write(ref: EndpointRef, key: string, page: Page): void {
    this.pages.set(key, page);
    const refs = this.ofInstance.get(ref.instanceId);
    if (refs === undefined) {
      this.ofInstance.set(ref.instanceId, new Map([[key, ref]]));
    } else {
      refs.set(key, ref);
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
  reach: HealthFacts['reach'],
  atMs: number,
): readonly LatencySample[] {
  if (reach === undefined || reach === null || reach.kind === 'notFromHere') {
    return samples;
  }
  const latencyMs = reach.kind === 'reached' ? reach.latencyMs : undefined;
  return [...samples.slice(1 - mostSamples), { atMs, latencyMs }];
}

const gone: Verdict = {
  level: 'changing',
  word: 'Deleted',
  explanation: 'Neither TiDB Cloud nor Alibaba Cloud lists it any more.',
};

function underWayNow(before: Page['underWay'], { level, word }: Verdict, nowMs: number): Page['underWay'] {
  if (level !== 'changing') {
    return undefined;
  }
  return before?.word === word ? before : { word, sinceMs: nowMs };
}

function withPatience(verdict: Verdict, underWay: Page['underWay'], nowMs: number): Verdict {
  return underWay === undefined || nowMs - underWay.sinceMs < longUnderWayMs
    ? verdict
    : {
        ...verdict,
        level: 'attention',
        explanation: `${verdict.explanation} It has been so for more than ${longUnderWayMs / 60_000} minutes.`,
      };
}
