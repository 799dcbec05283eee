/** GPT attributes that sfdisk calls by name, and their bits (UEFI specification, table 5-8). */
const NAMED_BITS: Readonly<Record<string, number>> = {
  RequiredPartition: 0,
  NoBlockIOProtocol: 1,
  LegacyBIOSBootable: 2,
};

/** `RequiredPartition GUID:60,63` as 64 bits in 16 hex digits. Words it does not know count for nothing. */
export function attributeBits(words: string): string {
  let bits = 0n;
  for (const word of words.split(/[\s,]+/)) {
    const bit = NAMED_BITS[word] ?? Number(/^(?:GUID:)?(\d+)$/.exec(word)?.[1] ?? Number.NaN);
    if (bit >= 0 && bit < 64) bits |= 1n << BigInt(bit);
  }
  return bits.toString(16).padStart(16, '0').toUpperCase();
}

/** The other way round: for `attrs="…"`; '' when no bit is set. */
export function attributeWords(bits: string): string {
  const value = BigInt(`0x${bits}`);
  const set = Array.from({ length: 64 }, (_, i) => i).filter((i) => ((value >> BigInt(i)) & 1n) === 1n);
  const named = Object.entries(NAMED_BITS).filter(([, bit]) => set.includes(bit));
  const own = set.filter((bit) => bit >= 48);
  return [...named.map(([word]) => word), ...(own.length > 0 ? [`GUID:${own.join(',')}`] : [])].join(' ');
}

/** A name as sfdisk writes it: bytes that could confuse a reader as `\x22`. */
export function textOf(quoted: string): string {
  const bytes: Buffer[] = [];
  for (const [part] of quoted.matchAll(/\\x[0-9a-fA-F]{2}|[^\\]+|\\/g)) {
    bytes.push(part.startsWith('\\x') ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part));
  }
  return Buffer.concat(bytes).toString();
}

/** The other way round. */
export function quotedText(text: string): string {
  return text.replaceAll(/["\\]|\p{Cc}/gu, (one) =>
    [...Buffer.from(one)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
