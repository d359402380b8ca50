import type { StateStore } from '../../core/ports';
import type { DurationKind, Usual } from '../../core/schedule';

const second = 1_000;
const minute = 60_000;

/** What the guide and the clouds' published clients tell, and between what a learnt one is believed. */
const known: Readonly<Record<DurationKind, { usualMs: number; leastMs: number; mostMs: number }>> = {
  service: { usualMs: 4 * minute, leastMs: 30 * second, mostMs: 20 * minute },
  endpoint: { usualMs: minute, leastMs: 10 * second, mostMs: 10 * minute },
  connection: { usualMs: 5 * minute, leastMs: 30 * second, mostMs: 30 * minute },
};

/** How many of each are kept. */
const keeps = 20;

/** How long the clouds have taken lately, on this machine. */
export class Durations {
  constructor(
    private readonly state: StateStore,
    private readonly key: string,
  ) {}

  /** The median of the last ones; before the first, what the guide says. */
  usualMs(kind: DurationKind): number {
    const sorted = [...this.last(kind)].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const low = sorted[Math.ceil(middle) - 1];
    const high = sorted[Math.floor(middle)];
    const { usualMs, leastMs, mostMs } = known[kind];
    return low === undefined || high === undefined
      ? usualMs
      : Math.min(mostMs, Math.max(leastMs, (low + high) / 2));
  }

  /** Durations vary by a third around the usual one, of which a few say little: the fewer they are, the less. */
  usual(kind: DurationKind): Usual {
    const last = this.last(kind);
    const usualMs = this.usualMs(kind);
    const trust = last.length === 0 ? 0.97 : 1 - 0.6 / Math.sqrt(last.length + 2);
    return { usualMs, soonestMs: Math.max(usualMs / 4, Math.min(((usualMs * 2) / 3) * trust, ...last)) };
  }

  async note(kind: DurationKind, ms: number): Promise<void> {
    if (isDuration(ms)) {
      const all = { ...this.read(), [kind]: [...this.last(kind), Math.round(ms)].slice(-keeps) };
      await this.state.set(this.key, all);
    }
  }

  private last(kind: DurationKind): readonly number[] {
    const kept = this.read()[kind];
    return Array.isArray(kept) ? kept.filter(isDuration).slice(-keeps) : [];
  }

  /** Whatever an earlier version, or a person, has written there. */
  private read(): Readonly<Record<string, unknown>> {
    const kept = this.state.get(this.key);
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  }
}

const isDuration = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
