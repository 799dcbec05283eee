import { z } from 'zod';

/** `GET /api/v1/deployments/:id/swarm`: who had how much from whom, since the server was started. */
export const swarmSchema = z.object({
  /** Compressed bytes of chunks that hosts had from the server, and from each other. */
  serverBytes: z.number(),
  peerBytes: z.number(),
  /** Milliseconds between two of a host's rates. */
  sampleMs: z.number(),
  hosts: z.array(
    z.object({
      hostId: z.string(),
      /** Also of a host that has another order, and gave to those of this one. */
      hostName: z.string().nullable(),
      fromServer: z.number(),
      fromPeers: z.number(),
      /** To its neighbours. */
      sent: z.number(),
      /** Bytes per second that it received, the newest last; of the last ten minutes. */
      rates: z.array(z.number()),
    }),
  ),
  flows: z.array(
    z.object({
      /** A host's id; null is the server. */
      from: z.string().nullable(),
      to: z.string(),
      bytes: z.number(),
      chunks: z.number(),
    }),
  ),
  /** Hosts that others are not sent to, or not waited for, and why: the first one said first. */
  remarks: z.array(z.object({ hostId: z.string(), words: z.string() })),
});
export type SwarmView = z.infer<typeof swarmSchema>;
