import { isBogusSerial, isBogusUuid } from './bogus.ts';

const UUID = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/** A UUID in lower case with dashes and no braces, or null when it is none. Bogus ones are still normalised. */
export function normaliseUuid(text: string): string | null {
  const match = UUID.exec(text.trim());
  return match === null ? null : match.slice(1).join('-').toLowerCase();
}

/** The same UUID with its first three fields in the other byte order. */
export function swapUuid(uuid: string): string {
  const [a = '', b = '', c = '', ...rest] = uuid.split('-');
  return [swapBytes(a), swapBytes(b), swapBytes(c), ...rest].join('-');
}

/**
 * What two spellings of one machine's UUID have in common, for comparing; null when it identifies nothing.
 *
 * The first three fields are read in either byte order: SMBIOS before 2.6 did not fix it, so PXE firmware, iPXE
 * (network order before 2.6), Windows and the kernel's /sys/class/dmi/id may disagree about one and the same
 * machine. iPXE's author recommends a comparison that does not care (github.com/ipxe/ipxe/pull/545); so the key is
 * the smaller of the two orders.
 */
export function uuidKey(text: string | null): string | null {
  const uuid = text === null ? null : normaliseUuid(text);
  if (uuid === null) return null;
  const swapped = swapUuid(uuid);
  if (isBogusUuid(uuid) || isBogusUuid(swapped)) return null;
  return [uuid, swapped].sort()[0] ?? uuid;
}

/** A serial number for comparing (case and blanks do not count), or null when it identifies nothing. */
export function serialKey(text: string | null): string | null {
  if (text === null || isBogusSerial(text)) return null;
  return text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

function swapBytes(hex: string): string {
  return (hex.match(/../g) ?? []).toReversed().join('');
}
