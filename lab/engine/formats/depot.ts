import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';

/** Chunks in memory, to capture or import into and to export from. */
export function depot() {
  const frames = new Map<string, Buffer>();
  return {
    frames,
    missing: (ids: readonly string[]) => Promise.resolve(ids.filter((id) => !frames.has(id))),
    put: (id: string, frame: Buffer) => {
      frames.set(id, frame);
      return Promise.resolve();
    },
    chunk: (id: string, length: number): Promise<Buffer> => {
      const bytes = zstdDecompressSync(frames.get(id) ?? Buffer.alloc(0));
      assert.equal(bytes.length, length);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), id);
      return Promise.resolve(bytes);
    },
  };
}
