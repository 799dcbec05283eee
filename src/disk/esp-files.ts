import { copyFile, mkdir, mkdtemp, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { type PartitionView, withPartition } from './partition-view.ts';

/** The few things that are done to files of an EFI system partition. Paths: `EFI/BOOT/BOOTX64.EFI`, any case. */
export interface EspFiles {
  /** Copies a file out, with its time; false when there is none. */
  take(path: string, to: string): Promise<boolean>;
  /** Copies a file in, with its time, making its folder. */
  put(from: string, path: string): Promise<void>;
}

/** Opens the FAT filesystem of a partition while `use` runs; by the kernel's driver, or mtools where it has none. */
export function withEsp<T>(view: PartitionView, use: (files: EspFiles) => Promise<T>): Promise<T> {
  return withPartition(view, { readOnly: false }, async (device) => {
    const root = await mkdtemp(join(tmpdir(), 'mimeo-esp-'));
    try {
      const mount = await run(['mount', '-t', 'vfat', device, root], { allowStatus: [0, 32] });
      if (mount.status !== 0) {
        if (!mount.stderr.includes('unknown filesystem type')) {
          throw new MimeoError(
            'command-failed',
            `The EFI partition could not be mounted: ${mount.stderr.trim()}`,
          );
        }
        return await use(await mtoolsFiles(device));
      }
      try {
        return await use(mountedFiles(root));
      } finally {
        await run(['umount', root]);
      }
    } finally {
      await rmdir(root);
    }
  });
}

function mountedFiles(root: string): EspFiles {
  return {
    async take(path, to) {
      const from = join(root, path);
      const found = await stat(from).catch(() => null);
      if (found === null) return false;
      await copyFile(from, to);
      await utimes(to, found.atime, found.mtime);
      return true;
    },
    async put(from, path) {
      const to = join(root, path);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
      const { atime, mtime } = await stat(from);
      await utimes(to, atime, mtime);
    },
  };
}

async function mtoolsFiles(device: string): Promise<EspFiles> {
  const env = { MTOOLS_SKIP_CHECK: '1' };
  // mcopy says the same of a file that is not there and of a filesystem that cannot be read.
  await run(['mdir', '-b', '-i', device, '::'], { env });
  return {
    async take(path, to) {
      const { status } = await run(['mcopy', '-n', '-m', '-i', device, `::${path}`, to], {
        env,
        allowStatus: [0, 1],
      });
      return status === 0;
    },
    async put(from, path) {
      const folders = dirname(path).split('/');
      for (let depth = 1; depth <= folders.length; depth++) {
        const folder = folders.slice(0, depth).join('/');
        // `-D s` skips a folder that is there.
        await run(['mmd', '-D', 's', '-i', device, `::${folder}`], { env, allowStatus: [0, 1] });
      }
      await run(['mdel', '-i', device, `::${path}`], { env, allowStatus: [0, 1] });
      await run(['mcopy', '-m', '-i', device, from, `::${path}`], { env });
    },
  };
}

/** A folder for files on their way; removed afterwards. */
export async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-scratch-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
