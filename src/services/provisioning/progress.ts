import type { Creation, Decision, Observed } from '../../core/creation';
import { AppError } from '../../core/errors';
import type { JournalRecord } from '../../core/ports';

/** A creation as the views show it. */
export interface CreationProgress {
  readonly creation: Creation;
  readonly seen?: Observed;
  readonly decision?: Decision;
  /** Why the last look or action failed. A transient failure is tried again by itself, any other waits for the person. */
  readonly error?: unknown;
  /** Another window works on it; this one only shows it. */
  readonly readOnly: boolean;
}

/** What the other windows get to see of it. */
export function recordOf({ creation, seen, decision, error }: CreationProgress): JournalRecord {
  const shownError = AppError.is(error) ? { code: error.code, details: withoutCause(error) } : undefined;
  return {
    creation,
    shown: {
      ...(seen !== undefined && { seen }),
      ...(decision !== undefined && { decision }),
      ...(shownError !== undefined && { error: shownError }),
    },
  };
}

/** What another window, or an earlier run of this one, wrote. */
export function progressFrom({ creation, shown }: JournalRecord): CreationProgress {
  const { seen, decision, error } = shown ?? {};
  return {
    creation,
    readOnly: creation.finished === undefined,
    ...(seen !== undefined && { seen }),
    ...(decision !== undefined && { decision }),
    ...(error !== undefined && { error: new AppError(error.code, error.details) }),
  };
}

/** True when the other windows would show the same: only the time of the last look differs. */
export const isSameRecord = (a: JournalRecord | undefined, b: JournalRecord): boolean =>
  a !== undefined && timeless(a) === timeless(b);

const timeless = (record: JournalRecord): string =>
  JSON.stringify(record, (key, value: unknown) => (key === 'atMs' ? undefined : value));

function withoutCause({ details }: AppError): AppError['details'] {
  const rest = { ...details };
  delete rest.cause;
  return rest;
}
