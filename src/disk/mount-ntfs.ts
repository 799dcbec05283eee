import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { mounts } from './mounts.ts';
import { type PartitionView, withPartition } from './partition-view.ts';

/**
 * Mounts an NTFS partition with ntfs-3g while `use` runs, then always unmounts it and lets the disk go. With
 * `permissions` new files belong to the system alone (with `inherit` added everyone would get full control of them and
 * chmod would do nothing); names that Windows could not open are refused. Whatever was written is on the disk when
 * this resolves.
 *
 * ntfs-3g mounts a hibernated volume read-only and exits 0: the real state is read from /proc/mounts.
 *
 * @throws MimeoError `mount-read-only` when writing was asked for and the volume came up read-only.
 */
export async function withNtfs<T>(
  view: PartitionView,
  access: { readOnly: boolean },
  use: (root: string) => Promise<T>,
): Promise<T> {
  return withPartition(view, access, async (device) => {
    const root = await mkdtemp(join(tmpdir(), 'mimeo-ntfs-'));
    try {
      return await whileMounted(device, root, access.readOnly, view, use);
    } finally {
      await rmdir(root);
    }
  });
}

async function whileMounted<T>(
  device: string,
  root: string,
  readOnly: boolean,
  view: PartitionView,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const options = `${readOnly ? 'ro' : 'rw'},permissions,windows_names,noatime`;
  await run(['ntfs-3g', '-o', options, device, root]);
  let result: T;
  try {
    const state = await mountState(root);
    if (state === null)
      throw new MimeoError('internal', `${root} is not in /proc/mounts after mounting ${device}`);
    if (state === 'ro' && !readOnly) {
      throw new MimeoError(
        'mount-read-only',
        `The NTFS volume in partition ${view.partition.number} of ${view.disk} could only be mounted read-only.`,
      );
    }
    result = await use(root);
  } catch (error) {
    await run(['umount', root]).catch(() => run(['umount', '--lazy', root]));
    throw error;
  }
  await run(['umount', root]);
  return result;
}

/** How a folder is mounted, as the kernel says; null when nothing is mounted there. */
async function mountState(root: string): Promise<'ro' | 'rw' | null> {
  const mount = (await mounts()).find(({ folder }) => folder === root);
  return mount === undefined ? null : mount.readOnly ? 'ro' : 'rw';
}
