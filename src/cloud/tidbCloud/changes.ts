import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { withRetry } from '../retry';

/**
 * How a change is told from one that was lost on its way: TiDB Cloud has no idempotency key, so after a lost answer the
 * cloud is looked at before anything is said or sent again.
 */

export interface ChangeContext {
  readonly clock: Clock;
  readonly log: Log;
}

interface LookContext extends ChangeContext {
  readonly signal: AbortSignal | undefined;
}

/**
 * The answer was lost or cannot be read: the change may have happened all the same. Not so after a refusal, even one that
 * is not the API's own.
 */
export function mayHaveHappened({ code, details: { httpStatus = 0 } }: AppError): boolean {
  return (
    ['timeout', 'unreachable', 'cloudFault'].includes(code) ||
    (code === 'badAnswer' && !(httpStatus >= 400 && httpStatus < 500))
  );
}

/**
 * Sends once. Where the change may have happened, `look` gives what it led to, or undefined where it did not.
 * @throws the failure of the change; a look that fails as well is only logged
 */
export async function sendThenLook<T>(
  send: () => Promise<T>,
  look: () => Promise<T | undefined>,
  context: LookContext,
  mayHave: (failure: AppError) => boolean = mayHaveHappened,
): Promise<T> {
  try {
    return await send();
  } catch (failure) {
    context.signal?.throwIfAborted();
    if (!AppError.is(failure) || !mayHave(failure)) {
      throw failure;
    }
    const found = await looked(look, context);
    if (found === undefined) {
      throw failure;
    }
    return found;
  }
}

/**
 * Removes something. It is sent again by the retry policy, but after a lost answer only when `isGone` has seen that the
 * thing is still there; once it may have been removed, a `notFound` means that it was. Something that is being removed
 * already may be refused for that: it counts as removed.
 * @throws the failure of the removal
 */
export async function removeThenLook(
  send: () => Promise<unknown>,
  isGone: () => Promise<boolean>,
  context: LookContext,
): Promise<void> {
  let mayBeGone = false;
  const unresolved = await withRetry(async () => {
    try {
      await send();
      return undefined;
    } catch (failure) {
      context.signal?.throwIfAborted();
      if (!AppError.is(failure)) {
        throw failure;
      }
      if (mayBeGone && failure.code === 'notFound') {
        return undefined;
      }
      if (!mayHaveHappened(failure) && failure.code !== 'conflict') {
        throw failure;
      }
      mayBeGone = true;
      const gone = await looked(isGone, context);
      if (gone === false) {
        throw failure;
      }
      return gone === true ? undefined : failure;
    }
  }, context);
  if (unresolved !== undefined) {
    throw unresolved;
  }
}

/** Undefined when the look itself fails: the failure that led to it is the one to tell of. */
async function looked<T>(look: () => Promise<T>, { log, signal }: LookContext): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    signal?.throwIfAborted();
    log.warn(`TiDB Cloud: no look after a change whose answer was lost (${String(error)})`);
    return undefined;
  }
}
