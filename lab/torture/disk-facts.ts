import { type FileHandle, open } from 'node:fs/promises';
import { run } from '../../src/command.ts';
import { applyMask, CHUNK_BYTES, chunkIdOf, chunkLength, type ImageIndex } from '../../src/image/index.ts';

const SECTOR = 512;

/** Whether any firmware could start something from it: a boot signature, or a GPT at either end. */
export async function looksBootable(disk: string): Promise<boolean> {
  return withFile(disk, async (file) => {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, 2 * SECTOR);
    const tail = await bytesAt(file, size - SECTOR, SECTOR);
    const gpt = [head.subarray(SECTOR), tail].some(
      (sector) => sector.toString('latin1', 0, 8) === 'EFI PART',
    );
    return gpt || head.readUInt16LE(SECTOR - 2) === 0xaa55;
  });
}

/** How many chunks of the image the disk does not hold, looked at through the image's masks and in its places. */
export async function wrongChunks(disk: string, index: ImageIndex): Promise<number> {
  return withFile(disk, async (file) => {
    let wrong = 0;
    for (const { chunks, startByte, lengthBytes } of index.regions) {
      for (let i = 0; i < chunks.count; i++) {
        const id = chunks.id(i);
        if (id === null) continue;
        const bytes = await bytesAt(file, startByte + i * CHUNK_BYTES, chunkLength(lengthBytes, i));
        applyMask(bytes, chunks.mask(i));
        if (chunkIdOf(bytes) !== id) wrong++;
      }
    }
    return wrong;
  });
}

/** Whether the table of an MBR image stands in sector 0 with its boot code. */
export async function hasTable(disk: string, { layout }: ImageIndex): Promise<boolean> {
  return withFile(disk, async (file) => {
    const sector = await bytesAt(file, 0, SECTOR);
    const starts = layout.partitions.map((partition) => partition.startByte / SECTOR);
    return (
      sector.readUInt16LE(SECTOR - 2) === 0xaa55 &&
      sector.subarray(0, 440).equals(layout.bootCode) &&
      starts.every((start, i) => sector.readUInt32LE(446 + 16 * i + 8) === start)
    );
  });
}

/** Ids of all chunks of an image, each once. */
export function chunkIds({ regions }: ImageIndex): string[] {
  const ids = new Set<string>();
  for (const { chunks } of regions) {
    for (let i = 0; i < chunks.count; i++) ids.add(chunks.id(i) ?? '');
  }
  ids.delete('');
  return [...ids];
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error(`the disk ends before byte ${position + length}`);
  return buffer;
}

/** Whether two disks of one size hold the same from this byte on. */
export async function sameAs(disk: string, other: string, fromByte: number): Promise<boolean> {
  const skip = ['--quiet', `--ignore-initial=${fromByte}`];
  return (await run(['cmp', ...skip, disk, other], { allowStatus: [0, 1] })).status === 0;
}
