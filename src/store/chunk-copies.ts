import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChunkId } from '../image/index.ts';
import { openFrame } from './frame.ts';

/** Asks whoever else may hold a chunk for its frame; null when nobody has it. What it gives is checked. */
export type ChunkCopies = (id: ChunkId) => Promise<Uint8Array | null>;

/**
 * Copies of stores' folders (made by `rsync`, say) as other holders of their chunks. They are only read; one that is
 * not there at the moment holds nothing, and one whose copy has rotted as well is passed over.
 *
 * @param folders each with `chunks/ab/<id>.zst` in it
 */
export function copiesIn(folders: readonly string[]): ChunkCopies {
  return async (id) => {
    for (const folder of folders) {
      const frame = await readFile(join(folder, 'chunks', id.slice(0, 2), `${id}.zst`)).catch(() => null);
      if (frame !== null && (await isWhole(id, frame))) return frame;
    }
    return null;
  };
}

function isWhole(id: ChunkId, frame: Buffer): Promise<boolean> {
  return openFrame(id, frame).then(
    () => true,
    () => false,
  );
}
