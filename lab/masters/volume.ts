import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import type { Holdings } from '../network/index.ts';
import { mountNtfs } from '../ntfs/mount.ts';
import { SECTOR } from '../ntfs/partition.ts';
import { WINDOWS_SECTORS } from './layout.ts';
import { junk } from './tree/junk.ts';
import { oddFiles } from './tree/odd-files.ts';
import { realFiles } from './tree/real-files.ts';
import { windowsFiles } from './tree/windows-files.ts';
import { fileTime, writeTree } from './tree/write-tree.ts';

const MiB = 1024 * 1024;

/** The volume's size. Both masters carry the same volume, at different places. */
export const VOLUME_BYTES = WINDOWS_SECTORS * SECTOR;

/** What the deleted files of the master are full of: found on a deployed disk, masking has failed. */
export const STALE_MARK = 'MIMEO-STALE-JUNK';
const STALE_FILES = 6;
const STALE_BYTES = 5 * MiB;

/** When the newest file of the master was written: Windows XP's last service pack. */
const MASTER_TIME = new Date('2008-04-14T12:00:00Z');

/**
 * Makes a file that holds the masters' Windows volume: a Windows-like NTFS tree of thousands of files, and
 * stale bytes of deleted files in its free space.
 */
export async function buildVolume(file: string, scratch: string, holdings: Holdings): Promise<void> {
  await writeFile(file, '');
  await truncate(file, VOLUME_BYTES);
  const geometry = ['--heads', '255', '--sectors-per-track', '63', '--partition-start', '63'];
  await run(['mkntfs', '--force', '--quiet', '--quick', '--label', 'WINDOWS', ...geometry, file]);
  const entries = [
    ...(await windowsFiles(scratch, fileTime(MASTER_TIME))),
    ...oddFiles(),
    ...realFiles({ maxFiles: 2500, maxBytes: 70 * MiB }),
  ];
  const mount = await mountNtfs(file, join(scratch, 'volume'), { holdings, readOnly: false });
  await writeTree(mount.folder, entries, MASTER_TIME);
  await leaveStaleBytes(mount.folder);
  await mount.unmount();
}

/** Random bytes with a mark in every cluster, written to files that are then deleted. */
async function leaveStaleBytes(root: string): Promise<void> {
  const folder = join(root, 'RECYCLER');
  await mkdir(folder);
  for (let index = 0; index < STALE_FILES; index++) {
    const bytes = junk(`stale ${index}`, STALE_BYTES);
    for (let at = 0; at < bytes.length; at += 4096) bytes.write(STALE_MARK, at, 'latin1');
    await writeFile(join(folder, `deleted ${index}.avi`), bytes);
  }
  await run(['sync', '--file-system', root]);
  await rm(folder, { recursive: true });
}
