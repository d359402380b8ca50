/** One measured thing. A smaller number is better in every bench that there is so far. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  /** The same thing done by somebody else, in the same run. */
  readonly peer?: number;
  readonly peerName?: string;
  /** The most that it may be. */
  readonly limit?: number;
  readonly unit: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) {
    throw new Error('Nothing was measured');
  }
  return middle;
};
