/** The upper 32 bits of the product of two unsigned 32-bit numbers; `Math.imul` gives the lower ones. */
export function mulHigh(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a0 * b1 + a1 * b0 + ((a0 * b0) >>> 16);
  return a1 * b1 + Math.floor(middle / 65536);
}

const MASK = 0xffff_ffff_ffff_ffffn;

/** 64-bit arithmetic for what is done once per checksum. */
export const u64 = {
  mul: (a: bigint, b: bigint): bigint => (a * b) & MASK,
  add: (a: bigint, b: bigint): bigint => (a + b) & MASK,
  not: (a: bigint): bigint => a ^ MASK,
  rotl: (a: bigint, by: bigint): bigint => ((a << by) | (a >> (64n - by))) & MASK,
  /** The two halves of a 128-bit product, one XOR the other. */
  mulFold: (a: bigint, b: bigint): bigint => {
    const product = a * b;
    return (product & MASK) ^ (product >> 64n);
  },
};

/** The primes of xxHash, which both of its kinds share (xxHash's specification). */
export const PRIME64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

/** Eight (or four) 64-bit numbers as pairs of 32-bit ones, lower half first. */
export function lanes(values: readonly bigint[]): Uint32Array {
  return Uint32Array.from(values.flatMap((value) => [Number(value & 0xffff_ffffn), Number(value >> 32n)]));
}

export function lane(pairs: Uint32Array, i: number): bigint {
  return BigInt(pairs[2 * i] ?? 0) | (BigInt(pairs[2 * i + 1] ?? 0) << 32n);
}
