import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 collect garbage when its heap with all buffers has grown to several times what was in use, not by some
 * MiB. Chunks lie outside of that small heap but count as its growth, so that without this every fifth MiB that came
 * started a collection: a third of the processor's time of a host that receives and sends at 100 Mbit/s (`npm run
 * bench:lab`). What it costs is memory: about 70 MiB more before a collection.
 */
export function calmCollector(): void {
  setFlagsFromString('--heap-growing-percent=400');
}
