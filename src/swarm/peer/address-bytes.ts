import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/**
 * An IP address in 16 bytes, the same for all ways to write it: an IPv4 address as its IPv4-mapped IPv6 address
 * (RFC 4291, 2.5.5.2), without the zone of a link-local one, which names another card on each host.
 *
 * @returns null when the text is no IP address
 */
export function addressBytes(text: string): Buffer | null {
  if (isIPv4(text)) return Buffer.concat([MAPPED, Buffer.from(text.split('.').map(Number))]);
  const [plain = ''] = text.split('%');
  if (!isIPv6(plain)) return null;
  // Shortened by the system's rules; an IPv4 tail stays dotted.
  const { address } = new SocketAddress({ address: plain, family: 'ipv6' });
  const dotted = address.lastIndexOf('.') < 0 ? '' : address.slice(address.lastIndexOf(':') + 1);
  const groups = dotted === '' ? address : address.slice(0, -dotted.length) + asGroups(dotted);
  const [left = '', right] = groups.split('::');
  const before = words(left);
  const after = right === undefined ? [] : words(right);
  const bytes = Buffer.alloc(16);
  for (const [i, word] of before.entries()) bytes.writeUInt16BE(word, i * 2);
  for (const [i, word] of after.entries()) bytes.writeUInt16BE(word, (8 - after.length + i) * 2);
  return bytes;
}

/** The usual text of an address: what is IPv4 in IPv6 as plain IPv4. Other texts as they are. */
export function plainAddress(text: string): string {
  const bytes = addressBytes(text);
  if (bytes === null) return text;
  if (bytes.subarray(0, 12).equals(MAPPED)) return bytes.subarray(12).join('.');
  return text;
}

function words(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}

function asGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
