import type { ByteRun } from '../../image/index.ts';
import type { VolumeReader } from '../volume-reader.ts';

/** A volume made of pieces of another one. */
export interface ExtentView {
  readonly read: VolumeReader;
  readonly lengthBytes: number;
  /** Where a run of it lies in the other one, in order. */
  readonly places: (run: ByteRun) => ByteRun[];
}

/** @param pieces bytes of the volume below, one after the other */
export function extentView(below: VolumeReader, pieces: readonly ByteRun[]): ExtentView {
  let end = 0;
  const placed = pieces.map(({ start, length }) => {
    const from = end;
    end += length;
    return { from, to: end, start };
  });
  const places = (run: ByteRun): ByteRun[] =>
    placed.flatMap(({ from, to, start }) => {
      const first = Math.max(from, run.start);
      const length = Math.min(to, run.start + run.length) - first;
      return length > 0 ? [{ start: start + first - from, length }] : [];
    });
  return {
    lengthBytes: end,
    places,
    read: async (offset, length) => {
      const found = places({ start: offset, length });
      const parts: Buffer[] = [];
      for (const piece of found) parts.push(await below(piece.start, piece.length));
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    },
  };
}
