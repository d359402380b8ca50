import type { Decision } from './creation';

/**
 * How long to wait before looking again. Alibaba Cloud allows 1,000 reads a minute and an endpoint is Active within
 * about a minute; TiDB Cloud allows 100 calls a minute for a key and takes about five minutes.
 */
export function observeAgainAfterMs(decision: Decision): number {
  switch (decision.kind) {
    case 'wait':
      return {
        serviceActive: 10_000,
        endpointActive: 2_000,
        connectionActive: 5_000,
        connectionGone: 5_000,
        zoneGone: 3_000,
        endpointGone: 3_000,
        observed: 2_000,
      }[decision.until];
    case 'ask':
      return decision.forWhat === 'acceptInConsole' || decision.forWhat === 'deleteInTidbCloud' ? 5_000 : 10_000;
    default:
      return 0;
  }
}

/** Doubles from the base with each failure in a row, up to five minutes, less up to a quarter at random. */
export function backoffMs(baseMs: number, failures: number, random: number): number {
  const full = Math.min(baseMs * 2 ** failures, Math.max(baseMs, 300_000));
  return Math.round(full * (1 - random / 4));
}
