import { z } from 'zod';
import { inventorySchema } from './inventory.ts';

/** Raised when an older agent could no longer talk to a newer server. */
export const PROTOCOL_VERSION = 3;

/** `POST /agent/v1/hello`: the agent's first words after each boot; needs no token. */
export const helloRequestSchema = z.object({
  protocol: z.number().int(),
  /** The nonce of the boot script that started this boot environment; null when booted from media. */
  bootNonce: z.string().max(64).nullable(),
  inventory: inventorySchema,
  /** Seconds from power on to this call as far as the kernel knows (its uptime). */
  uptimeSeconds: z.number().nonnegative(),
});
export type HelloRequest = z.infer<typeof helloRequestSchema>;

export const helloReplySchema = z.object({
  hostId: z.string(),
  /** The bearer token of this host for this boot; every other call needs it. */
  token: z.string(),
  /** The host's name when it has one already. */
  name: z.string().nullable(),
  lab: z.string().nullable(),
  /** ISO 8601: for hosts whose CMOS clock is dead. */
  serverTime: z.string(),
  /** Public keys (raw Ed25519, base64url) that sign indexes. */
  indexKeys: z.array(z.string()),
});
export type HelloReply = z.infer<typeof helloReplySchema>;
