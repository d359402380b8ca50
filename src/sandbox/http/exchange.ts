import type { IncomingHttpHeaders } from 'node:http';

export const FORM = 'application/x-www-form-urlencoded';

/** A request as the sandbox's handlers see it: read completely, header names in lower case. */
export interface IncomingCall {
  readonly method: string;
  /** Path and query exactly as sent, which is what signatures are made over. */
  readonly target: string;
  readonly path: string;
  readonly queryText: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What goes back. `reset` drops the connection without an answer; `truncate` stops in the middle of the body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cut?: 'reset' | 'truncate';
}

export const RESET: Answer = { status: 0, headers: {}, body: '', cut: 'reset' };

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The value of a header that a client sends once; several lines of it count as joined by commas. */
export function header(call: IncomingCall, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Name and value pairs of a query or form, decoded, in the order sent and with repeats kept. */
export function decodePairs(text: string): [string, string][] {
  return [...new URLSearchParams(text)];
}

/** Whether the body holds parameters. */
export function isForm(call: IncomingCall): boolean {
  return (header(call, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() === FORM;
}
