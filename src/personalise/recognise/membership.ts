import type { Membership } from './facts.ts';

/** A counted text of the local security policy: length, most, offset of the text (from the start of the value). */
const HEAD = 8;

/**
 * What a computer belongs to, from the values of the hive SECURITY (`Policy\PolPrDmN`, `PolPrDmS`, `PolDnDDN`). The
 * layout is that of a UNICODE_STRING with an offset in place of the pointer, as [MS-LSAD] gives it for the policy's
 * primary domain; a computer in a workgroup has no security identifier of a domain.
 */
export function membershipOf(
  primaryName: Uint8Array | null,
  primarySid: Uint8Array | null,
  dnsName: Uint8Array | null,
): Membership | null {
  const name = countedText(primaryName);
  if (name === null || name === '') return null;
  // A real one: revision 1, at least one part; nothing, or zeros, in a workgroup.
  const isDomain =
    primarySid !== null && primarySid.length >= 12 && primarySid[0] === 1 && (primarySid[1] ?? 0) > 0;
  if (!isDomain) return { kind: 'workgroup', name };
  const full = countedText(dnsName);
  return { kind: 'domain', name: full === null || full === '' ? name : full };
}

function countedText(value: Uint8Array | null): string | null {
  if (value === null || value.length < HEAD) return null;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const length = bytes.readUInt16LE(0);
  const at = bytes.readUInt32LE(4);
  if (length % 2 === 1 || at < HEAD || at + length > bytes.length) return null;
  return bytes.toString('utf16le', at, at + length).replace(/\0+$/, '');
}
