import { damaged } from './damage.ts';
import { openFile } from './plain-file.ts';

/**
 * Reads a run of one of an import's files.
 * @param what it is, for the error
 * @throws MimeoError `import-damaged` when the file ends before; as {@link openFile}
 */
export async function readRange(path: string, offset: number, length: number, what: string): Promise<Buffer> {
  const bytes = await readRangeUpTo(path, offset, length);
  if (bytes.length < length) {
    throw damaged(
      { path, offset: offset + bytes.length, compressed: false },
      `it ends there, before the end of ${what}`,
    );
  }
  return bytes;
}

/** Reads a run of a file, or as much of it as there is; no file has anything past 2^53 bytes. Errors as {@link openFile}. */
export async function readRangeUpTo(path: string, offset: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset + length)) return Buffer.alloc(0);
  await using file = await openFile(path);
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
