/** IPv4 arithmetic for vSwitches and rules. */
interface Block {
  readonly first: number;
  readonly size: number;
}

function parseAddress(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256 + part, 0);
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function parseBlock(cidr: string): Block | undefined {
  const [base = '', bits = '32', ...rest] = cidr.split('/');
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) {
    return undefined;
  }
  const size = 2 ** (32 - Number(bits));
  return { first: address - (address % size), size };
}

/** Whether a text is an IPv4 address or block without host bits. */
export function cidrIsExact(cidr: string): boolean {
  return parseBlock(cidr)?.first === parseAddress(cidr.split('/')[0] ?? '') && parseBlock(cidr) !== undefined;
}

/** Addresses of a vSwitch that may be given out: all but the first and the last three. */
export function* assignableAddresses(cidr: string): Generator<string> {
  const block = parseBlock(cidr);
  if (block) {
    for (let value = block.first + 1; value < block.first + block.size - 3; value += 1) {
      yield formatAddress(value);
    }
  }
}

export function isAssignable(cidr: string, address: string): boolean {
  const block = parseBlock(cidr);
  const value = parseAddress(address);
  return (
    block !== undefined && value !== undefined && value > block.first && value < block.first + block.size - 3
  );
}
