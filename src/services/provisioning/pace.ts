import type { Creation, Decision, Observed } from '../../core/creation';
import type { Clock, Log } from '../../core/ports';
import { nextLook, tookOf, type Look, type NextLook } from '../../core/schedule';
import type { Durations } from './durations';

/** For so long what a cloud has said is good enough to act on. */
const freshMs = 2_000;

export interface PaceOptions {
  readonly durations: Durations;
  readonly clock: Clock;
  readonly log: Log;
}

type Cloud = Exclude<Look, 'both'>;

/** When one creation looks at which cloud. */
export class Pace {
  /** The cloud to look at next. */
  due: Look = 'both';
  private readonly askedAtMs = new Map<Cloud, number>();
  private aim: string | undefined;
  private decidedAtMs = 0;

  constructor(private readonly options: PaceOptions) {}

  looked(look: Look): void {
    const atMs = this.options.clock.now();
    for (const cloud of look === 'both' ? (['alibabaCloud', 'tidbCloud'] as const) : [look]) {
      this.askedAtMs.set(cloud, atMs);
    }
  }

  /** A cloud that was asked too long ago to act on what it said. */
  get old(): Cloud | undefined {
    const now = this.options.clock.now();
    return (['alibabaCloud', 'tidbCloud'] as const).find(
      (cloud) => now - (this.askedAtMs.get(cloud) ?? -Infinity) > freshMs,
    );
  }

  decided(decision: Decision): void {
    const aim = aimOf(decision);
    if (aim !== this.aim) {
      this.aim = aim;
      this.decidedAtMs = this.options.clock.now();
    }
  }

  next(creation: Creation, seen: Observed, decision: Extract<Decision, { kind: 'wait' | 'ask' }>): NextLook {
    const { clock, durations } = this.options;
    const alibabaCloudAtMs = this.askedAtMs.get('alibabaCloud');
    return nextLook(
      {
        ...{ creation, seen, decision, decidedAtMs: this.decidedAtMs, nowMs: clock.now() },
        ...(alibabaCloudAtMs !== undefined && { alibabaCloudAtMs }),
      },
      (kind) => durations.usual(kind),
    );
  }

  /** How long the clouds took, for the next time. */
  learn(creation: Creation, before: Observed | undefined, seen: Observed): void {
    const { durations, log } = this.options;
    const took = tookOf(creation, before, seen, (kind) => durations.usual(kind));
    if (took !== undefined) {
      durations
        .note(took.kind, took.ms)
        .catch((error: unknown) => log.error('Note how long it took: failed', error));
    }
  }
}

/** What is waited for, in one word. */
const aimOf = (decision: Decision): string =>
  decision.kind === 'wait' ? decision.until : decision.kind === 'ask' ? decision.forWhat : decision.kind;
