import { damaged } from '../damage.ts';
import { openFile } from '../plain-file.ts';

const PIECE_BYTES = 1 << 18;

/**
 * The bytes of files one after the other.
 * @throws MimeoError `import-damaged` when one cannot be read; as {@link openFile}
 */
export async function* concatenated(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
  for (const path of paths) {
    let offset = 0;
    try {
      await using file = await openFile(path);
      for (;;) {
        signal.throwIfAborted();
        const buffer = Buffer.allocUnsafe(PIECE_BYTES);
        const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw damaged({ path, offset, compressed: false }, `it could not be read (${error.message})`, error);
    }
  }
}
