import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { loopsOver } from './loops.ts';

/** An open whole disk, or a plain file that stands for one (512-byte sectors then). */
export interface Disk extends AsyncDisposable {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly sectorBytes: number;
  /** False for a plain file: there is no kernel partition table and no device cache behind it. */
  readonly isBlockDevice: boolean;
}

/**
 * Opens a whole disk. For writing a block device is claimed exclusively: nothing that is mounted or in use
 * otherwise can be overwritten. A loop device over it claims nothing, and is looked for.
 *
 * @throws MimeoError `disk-busy` when it is in use, `disk-failed` when it cannot be opened.
 */
export async function openDisk(path: string, mode: 'read' | 'write'): Promise<Disk> {
  const handle = await openHandle(path, mode);
  try {
    const stat = await handle.stat();
    const isBlockDevice = stat.isBlockDevice();
    const sizeBytes = isBlockDevice ? await blockdevNumber('--getsize64', path) : stat.size;
    const sectorBytes = isBlockDevice ? await blockdevNumber('--getss', path) : 512;
    return {
      path,
      handle,
      sizeBytes,
      sectorBytes,
      isBlockDevice,
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openHandle(path: string, mode: 'read' | 'write'): Promise<FileHandle> {
  try {
    if (mode === 'read') return await open(path, constants.O_RDONLY);
    const plain = await open(path, constants.O_RDWR);
    if (!(await plain.stat()).isBlockDevice()) return plain;
    await plain.close();
    const [loop] = await loopsOver(path);
    if (loop !== undefined) {
      throw new MimeoError('disk-busy', `${path} is in use: ${loop} shows a part of it.`);
    }
    return await open(path, constants.O_RDWR | constants.O_EXCL);
  } catch (error) {
    if (error instanceof MimeoError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EBUSY') throw new MimeoError('disk-busy', `${path} is in use.`, { cause: error });
    throw new MimeoError('disk-failed', `${path} could not be opened: ${String(error)}`, { cause: error });
  }
}

async function blockdevNumber(question: string, path: string): Promise<number> {
  const { stdout } = await run(['blockdev', question, path]);
  const value = Number(stdout.toString().trim());
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new MimeoError('disk-failed', `blockdev ${question} ${path} said "${stdout.toString().trim()}".`);
  }
  return value;
}

/**
 * Reads exactly `length` bytes.
 * @throws MimeoError `disk-failed` on a read error or a disk that ends early.
 */
export async function readAt(disk: Disk, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  await readInto(disk, buffer, offset);
  return buffer;
}

/** Fills `buffer` from the disk; errors as {@link readAt}. */
export async function readInto(disk: Disk, buffer: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const bytesRead = await io(disk, 'read', offset + done, async () => {
      const result = await disk.handle.read(buffer, done, buffer.length - done, offset + done);
      return result.bytesRead;
    });
    if (bytesRead === 0) {
      throw new MimeoError('disk-failed', `${disk.path} ends at byte ${offset + done}, before it should.`);
    }
    done += bytesRead;
  }
}

/**
 * Writes all of `bytes`.
 * @throws MimeoError `disk-failed` on a write error.
 */
export async function writeAt(disk: Disk, offset: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += await io(disk, 'written', offset + done, async () => {
      const result = await disk.handle.write(bytes, done, bytes.length - done, offset + done);
      if (result.bytesWritten === 0) throw new Error('nothing was taken');
      return result.bytesWritten;
    });
  }
}

async function io(disk: Disk, what: string, offset: number, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    throw new MimeoError('disk-failed', `${disk.path} could not be ${what} at byte ${offset}: ${error}`, {
      cause: error,
    });
  }
}
