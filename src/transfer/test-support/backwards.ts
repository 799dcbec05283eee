import type { ChunkSource, Wanted } from '../ports.ts';

/** A source that brings what is missing in an order of its own: the last first. */
export function backwards(
  source: ChunkSource,
  onWanted: (wanted: Wanted) => void = () => undefined,
): ChunkSource {
  return {
    fetch: (id, signal) => source.fetch(id, signal),
    reportBad: (id, words) => source.reportBad(id, words),
    async *arrivals(wanted) {
      onWanted(wanted);
      for (let number = wanted.list.length - 1; number >= 0; number--) {
        if (wanted.missing(number)) yield number;
      }
    },
  };
}
