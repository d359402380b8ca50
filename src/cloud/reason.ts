import type { Redactor } from '../core/redact';

const maxLength = 400;

/** A cloud's own words, fit for a message: one line, of bounded length, without secrets. Undefined when there are none. */
export function reasonFrom(message: unknown, redactor: Redactor): string | undefined {
  if (typeof message !== 'string') {
    return undefined;
  }
  const line = redactor
    .redact(message)
    // eslint-disable-next-line no-control-regex -- control characters are what has to go
    .replace(/[\u0000-\u001f\u007f\s]+/g, ' ')
    .trim();
  if (line === '') {
    return undefined;
  }
  return line.length <= maxLength ? line : `${line.slice(0, maxLength)}…`;
}
