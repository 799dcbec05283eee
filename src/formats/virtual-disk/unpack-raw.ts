import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportFile } from '../codec/import-file.ts';
import { refuseNoRoom, workFolder } from '../work-room.ts';

const BLOCK_BYTES = 65_536;
const STEP_BYTES = 1_048_576;
/** Room is looked at again every so often: how much a compressed file becomes is only known at its end. */
const LOOK_EVERY = 256 * STEP_BYTES;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * Writes a compressed or split file as one sparse file, which goes when it is disposed.
 * @throws MimeoError `import-damaged`, `import-no-room`, `import-tool-missing`
 */
export async function unpackRaw(
  file: ImportFile,
  { workFolder: parent, signal }: { workFolder?: string | undefined; signal: AbortSignal },
): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await workFolder(parent, file.storedBytes);
  try {
    const path = join(folder.path, 'disk');
    await using target = await open(path, 'w');
    await using stream = file.stream(signal);
    let written = 0;
    for (;;) {
      const bytes = await stream.readUpTo(STEP_BYTES);
      if (bytes.length === 0) break;
      const at = stream.position - bytes.length;
      for (let i = 0; i < bytes.length; i += BLOCK_BYTES) {
        const block = bytes.subarray(i, i + BLOCK_BYTES);
        if (block.equals(ZEROS.subarray(0, block.length))) continue;
        if (written % LOOK_EVERY < BLOCK_BYTES) await refuseNoRoom(folder.path, LOOK_EVERY);
        await writeAll(target, block, at + i);
        written += block.length;
      }
    }
    await target.truncate(stream.position);
    return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

async function writeAll(
  target: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
