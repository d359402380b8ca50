import { X509Certificate } from 'node:crypto';
import { AppError } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { isLoopback } from '../baseUrl';
import { send } from '../http';
import { withRetry } from '../retry';
import { source } from './errors';

const maxRedirects = 10;
const maxBytes = 1024 * 1024;
const defaultTimeoutMs = 30_000;

export interface DownloadOptions {
  readonly userAgent: string;
  /** Only where the API itself is on this machine. */
  readonly allowLoopbackHttp: boolean;
  /** Of everything together, redirects and further attempts included; 30 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The PEM certificates behind the address that CaCertificateUrl gave. No credentials go along; https all the way.
 * @throws AppError `badAnswer`, `unreachable`, `timeout`; an abort throws the signal's reason
 */
export async function downloadCaCertificate(
  address: string,
  options: DownloadOptions,
  signal?: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const both = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    return await withRetry(() => follow(address, options, both), { clock: options.clock, signal: both });
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) {
      throw new AppError('timeout', { source, subject: 'CA certificate', cause: error });
    }
    throw error;
  }
}

async function follow(address: string, options: DownloadOptions, signal: AbortSignal): Promise<string> {
  let url = checked(address, options);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const started = options.clock.now();
    const answer = await send({
      source,
      method: 'GET',
      url,
      headers: { accept: 'application/x-pem-file, */*', 'user-agent': options.userAgent },
      maxBytes,
      signal,
    });
    const ms = Math.round(options.clock.now() - started);
    options.log.debug(`TiDB Cloud CA certificate from ${url.host}: HTTP ${answer.status} in ${ms} ms`);
    const location = answer.headers.get('location');
    if (
      [301, 302, 303, 307, 308].includes(answer.status) &&
      location !== null &&
      URL.canParse(location, url.href)
    ) {
      url = checked(new URL(location, url).href, options);
      continue;
    }
    if (answer.status >= 500) {
      throw new AppError('cloudFault', { source, subject: url.host, httpStatus: answer.status });
    }
    if (answer.status !== 200) {
      throw refused(`its address answers HTTP ${answer.status}`);
    }
    return certificatesIn(answer.text);
  }
  throw refused(`its address redirects more than ${maxRedirects} times`);
}

function checked(address: string, options: DownloadOptions): URL {
  if (!URL.canParse(address)) {
    throw refused('its address is not a URL');
  }
  const url = new URL(address);
  if (
    url.protocol !== 'https:' &&
    !(options.allowLoopbackHttp && url.protocol === 'http:' && isLoopback(url))
  ) {
    throw refused('its address does not begin with https://');
  }
  return url;
}

/** Only the certificates: whatever else the file holds is of no use here. */
function certificatesIn(file: string): string {
  const blocks = file.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw refused('the file holds no PEM certificate');
  }
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw refused('the file holds a certificate that cannot be read', error);
    }
  }
  return `${blocks.join('\n')}\n`;
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError('badAnswer', {
    source,
    subject: 'CA certificate',
    reason: `the CA certificate cannot be used: ${reason}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
