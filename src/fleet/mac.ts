/** How a MAC is written: what stands between its groups, after how many digits, in which case. */
export interface MacStyle {
  readonly separator: string;
  /** Hex digits between two separators; irrelevant when the separator is empty. */
  readonly group: 2 | 4;
  readonly upper: boolean;
}

export const CANONICAL_MAC: MacStyle = { separator: ':', group: 2, upper: false };

export type MacFault = 'malformed' | 'zero' | 'multicast';

const PAIRS = /^[0-9a-f]{2}([:.\- ]?)[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i;
const FOURS = /^[0-9a-f]{4}([:.-])[0-9a-f]{4}\1[0-9a-f]{4}$/i;

/**
 * Reads a MAC written with colons, dashes, dots, blanks or nothing between its bytes (or Cisco's groups of four).
 *
 * @returns the canonical form (`52:54:00:ab:cd:ef`), or what is wrong with it: `multicast` also stands for the
 * broadcast address, as no network card can own either.
 */
export function readMac(text: string): { mac: string } | { fault: MacFault } {
  const trimmed = text.trim();
  if (!PAIRS.test(trimmed) && !FOURS.test(trimmed)) return { fault: 'malformed' };
  const digits = trimmed.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
  if (digits === '000000000000') return { fault: 'zero' };
  // The lowest bit of the first byte marks a group address (IEEE 802, 8.2.2).
  if ((Number.parseInt(digits.slice(0, 2), 16) & 1) === 1) return { fault: 'multicast' };
  return { mac: formatDigits(digits, CANONICAL_MAC) };
}

/** The canonical form of a MAC, or null where {@link readMac} finds a fault. */
export function parseMac(text: string): string | null {
  const read = readMac(text);
  return 'mac' in read ? read.mac : null;
}

/** Writes a canonical MAC in another style. */
export function formatMac(mac: string, style: MacStyle = CANONICAL_MAC): string {
  return formatDigits(mac.replaceAll(':', ''), style);
}

/** The style in which a valid MAC was written. */
export function macStyleOf(text: string): MacStyle {
  const trimmed = text.trim();
  const separator = /[^0-9a-f]/i.exec(trimmed)?.[0] ?? '';
  return { separator, group: FOURS.test(trimmed) ? 4 : 2, upper: /[A-F]/.test(trimmed) };
}

function formatDigits(digits: string, style: MacStyle): string {
  const groups = digits.match(style.group === 4 ? /.{4}/g : /../g) ?? [];
  const text = groups.join(style.separator);
  return style.upper ? text.toUpperCase() : text.toLowerCase();
}
