import { z } from 'zod';
import { damagedImagesSchema } from './image.ts';

const reclaimedSchema = z.object({ chunks: z.number(), bytes: z.number() });

/** A chunk that is not what it should be. */
export const chunkFaultSchema = z.object({
  chunk: z.string(),
  state: z.enum(['damaged', 'missing']),
  /** Another holder gave it back. */
  healed: z.boolean(),
  places: z.array(
    z.object({
      image: z.string(),
      version: z.number(),
      disk: z.number(),
      /** 0 for the gap before the first partition. */
      partition: z.number(),
      /** Bytes from the start of the partition. */
      offset: z.number(),
    }),
  ),
});
export type ChunkFaultView = z.infer<typeof chunkFaultSchema>;

/** One piece of work on the whole store. */
export const storeJobSchema = z.object({
  id: z.string(),
  kind: z.enum(['gc', 'scrub', 'verify']),
  /** `name@3` of a verification. */
  image: z.string().nullable(),
  dryRun: z.boolean(),
  /** A garbage collection without any grace. */
  now: z.boolean(),
  by: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  progress: z.object({ chunks: z.number(), ofChunks: z.number().nullable(), bytes: z.number() }).nullable(),
  outcome: z
    .object({
      words: z.string(),
      /** Nothing that an image needs is damaged or missing. */
      sound: z.boolean(),
      chunks: z.number(),
      bytes: z.number(),
      /** At most 1000. */
      faults: z.array(chunkFaultSchema),
      damagedImages: damagedImagesSchema,
      garbage: z
        .object({
          chunks: z.number(),
          bytes: z.number(),
          quarantined: reclaimedSchema,
          waiting: reclaimedSchema,
          young: reclaimedSchema,
          restored: z.number(),
        })
        .nullable(),
    })
    .nullable(),
  failure: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
});
export type StoreJobView = z.infer<typeof storeJobSchema>;

/** `POST /api/v1/store/jobs`: the job that is open already when it is the same. */
export const storeJobRequestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('gc'),
    dryRun: z.boolean().default(false),
    /** What nobody uses is deleted without any grace. */
    now: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('scrub'),
    /** At most so many bytes are read in a second; null: as fast as the disk gives them. */
    bytesPerSecond: z.number().int().min(100_000).max(1e12).nullable().default(null),
  }),
  z.object({ kind: z.literal('verify'), image: z.string().min(1).max(120) }),
]);
export type StoreJobRequest = z.input<typeof storeJobRequestSchema>;

/** `GET /api/v1/store` */
export const storeStatusSchema = z.object({
  images: z.number(),
  versions: z.number(),
  chunks: z.number(),
  bytes: z.number(),
  /** Compressed bytes of all versions as if none shared a chunk with another. */
  unsharedBytes: z.number(),
  quarantined: reclaimedSchema,
  damaged: reclaimedSchema,
  damagedImages: damagedImagesSchema,
  /** Versions of which the last look at them found chunks lost that are not there again. */
  brokenImages: z.array(
    z.object({ name: z.string(), version: z.number(), lostChunks: z.number(), foundAt: z.string() }),
  ),
  freeBytes: z.number().nullable(),
  /** When every chunk was last looked at, or the store began. */
  scrubbedAt: z.string().nullable(),
  /** Newest last. */
  jobs: z.array(storeJobSchema),
});
export type StoreStatusView = z.infer<typeof storeStatusSchema>;
