import * as v from 'valibot';
import type { ErrorSource } from '../core/errors';
import { AppError } from '../core/errors';

/** Where a raw answer comes from, for the error. */
export interface AnswerOrigin {
  readonly source: ErrorSource;
  readonly operation: string;
  readonly requestId?: string | undefined;
}

/**
 * A raw answer as its schema says.
 * @throws AppError `badAnswer` that names the first field that is wrong, never its value
 */
export function decode<S extends v.GenericSchema>(
  schema: S,
  raw: unknown,
  origin: AnswerOrigin,
): v.InferOutput<S> {
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) {
    return result.output;
  }
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'the whole body';
  throw new AppError('badAnswer', {
    source: origin.source,
    subject: origin.operation,
    reason: `the answer to ${origin.operation} has a wrong or missing field: ${field} (expected ${issue.expected ?? 'another value'})`,
    ...(origin.requestId === undefined ? {} : { requestId: origin.requestId }),
  });
}

/** Text that may be left out or null. */
export const text = v.nullish(v.string(), '');

/** One of the known values; whatever a cloud adds later becomes `other`. */
export function oneOf<const T extends string, const O extends string>(known: readonly T[], other: O) {
  return v.fallback(v.nullish(v.picklist([...known, other]), other), other);
}

/** A list that may be left out or null when it is empty. */
export function listOf<S extends v.GenericSchema>(item: S) {
  return v.nullish(v.array(item), []);
}
