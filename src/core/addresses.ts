/** What an IP address tells of where it leads. */
export type AddressKind =
  /** RFC 1918, 100.64.0.0/10 and IPv6 unique local addresses: what a VPC has. */
  | 'private'
  | 'loopback'
  | 'linkLocal'
  /** 198.18.0.0/15, which proxies and VPN clients give out in place of every real address. */
  | 'madeUp'
  | 'public';

export function addressKind(address: string): AddressKind {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const text = mapped ?? address.toLowerCase();
  return text.includes(':') ? kindOf6(text) : kindOf4(text.split('.').map(Number));
}

function kindOf4([a = 0, b = 0]: readonly number[]): AddressKind {
  if (a === 127 || a === 0) {
    return 'loopback';
  }
  if (a === 169 && b === 254) {
    return 'linkLocal';
  }
  if (a === 198 && (b === 18 || b === 19)) {
    return 'madeUp';
  }
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? 'private' : 'public';
}

function kindOf6(text: string): AddressKind {
  if (text === '::1' || text === '::') {
    return 'loopback';
  }
  if (/^fe[89ab]/.test(text)) {
    return 'linkLocal';
  }
  return /^f[cd]/.test(text) ? 'private' : 'public';
}
