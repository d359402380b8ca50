/**
 * When Terraform's providers look at what they create, and what they call, told from their published sources: the
 * alicloud provider's `alicloud_privatelink_vpc_endpoint` and the tidbcloud provider's private endpoint connection, both
 * on the plugin SDK's `StateChangeConf`.
 */

const second = 1_000;

/** Times of the looks, from the answer to the create call on, until one sees what it waits for. */
function* looks(delayMs: number, next: (waitMs: number) => number): Generator<number> {
  let atMs = delayMs;
  for (let waitMs = 0; ;) {
    yield atMs;
    waitMs = next(waitMs);
    atMs += waitMs;
  }
}

export interface Watched {
  /** From the change to the look that sees it. */
  readonly delayMs: number;
  readonly looks: number;
}

function watched(durationMs: number, times: Iterable<number>): Watched {
  let count = 0;
  for (const atMs of times) {
    count++;
    if (atMs >= durationMs) {
      return { delayMs: atMs - durationMs, looks: count };
    }
  }
  throw new Error('The looks have an end');
}

/** A fixed delay of 60 s, then waits that begin at 3 s, double with each look, and are at most 10 s. */
export const watchEndpoint = (durationMs: number): Watched =>
  watched(
    durationMs,
    looks(60 * second, (waitMs) => Math.min(10 * second, Math.max(3 * second, waitMs * 2))),
  );

/** At once, then every 5 s. */
export const watchConnection = (durationMs: number): Watched =>
  watched(
    durationMs,
    looks(0, () => 5 * second),
  );

/** Once the endpoint is Active it is read again for Terraform's state, then its tags and its security groups. */
export const afterEndpoint = { readsOfEndpoint: 1, others: 2 };
