import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { mounts } from './mounts.ts';
import { type PartitionView, withPartition } from './partition-view.ts';

/** Filesystems that hold Linux systems, as the index calls them. */
export type LinuxFilesystem = 'ext' | 'xfs' | 'btrfs';

/** The kernel's name: its ext4 reads the older ones too. */
const TYPES = { ext: 'ext4', xfs: 'xfs', btrfs: 'btrfs' } as const;
/** Nothing on the disk of a stranger is run. XFS refuses a second filesystem of the same UUID. */
const OPTIONS = 'noatime,nodev,nosuid,noexec';
/** Where installers put the root of a system on Btrfs: Fedora, Ubuntu and Arch, Debian; openSUSE sets the default one. */
const SUBVOLUMES = [null, 'root', '@', '@rootfs'] as const;

export interface LinuxMount {
  readonly filesystem: LinuxFilesystem;
  /** Of a Btrfs: which of its trees; null: the one it shows by itself. */
  readonly subvolume: string | null;
}

/** The mounts under which the root of a system may be found. */
export function linuxMounts(filesystem: LinuxFilesystem): LinuxMount[] {
  return filesystem === 'btrfs'
    ? SUBVOLUMES.map((subvolume) => ({ filesystem, subvolume }))
    : [{ filesystem, subvolume: null }];
}

/**
 * Mounts a filesystem of Linux while `use` runs, then always unmounts it and lets the disk go. Whatever was written is
 * on the disk when this resolves.
 *
 * @returns null when the Btrfs has no such subvolume
 * @throws MimeoError `mount-read-only` when writing was asked for and the kernel found errors; `command-failed` with the
 * words of mount
 */
export async function withLinux<T>(
  view: PartitionView,
  { filesystem, subvolume }: LinuxMount,
  access: { readonly readOnly: boolean },
  use: (root: string) => Promise<T>,
): Promise<T | null> {
  return await withPartition(view, access, async (device) => {
    const root = await mkdtemp(join(tmpdir(), 'mimeo-linux-'));
    try {
      const options = [access.readOnly ? 'ro' : 'rw', OPTIONS];
      if (filesystem === 'xfs') options.push('nouuid');
      if (subvolume !== null) options.push(`subvol=${subvolume}`);
      const mount = ['mount', '-t', TYPES[filesystem], '-o', options.join(','), device, root];
      const { status } = await run(mount, subvolume === null ? {} : { allowStatus: [0, 32] });
      if (status !== 0) return null;
      try {
        await refuseReadOnly(root, view, access);
        return await use(root);
      } finally {
        await run(['umount', root]);
      }
    } finally {
      await rmdir(root);
    }
  });
}

/** The kernel mounts a filesystem with errors read-only and says so in /proc/mounts alone. */
async function refuseReadOnly(
  root: string,
  { disk, partition }: PartitionView,
  access: { readonly readOnly: boolean },
): Promise<void> {
  const mount = (await mounts()).find(({ folder }) => folder === root);
  if (access.readOnly || mount?.readOnly === false) return;
  throw new MimeoError(
    'mount-read-only',
    `The filesystem in partition ${partition.number} of ${disk} could only be mounted read-only.`,
  );
}
