import type { LatencyPoint } from '../../protocol/details';

export interface Point {
  /** From 0, the first look, to 1, the last one. */
  readonly x: number;
  /** From 0 to 1, the highest. */
  readonly y: number;
}

export interface LatencyLine {
  /** One for each time without a gap. */
  readonly runs: readonly (readonly Point[])[];
  /** Where a look had no answer. */
  readonly missed: readonly number[];
}

/** Looks that are further apart than so many usual intervals: nobody has looked in between. */
const gapFactor = 3;

/** Where the samples, the oldest first, stand on a line of time. */
export function latencyLine(samples: readonly LatencyPoint[]): LatencyLine {
  const first = samples[0]?.atMs ?? 0;
  const span = Math.max(1, (samples.at(-1)?.atMs ?? 0) - first);
  const most = Math.max(1, ...samples.map(({ latencyMs = 0 }) => latencyMs));
  const longest = gapFactor * usualInterval(samples);
  const x = ({ atMs }: LatencyPoint): number => (atMs - first) / span;
  const runs: Point[][] = [];
  let before: LatencyPoint | undefined;
  for (const sample of samples) {
    const { atMs, latencyMs } = sample;
    if (latencyMs !== undefined) {
      const point = { x: x(sample), y: latencyMs / most };
      const goesOn = before?.latencyMs !== undefined && atMs - before.atMs <= longest;
      const run = goesOn ? runs.at(-1) : undefined;
      if (run === undefined) {
        runs.push([point]);
      } else {
        run.push(point);
      }
    }
    before = sample;
  }
  return { runs, missed: samples.filter(({ latencyMs }) => latencyMs === undefined).map(x) };
}

/** The median; with one sample or none there is no interval. */
function usualInterval(samples: readonly LatencyPoint[]): number {
  const intervals = samples.slice(1).map(({ atMs }, at) => atMs - (samples[at]?.atMs ?? atMs));
  return intervals.sort((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? 0;
}
