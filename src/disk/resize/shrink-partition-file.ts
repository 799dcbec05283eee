import { open, stat } from 'node:fs/promises';
import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { gigabytes } from '../fit/plan-words.ts';
import { checkExt } from './grow-ext.ts';
import { checkNtfsAt } from './grow-ntfs.ts';
import { minimumPartitionBytes, type Shrinkable, withSignal } from './minimum-size.ts';

const SECTOR = 512;
/** The new size of ext is a whole number of these; resize2fs rounds down to larger blocks by itself. */
const EXT_BLOCK = 4096;

export interface ShrinkRequest {
  /** A plain file, sparse or not, that holds one partition's filesystem and nothing else; a copy, never a master. */
  readonly path: string;
  readonly filesystem: Shrinkable;
  /** The new size of the partition: whole sectors, as old tools made partitions of any number. The file is cut to it. */
  readonly toBytes: number;
  /** For messages: `partition 2 of win11`. */
  readonly name: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes the filesystem in a file smaller, without root and without a mount: moves what lies behind the new end,
 * cuts the file, and checks the result. A run that was cut short leaves the file unusable: make it again.
 *
 * @throws MimeoError `disk-too-small` with numbers when its files need more, `volume-damaged` when it is not in order
 * before or afterwards, `command-failed` with the words of ntfsresize or resize2fs
 */
export async function shrinkPartitionFile(request: ShrinkRequest): Promise<void> {
  const { path, filesystem, toBytes, name, signal } = request;
  const { size } = await stat(path);
  if (toBytes > size || toBytes % SECTOR !== 0) {
    throw new MimeoError('internal', `${name} has ${size} bytes and was to be shrunk to ${toBytes}.`);
  }
  // resize2fs wants it right before; it mends nothing in a filesystem that was unmounted in order.
  if (filesystem === 'ext') await checkExt(path, name, 'mend', signal);
  const least = await minimumPartitionBytes(path, filesystem, signal);
  if (least > toBytes) {
    throw new MimeoError(
      'disk-too-small',
      `The files in ${name} need a partition of ${gigabytes(least)}, it was to have ${gigabytes(toBytes)}.`,
      { next: 'Choose a larger size, or remove files from the master and capture it again.' },
    );
  }
  if (filesystem === 'ntfs') await shrinkNtfs(request);
  else await shrinkExt(request);
}

async function shrinkNtfs({ path, toBytes, name, signal }: ShrinkRequest): Promise<void> {
  const options = withSignal(signal);
  // Twice: the flag for a chkdsk that an earlier resize left is one that one --force does not pass over.
  const force = ['--force', '--force', '--no-progress-bar'];
  await run(['ntfsresize', ...force, '--size', String(toBytes), path], options);
  await cut(path, toBytes);
  // What ntfsresize asks Windows to check is checked here, and the copy of the boot sector put in its place.
  await run(['ntfsfix', '--clear-dirty', path], options);
  await checkNtfsAt(path, name, signal);
  await run(['ntfsresize', '--info', ...force, path], options);
}

async function shrinkExt({ path, toBytes, name, signal }: ShrinkRequest): Promise<void> {
  const blocks = Math.floor(toBytes / EXT_BLOCK);
  await run(['resize2fs', path, `${(blocks * EXT_BLOCK) / 1024}K`], withSignal(signal));
  await cut(path, toBytes);
  await checkExt(path, name, 'look', signal);
}

/** resize2fs cuts a plain file itself, to whole blocks of the filesystem; the partition may have a few more bytes. */
async function cut(path: string, toBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(toBytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
