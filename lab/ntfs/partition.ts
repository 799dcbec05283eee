import { open, truncate } from 'node:fs/promises';
import { run } from '../../src/command.ts';

export const SECTOR = 512;

/** A place on a disk, in sectors of 512 bytes. */
export interface Extent {
  readonly start: number;
  readonly sectors: number;
}

/** Copies a partition out of a disk into a file of its own; holes stay holes. */
export async function extractPartition(disk: string, extent: Extent, file: string): Promise<void> {
  const bytes = extent.sectors * SECTOR;
  await copy([`if=${disk}`, `of=${file}`, `skip=${extent.start * SECTOR}B`, `count=${bytes}B`]);
  await truncate(file, bytes);
}

/** Copies a file to a place on a disk that is empty there. */
export async function insertPartition(file: string, disk: string, startSector: number): Promise<void> {
  await copy([`if=${file}`, `of=${disk}`, `seek=${startSector * SECTOR}B`, 'conv=notrunc,sparse']);
}

async function copy(operands: readonly string[]): Promise<void> {
  const conversion = operands.some((operand) => operand.startsWith('conv=')) ? [] : ['conv=sparse'];
  await run(['dd', 'bs=64K', 'status=none', ...conversion, ...operands]);
}

/** Reads bytes of a file. Throws when the file ends before. */
export async function readAt(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    if (bytesRead !== length) throw new Error(`${file} ends before ${position + length}`);
    return buffer;
  } finally {
    await handle.close();
  }
}

/** Overwrites bytes of a file. */
export async function writeAt(file: string, position: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { bytesWritten } = await handle.write(bytes, 0, bytes.length, position);
    if (bytesWritten !== bytes.length)
      throw new Error(`${file}: ${bytesWritten} of ${bytes.length} bytes written`);
  } finally {
    await handle.close();
  }
}
