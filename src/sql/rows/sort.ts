import type { Slices } from './slices';

const runLength = 1024;
const stepsBetweenLooks = 512;

/**
 * Sorts positions by `compare`, keeping the order of equals: runs first, which are then merged, in slices. What
 * `compare` says of two positions must not change meanwhile.
 */
export async function sortInSlices(
  positions: Uint32Array,
  compare: (a: number, b: number) => number,
  slices: Slices,
): Promise<Uint32Array> {
  const { length } = positions;
  for (let start = 0; start < length; start += runLength) {
    positions.subarray(start, start + runLength).sort(compare);
    if (slices.isOver) {
      await slices.next();
    }
  }
  let from: Uint32Array = positions;
  let to: Uint32Array = new Uint32Array(length);
  for (let width = runLength; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at += 1) {
        const takeLeft =
          right >= end || (left < middle && compare(from[left] as number, from[right] as number) <= 0);
        to[at] = (takeLeft ? from[left++] : from[right++]) as number;
        if (at % stepsBetweenLooks === 0 && slices.isOver) {
          await slices.next();
        }
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
