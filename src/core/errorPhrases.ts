import type { ErrorDetails } from './errors';

/** A reason as a part of a sentence. */
export const withoutStop = (text: string | undefined): string =>
  text?.replace(/[\s.!?]+$/, '').trimStart() ?? '';

export const because = (d: ErrorDetails): string =>
  withoutStop(d.reason) ? `: ${withoutStop(d.reason)}` : '';

/** The reason beside a cause that is told already. */
export const inTheirWords = (d: ErrorDetails): string =>
  withoutStop(d.reason) ? ` (${withoutStop(d.reason)})` : '';

export const at = (d: ErrorDetails): string => (d.subject ? ` (${d.subject})` : '');
