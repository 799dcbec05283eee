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

const PURPOSE = Buffer.from('mimeo chunk ticket 1');
const TICKET_BYTES = 32;
/** Stands for an address that is none: never equal to one, and the work is the same. */
const NO_ADDRESS = Buffer.alloc(17);
const NO_CHUNK = Buffer.alloc(32);

/**
 * Made by the server for the asking host, checked by the serving peer: whoever reads it on the network can use it
 * neither from another address nor for another chunk nor later.
 *
 * @param secret of the SERVING peer, see `agreeSecret`
 * @returns HMAC-SHA256 in base64url, 43 characters
 */
export function signTicket(secret: Uint8Array, facts: TicketFacts): string {
  return macOf(secret, facts).toString('base64url');
}

/** @param now milliseconds of the server's clock, as the serving peer knows it */
export function isTicketRight(secret: Uint8Array, facts: TicketFacts, ticket: string, now: number): boolean {
  const right = macOf(secret, facts);
  const given = Buffer.alloc(TICKET_BYTES);
  // One spelling only: Buffer is lenient with characters that are not base64url and with spare bits.
  const whole = given.write(ticket.slice(0, 64), 'base64url') === TICKET_BYTES;
  const equal = timingSafeEqual(right, given);
  return equal && whole && given.toString('base64url') === ticket && now <= facts.expires;
}

function macOf(secret: Uint8Array, { address, chunk, expires }: TicketFacts): Buffer {
  const until = Buffer.alloc(8);
  until.writeDoubleBE(expires);
  return hmacSha256(secret, [
    PURPOSE,
    addressBytes(address) ?? NO_ADDRESS,
    isChunkId(chunk) ? Buffer.from(chunk, 'hex') : NO_CHUNK,
    until,
  ]);
}
