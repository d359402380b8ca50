/** How long after a create call the clouds' lists may not show yet what it made. */
export const listsLagMs = 60_000;

/** Nothing in the list proves nothing yet. A clock that was set back meanwhile does not make the wait longer. */
export const mayYetShow = (sentAtMs: number | undefined, nowMs: number): boolean =>
  sentAtMs !== undefined && Math.abs(nowMs - sentAtMs) < listsLagMs;
