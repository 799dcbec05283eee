import { expectBtrfs } from './damaged.ts';

/** An unsigned place, length or count; no volume of ours reaches 2^53. */
export function u64(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  expectBtrfs(Number.isSafeInteger(value), `it names ${value}, which is past 2^53`);
  return value;
}
