// Addresses and CIDR ranges of the `ip` scheme. Everything is 16 bytes: an IPv4 address is its IPv4-mapped IPv6 one,
// so that a dual-stack listener's `::ffff:10.0.0.1` is the 10.0.0.1 that an ACL names.

export interface IpRange {
  readonly address: Uint8Array;
  readonly prefixBits: number;
}

const mappedPrefixBits = 96;

/** Reads `10.0.0.0/8`, `2001:db8::/32`, or a lone address; undefined when it is neither. */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash === -1) return { address, prefixBits: 128 };
  const bits = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(bits)) return undefined;
  const isV4 = !text.includes(':');
  const prefixBits = Number(bits) + (isV4 ? mappedPrefixBits : 0);
  return prefixBits <= 128 ? { address, prefixBits } : undefined;
}

/** Says whether a range is wider than 10.0.0.0/8 or fc00::/7, the widest that are nobody's in the world: strangers are in it. */
export function isWiderThanPrivate(text: string): boolean {
  const range = parseIpRange(text);
  if (range === undefined) return false;
  const { prefixBits, address } = range;
  if (isMapped(address) && prefixBits >= mappedPrefixBits) return prefixBits < mappedPrefixBits + 8;
  return prefixBits < 7;
}

/** Says whether an address is in a range. No IPv4 address is in a range of IPv6 ones, not even in `::/0`. */
export function isInIpRange(address: Uint8Array, range: IpRange): boolean {
  if (range.prefixBits < mappedPrefixBits && isMapped(address)) return false;
  const wholeBytes = range.prefixBits >>> 3;
  for (let index = 0; index < wholeBytes; index++) {
    if (address[index] !== range.address[index]) return false;
  }
  const bitsLeft = range.prefixBits & 7;
  if (bitsLeft === 0) return true;
  const difference = (address[wholeBytes] ?? 0) ^ (range.address[wholeBytes] ?? 0);
  return difference >>> (8 - bitsLeft) === 0;
}

/** Makes what says whether an address, as a socket tells it, is in one of the ranges. What is no range holds nothing. */
export function isInIpRanges(texts: readonly string[]): (address: string) => boolean {
  const ranges = texts.map(parseIpRange).filter((range) => range !== undefined);
  if (ranges.length === 0) return () => false;
  return (text) => {
    const address = parseIp(text);
    return address !== undefined && ranges.some((range) => isInIpRange(address, range));
  };
}

function isMapped(address: Uint8Array): boolean {
  return address.every((byte, index) => index >= 12 || byte === (index < 10 ? 0 : 0xff));
}

/**
 * Reads an address, undefined for anything else. A zone (`fe80::1%eth0`) is dropped: it means something on one machine
 * only.
 */
export function parseIp(text: string): Uint8Array | undefined {
  const bare = text.split('%', 1)[0] ?? '';
  return bare.includes(':') ? parseV6(bare) : parseV4(bare);
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const address = new Uint8Array(16);
  address[10] = address[11] = 0xff;
  for (const [index, part] of parts.entries()) {
    if (!/^[0-9]{1,3}$/.test(part) || Number(part) > 255) return undefined;
    address[12 + index] = Number(part);
  }
  return address;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = parseGroups(halves[1] ?? '');
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 16 : given > 14) return undefined;
  const address = new Uint8Array(16);
  address.set(head);
  address.set(tail, 16 - tail.length);
  return address;
}

/** The bytes of `a:b:c`, where the last group may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (index === groups.length - 1 && group.includes('.')) {
      const v4 = parseV4(group);
      if (v4 === undefined) return undefined;
      bytes.push(...v4.subarray(12));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >>> 8, value & 0xff);
    }
  }
  return bytes;
}
