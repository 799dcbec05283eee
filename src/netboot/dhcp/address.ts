/** An IPv4 address of four bytes as dotted decimal. */
export function formatAddress(bytes: Uint8Array): string {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
}

/**
 * A dotted IPv4 address as four bytes.
 *
 * @throws RangeError for anything else; addresses come from our configuration or from a decoded packet.
 */
export function parseAddress(address: string): Buffer {
  const parts = address.split('.');
  const numbers = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (parts.length !== 4 || numbers.some((number) => number > 255)) {
    throw new RangeError(`${JSON.stringify(address)} is no IPv4 address`);
  }
  return Buffer.from(numbers);
}

/** Whether two addresses lie in the same subnet of the given netmask. */
export function sameSubnet(left: string, right: string, netmask: string): boolean {
  const mask = parseAddress(netmask).readUInt32BE();
  return ((parseAddress(left).readUInt32BE() ^ parseAddress(right).readUInt32BE()) & mask) === 0;
}
