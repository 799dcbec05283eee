import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Holdings } from '../network/index.ts';
import { mountNtfs } from './mount.ts';
import { type Extent, extractPartition } from './partition.ts';

/** The bytes of one file of an NTFS partition of a disk (a raw file), read-only. */
export async function readNtfsFile(
  disk: string,
  partition: Extent,
  path: string,
  at: { readonly folder: string; readonly holdings: Holdings },
): Promise<Buffer> {
  const scratch = await mkdtemp(join(at.folder, 'read-'));
  const volume = join(scratch, 'volume.ntfs');
  await extractPartition(disk, partition, volume);
  const mount = await mountNtfs(volume, join(scratch, 'mount'), { holdings: at.holdings, readOnly: true });
  const bytes = await readFile(join(mount.folder, path));
  await mount.unmount();
  await rm(scratch, { recursive: true });
  return bytes;
}
