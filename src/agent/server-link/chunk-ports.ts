import type { ChunkSink, ChunkSource } from '../../transfer/index.ts';
import type { ServerLink } from './server-link.ts';

/** The protocol's limit for one question about missing chunks. */
const MOST_IDS = 4096;

/** The server as the place where a task's chunks come from. */
export function serverChunkSource(link: ServerLink, taskId: string, signal: AbortSignal): ChunkSource {
  return {
    fetch: (id, callSignal) => link.fetchChunk(taskId, id, callSignal),
    reportBad: (id, words) => link.reportBadChunk(taskId, id, words, signal),
  };
}

/** The server as the place where a capture's chunks go. */
export function serverChunkSink(link: ServerLink, taskId: string): ChunkSink {
  return {
    async missing(ids, signal) {
      const missing: string[] = [];
      for (let at = 0; at < ids.length; at += MOST_IDS) {
        missing.push(...(await link.missingChunks(taskId, ids.slice(at, at + MOST_IDS), signal)));
      }
      return missing;
    },
    put: (id, frame, signal) => link.putChunk(taskId, id, frame, signal),
  };
}
