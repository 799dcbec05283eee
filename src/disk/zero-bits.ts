/**
 * The runs of zero bits in a bitmap, least significant bit first, as most filesystems keep what is free.
 *
 * @param bits so many bits count
 * @param found called for each run in order, with its first bit and its length
 * @returns how many bits are zero
 */
export function eachZeroRun(
  bitmap: Uint8Array,
  bits: number,
  found: (first: number, count: number) => void,
): number {
  let zeros = 0;
  let start = -1;
  const end = (bit: number): void => {
    if (start < 0) return;
    found(start, bit - start);
    zeros += bit - start;
    start = -1;
  };
  for (let bit = 0; bit < bits; ) {
    const byte = bitmap[bit >> 3] ?? 0xff;
    // Whole bytes of one kind are nearly all there are.
    if ((bit & 7) === 0 && bit + 8 <= bits && (byte === 0 || byte === 0xff)) {
      if (byte !== 0) end(bit);
      else if (start < 0) start = bit;
      bit += 8;
      continue;
    }
    if (((byte >> (bit & 7)) & 1) !== 0) end(bit);
    else if (start < 0) start = bit;
    bit++;
  }
  end(bits);
  return zeros;
}
