import type { ErrorSource } from '../core/errors';
import { AppError } from '../core/errors';

export interface HttpRequest {
  readonly source: ErrorSource;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the first try to connect to the end of the body; 30 s. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 8 * 1024 * 1024;

/**
 * One request over the global `fetch`, which the editor's extension host wraps with its proxy and certificate settings.
 * Redirects are handed back, never followed: a signed request is meant for one host.
 * @throws AppError `timeout`, `unreachable` (the network error is its cause), `badAnswer` (too large), `invalidInput` (a
 * header that cannot be sent); an abort throws the signal's reason
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const { source, method, url, signal } = request;
  signal?.throwIfAborted();
  const headers = headersOf(request);
  const timeout = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await readText(response, request);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    signal?.throwIfAborted();
    if (AppError.is(error)) {
      throw error;
    }
    if (timeout.aborted) {
      throw new AppError('timeout', { source, subject: url.host, cause: error });
    }
    throw new AppError('unreachable', {
      source,
      subject: url.host,
      reason: networkReason(error),
      cause: error,
    });
  }
}

/** The answer as JSON, or undefined where it is something else (a proxy's page). The text goes nowhere. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

/** The system's or the HTTP layer's code (`ECONNRESET`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED`), from the chain of causes. */
export function networkCode(error: unknown): string | undefined {
  for (let link = error; link instanceof Error; link = link.cause) {
    if ('code' in link && typeof link.code === 'string' && !AppError.is(link)) {
      return link.code;
    }
  }
  return undefined;
}

/** Built apart from the request because the text of a refused header, which may be a secret, is in fetch's error. */
function headersOf(request: HttpRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    try {
      headers.set(name, value);
    } catch {
      throw new AppError('invalidInput', {
        source: request.source,
        subject: name,
        reason: `The key or token for ${request.source} contains characters that cannot be sent`,
      });
    }
  }
  return headers;
}

async function readText(response: Response, request: HttpRequest): Promise<string> {
  if (response.body === null) {
    return '';
  }
  const limit = request.maxBytes ?? defaultMaxBytes;
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return Buffer.concat(chunks, size).toString('utf8');
    }
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new AppError('badAnswer', {
        source: request.source,
        httpStatus: response.status,
        subject: request.url.host,
        reason: `the answer is larger than ${limit} bytes`,
      });
    }
    chunks.push(value);
  }
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known to DNS',
  EAI_AGAIN: 'DNS does not answer',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not answered',
};

function networkReason(error: unknown): string {
  const code = networkCode(error);
  if (code === undefined) {
    return 'the request failed before an answer came';
  }
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) {
    return `the certificate of the host is not trusted (${code})`;
  }
  const text = words[code];
  return text === undefined ? code : `${text} (${code})`;
}
