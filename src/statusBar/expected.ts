import type { CreationProgress } from '../services/provisioning/runner';
import type { SettledChange } from '../services/health/book';

/** An endpoint whose connection was deleted from here stays without one, and the next looks say so. */
const afterRemovalMs = 10 * 60_000;

/**
 * What is made or removed from here passes through states that nobody needs to be told of. A failure on the way to an
 * endpoint is no such state.
 *
 * @param progress the latest creation or removal that is about the endpoint
 */
export function isExpected(
  { to }: Pick<SettledChange, 'to'>,
  progress: Pick<CreationProgress, 'creation'> | undefined,
  nowMs: number,
): boolean {
  if (progress === undefined) {
    return false;
  }
  const { removal, finished } = progress.creation;
  if (finished === undefined) {
    return removal !== undefined || to.level !== 'failed';
  }
  return finished.outcome === 'removed' && to.level === 'attention' && nowMs - finished.atMs < afterRemovalMs;
}
