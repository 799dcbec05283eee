import { pairKey, sealPairKey } from '../swarm/index.ts';

/** A key holds at least so long: it is used within seconds, and a crowded network may take a while. */
const HOLDS_MS = 120_000;
/** Keys made within this time end together, so that each pair of hosts needs one of them. */
const WINDOW_MS = 120_000;
/** Of a lab of a thousand not all pairs are kept: a million keys would take 100 MB. */
const REMEMBERED = 320;

export interface SealedKey {
  /** base64url, 43 characters */
  readonly key: string;
  /** Milliseconds of the clock that tickets are made by. */
  readonly expires: number;
}

/** Who serves. */
interface Source {
  readonly hostId: string;
  readonly secret: Buffer;
}

/** The keys with which one host makes its tickets for others, sealed for it; each is made once in a while. */
export class PairKeys {
  readonly #secret: Buffer;
  readonly #address: string;
  readonly #keys = new Map<Source, SealedKey>();
  #expires = 0;

  /** @param asker who gets them: its secret, and where it is seen to ask from */
  constructor(asker: { readonly secret: Buffer; readonly address: string }) {
    this.#secret = asker.secret;
    this.#address = asker.address;
  }

  /** @param now milliseconds of a clock that never jumps */
  for(source: Source, now: number): SealedKey {
    const expires = Math.ceil((now + HOLDS_MS) / WINDOW_MS) * WINDOW_MS;
    if (expires !== this.#expires || this.#keys.size >= REMEMBERED) this.#keys.clear();
    this.#expires = expires;
    const found = this.#keys.get(source);
    if (found !== undefined) return found;
    const key = pairKey(source.secret, { address: this.#address, expires });
    const sealed = sealPairKey(this.#secret, source.hostId, expires, key);
    const made = { key: sealed.toString('base64url'), expires };
    this.#keys.set(source, made);
    return made;
  }
}
