import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImportFile } from '../codec/import-file.ts';
import { noRoom, refuseNoRoom, workFolder } from '../work-room.ts';
import { writeAllAt } from '../write-all-at.ts';

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
        await writeAllAt(target, block, at + i);
        written += block.length;
      }
    }
    await target.truncate(stream.position);
    return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw noRoom(error, dirname(folder.path), 'import-no-room');
  }
}
