import { mkdtemp, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../../src/command.ts';

/**
 * Mounts a volume by any command while `use` runs, in a new folder; always unmounts it and removes the folder.
 *
 * @param argv the command, which has ended or gone to the background when the volume is mounted
 */
export async function whileMountedBy<T>(
  folder: string,
  argv: (root: string) => readonly string[],
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(folder, 'mount-'));
  try {
    await run(argv(root));
    try {
      return await use(root);
    } finally {
      await run(['umount', root]);
    }
  } finally {
    await rmdir(root);
  }
}

/**
 * Mounts a volume that fills a file with the kernel's driver while `use` runs; always unmounts it and lets
 * the loop device go. The mount point is made beside the file.
 *
 * @param options for `mount -o`; `loop` is added
 */
export function whileMounted<T>(
  type: string,
  file: string,
  options: string,
  use: (root: string) => Promise<T>,
): Promise<T> {
  // The kernel lets go of a loop device that mount made when it is unmounted.
  const argv = (root: string): string[] => ['mount', '-t', type, '-o', `loop,${options}`, file, root];
  return whileMountedBy(dirname(file), argv, use);
}

/**
 * As {@link whileMounted}, by a FUSE driver. It is given a loop device: with a plain file `umount` would
 * return before the driver has written everything.
 *
 * @param argv the driver's call, which goes to the background when the volume is mounted
 */
export async function whileDriven<T>(
  argv: (device: string, root: string) => readonly string[],
  file: string,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const { stdout } = await run(['losetup', '--find', '--show', file]);
  const device = stdout.toString().trim();
  try {
    return await whileMountedBy(dirname(file), (root) => argv(device, root), use);
  } finally {
    await run(['losetup', '--detach', device]);
  }
}
