import { timingSafeEqual } from 'node:crypto';
import { type ChunkId, isChunkId } from '../../image/index.ts';
import { addressBytes } from './address-bytes.ts';
import { hmacSha256 } from './hmac.ts';

/** What a ticket allows: this address may have this chunk until then. */
export interface TicketFacts {
  /** Of the host that asks, as the server and the serving peer see it. */
  readonly address: string;
  readonly chunk: ChunkId;
  /** Milliseconds of the server's clock. */
  readonly expires: number;
}

/** What the key of a pair of hosts is for: this address may ask until then. */
export type PairFacts = Omit<TicketFacts, 'chunk'>;

const PAIR_PURPOSE = Buffer.from('mimeo pair key 1');
const SEAL_PURPOSE = Buffer.from('mimeo pair seal 1');
const PURPOSE = Buffer.from('mimeo chunk ticket 2');
const TICKET_BYTES = 32;
/** Stands for an address that is none: never equal to one, and the work is the same. */
const NO_ADDRESS = Buffer.alloc(17);
const NO_CHUNK = Buffer.alloc(32);

/**
 * Made by the server for the asking host: with it that host makes the tickets for one serving peer itself. A server
 * of 300 hosts would have to make tens of thousands of tickets a second.
 *
 * @param secret of the SERVING peer, see `agreeSecret`
 */
export function pairKey(secret: Uint8Array, { address, expires }: PairFacts): Buffer {
  const until = Buffer.alloc(8);
  until.writeDoubleBE(expires);
  return hmacSha256(secret, [PAIR_PURPOSE, addressBytes(address) ?? NO_ADDRESS, until]);
}

/**
 * Hides the key of a pair from the network between the server and the asking host; the same again shows it.
 *
 * @param secret of the ASKING host
 * @param peer the id of the serving one
 */
export function sealPairKey(secret: Uint8Array, peer: string, expires: number, key: Uint8Array): Buffer {
  const until = Buffer.alloc(8);
  until.writeDoubleBE(expires);
  const seal = hmacSha256(secret, [SEAL_PURPOSE, until, Buffer.from(peer)]);
  for (const [i, byte] of seal.entries()) seal[i] = byte ^ (key[i] ?? 0);
  return seal;
}

/**
 * Made by the asking host, checked by the serving peer: whoever reads it on the network can use it neither from
 * another address nor for another chunk nor later.
 *
 * @returns HMAC-SHA256 in base64url, 43 characters
 */
export function ticketFor(key: Uint8Array, chunk: ChunkId): string {
  return macOf(key, chunk).toString('base64url');
}

/**
 * @param secret of the serving peer
 * @param now milliseconds of the server's clock, as the serving peer knows it
 */
export function isTicketRight(secret: Uint8Array, facts: TicketFacts, ticket: string, now: number): boolean {
  const right = macOf(pairKey(secret, facts), facts.chunk);
  const given = Buffer.alloc(TICKET_BYTES);
  // One spelling only: Buffer is lenient with characters that are not base64url and with spare bits.
  const whole = given.write(ticket.slice(0, 64), 'base64url') === TICKET_BYTES;
  const equal = timingSafeEqual(right, given);
  return equal && whole && given.toString('base64url') === ticket && now <= facts.expires;
}

function macOf(key: Uint8Array, chunk: ChunkId): Buffer {
  return hmacSha256(key, [PURPOSE, isChunkId(chunk) ? Buffer.from(chunk, 'hex') : NO_CHUNK]);
}
