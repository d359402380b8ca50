import { AppError } from '../core/errors';

/** Addresses that never leave this machine: the only ones that may be spoken to without TLS. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

/**
 * A base URL as a person may set it: https (http on loopback), nothing but host and path. The path comes back without a
 * slash at its end.
 * @param setting full name of the setting the URL comes from; it becomes the error's subject
 * @throws AppError `invalidInput`
 */
export function checkBaseUrl(url: string, setting: string): URL {
  const refuse = (reason: string): never => {
    throw new AppError('invalidInput', {
      source: 'Extension',
      subject: setting,
      reason: `${setting} ${reason}`,
    });
  };
  if (!URL.canParse(url)) {
    return refuse('is not a URL');
  }
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') {
    return refuse('must not carry a user name or password');
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    return refuse('must not have a query or fragment');
  }
  if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && isLoopback(parsed))) {
    return refuse('must begin with https:// (http:// only on this machine itself)');
  }
  parsed.pathname = parsed.pathname.replace(/\/+$/, '');
  return parsed;
}
