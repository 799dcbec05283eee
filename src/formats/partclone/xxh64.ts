import type { StripChecksum } from './strip-checksum.ts';
import { lane, lanes, mulHigh, PRIME64, u64 } from './u64.ts';

const [P1, P2, P3, P4] = PRIME64;
const STRIPE_BYTES = 32;
const [P1_LOW, P1_HIGH, P2_LOW, P2_HIGH] = [...lanes([P1, P2])] as [number, number, number, number];

/**
 * XXH64 with seed 0 (xxHash's specification, "XXH64 algorithm"), of input in multiples of 32 bytes, which
 * blocks are.
 */
export class Xxh64 implements StripChecksum {
  #lanes = start();
  #bytes = 0n;

  /** @throws RangeError when the length is no multiple of 32 */
  update(bytes: Uint8Array): void {
    if (bytes.length % STRIPE_BYTES !== 0) throw new RangeError(`${bytes.length} bytes are no whole stripes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < 4; i++) this.#feed(view, i);
    this.#bytes += BigInt(bytes.length);
  }

  digest(): Buffer {
    const four = [0, 1, 2, 3].map((i) => lane(this.#lanes, i));
    let hash = four.reduce((sum, value, i) => u64.add(sum, u64.rotl(value, [1n, 7n, 12n, 18n][i] ?? 0n)), 0n);
    for (const value of four) {
      const round = u64.mul(u64.rotl(u64.mul(value, P2), 31n), P1);
      hash = u64.add(u64.mul(hash ^ round, P1), P4);
    }
    hash = u64.add(hash, this.#bytes);
    hash = u64.mul(hash ^ (hash >> 33n), P2);
    hash = u64.mul(hash ^ (hash >> 29n), P3);
    const result = Buffer.alloc(8);
    result.writeBigUInt64LE(hash ^ (hash >> 32n));
    return result;
  }

  reset(): void {
    this.#lanes = start();
    this.#bytes = 0n;
  }

  /** One of the four lanes: `lane = rotl(lane + input * P2, 31) * P1` for each of its inputs. */
  #feed(view: DataView, i: number): void {
    let low = this.#lanes[2 * i] ?? 0;
    let high = this.#lanes[2 * i + 1] ?? 0;
    for (let at = 8 * i; at < view.byteLength; at += STRIPE_BYTES) {
      const inLow = view.getUint32(at, true);
      const inHigh = view.getUint32(at + 4, true);
      const productHigh = mulHigh(inLow, P2_LOW) + Math.imul(inLow, P2_HIGH) + Math.imul(inHigh, P2_LOW);
      const sum = low + (Math.imul(inLow, P2_LOW) >>> 0);
      const sumHigh = (high + productHigh + (sum > 0xffff_ffff ? 1 : 0)) | 0;
      const turnedLow = (((sum | 0) << 31) | (sumHigh >>> 1)) >>> 0;
      const turnedHigh = ((sumHigh << 31) | ((sum | 0) >>> 1)) >>> 0;
      high =
        (mulHigh(turnedLow, P1_LOW) + Math.imul(turnedLow, P1_HIGH) + Math.imul(turnedHigh, P1_LOW)) >>> 0;
      low = Math.imul(turnedLow, P1_LOW) >>> 0;
    }
    this.#lanes[2 * i] = low;
    this.#lanes[2 * i + 1] = high;
  }
}

function start(): Uint32Array {
  return lanes([u64.add(P1, P2), P2, 0n, u64.add(u64.not(P1), 1n)]);
}
