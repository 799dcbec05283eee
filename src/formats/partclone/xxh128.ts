import type { StripChecksum } from './strip-checksum.ts';
import { lane, lanes, mulHigh, PRIME64, u64 } from './u64.ts';

const [P1, P2, P3, P4, P5] = PRIME64;
const P32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d] as const;
const AVALANCHE = 0x165667919e3779f9n;
const STRIPE_BYTES = 64;
const STRIPES_PER_BLOCK = 16;
/** The algorithm's own "secret" (xxHash's specification, XXH3): what an unseeded hash starts from. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);
const LAST_STRIPE_SECRET = SECRET.length - STRIPE_BYTES - 7;

/**
 * XXH3 with 128 bits and without a seed (xxHash's specification, "XXH3 algorithm"), of more than 240 bytes in
 * multiples of 64, which blocks are. The digest is the lower half, then the upper one, as partclone writes it.
 */
export class Xxh128 implements StripChecksum {
  #lanes = start();
  #bytes = 0n;
  /** Stripes of the current block that are in already. */
  #stripes = 0;
  /** The newest stripe waits: if it is the last one it is treated otherwise. */
  readonly #waiting = Buffer.alloc(STRIPE_BYTES);

  /** @throws RangeError when the length is no multiple of 64 */
  update(bytes: Uint8Array): void {
    if (bytes.length % STRIPE_BYTES !== 0) throw new RangeError(`${bytes.length} bytes are no whole stripes`);
    if (bytes.length === 0) return;
    if (this.#bytes > 0n) this.#take(viewOf(this.#waiting), 0);
    const view = viewOf(bytes);
    const last = bytes.length - STRIPE_BYTES;
    for (let at = 0; at < last; at += STRIPE_BYTES) this.#take(view, at);
    this.#waiting.set(bytes.subarray(last));
    this.#bytes += BigInt(bytes.length);
  }

  digest(): Buffer {
    const final = Uint32Array.from(this.#lanes);
    accumulate(final, viewOf(this.#waiting), 0, LAST_STRIPE_SECRET);
    const result = Buffer.alloc(16);
    result.writeBigUInt64LE(merge(final, 11, u64.mul(this.#bytes, P1)), 0);
    const upper = merge(final, SECRET.length - STRIPE_BYTES - 11, u64.not(u64.mul(this.#bytes, P2)));
    result.writeBigUInt64LE(upper, 8);
    return result;
  }

  reset(): void {
    this.#lanes = start();
    this.#bytes = 0n;
    this.#stripes = 0;
  }

  #take(view: DataView, at: number): void {
    accumulate(this.#lanes, view, at, this.#stripes * 8);
    if (++this.#stripes < STRIPES_PER_BLOCK) return;
    scramble(this.#lanes);
    this.#stripes = 0;
  }
}

const SECRET_VIEW = viewOf(SECRET);

function accumulate(pairs: Uint32Array, view: DataView, at: number, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const inLow = view.getUint32(at + 8 * i, true);
    const inHigh = view.getUint32(at + 8 * i + 4, true);
    const keyLow = (inLow ^ SECRET_VIEW.getUint32(secretAt + 8 * i, true)) >>> 0;
    const keyHigh = (inHigh ^ SECRET_VIEW.getUint32(secretAt + 8 * i + 4, true)) >>> 0;
    add(pairs, i ^ 1, inLow, inHigh);
    add(pairs, i, Math.imul(keyLow, keyHigh) >>> 0, mulHigh(keyLow, keyHigh));
  }
}

function scramble(pairs: Uint32Array): void {
  const at = SECRET.length - STRIPE_BYTES;
  for (let i = 0; i < 8; i++) {
    const high = pairs[2 * i + 1] ?? 0;
    const low = ((pairs[2 * i] ?? 0) ^ (high >>> 15) ^ SECRET_VIEW.getUint32(at + 8 * i, true)) >>> 0;
    const mixed = high ^ SECRET_VIEW.getUint32(at + 8 * i + 4, true);
    pairs[2 * i] = Math.imul(low, P32[0]);
    pairs[2 * i + 1] = mulHigh(low, P32[0]) + Math.imul(mixed, P32[0]);
  }
}

function add(pairs: Uint32Array, i: number, low: number, high: number): void {
  const sum = (pairs[2 * i] ?? 0) + low;
  pairs[2 * i] = sum;
  pairs[2 * i + 1] = (pairs[2 * i + 1] ?? 0) + high + (sum > 0xffff_ffff ? 1 : 0);
}

function merge(pairs: Uint32Array, secretAt: number, from: bigint): bigint {
  let result = from;
  for (let i = 0; i < 4; i++) {
    const a = lane(pairs, 2 * i) ^ SECRET.readBigUInt64LE(secretAt + 16 * i);
    const b = lane(pairs, 2 * i + 1) ^ SECRET.readBigUInt64LE(secretAt + 16 * i + 8);
    result = u64.add(result, u64.mulFold(a, b));
  }
  result = u64.mul(result ^ (result >> 37n), AVALANCHE);
  return result ^ (result >> 32n);
}

function start(): Uint32Array {
  return lanes([BigInt(P32[2]), P1, P2, P3, P4, BigInt(P32[1]), P5, BigInt(P32[0])]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
