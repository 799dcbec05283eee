import { rmdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { run } from '../command.ts';
import { detachLoop, loopsOver } from './loops.ts';
import { mounts } from './mounts.ts';

/** How the names of all folders begin that this room makes to mount something. */
const OUR_FOLDERS = 'mimeo-';

/**
 * Clears away what a run that died left on a disk: mounts of its partitions and the loop devices that show
 * them, and the kernel's order to refuse writes. Nothing of the disk is written but what a mount still held back.
 * For a plain file there is no such order.
 *
 * @returns what was cleared away, in words
 * @throws MimeoError `disk-busy` when something still holds it, `command-failed`
 */
export async function releaseDisk(path: string): Promise<string[]> {
  const cleared: string[] = [];
  for (const device of await loopsOver(path)) {
    for (const { source, folder } of await mounts()) {
      if (source !== device) continue;
      await run(['umount', folder]);
      // Ours was made for this mount, and whoever made it is gone.
      if (basename(folder).startsWith(OUR_FOLDERS)) await rmdir(folder).catch(() => undefined);
      cleared.push(`${path} was still mounted at ${folder}: unmounted`);
    }
    await detachLoop(device, path);
    cleared.push(`${device} still showed a part of ${path}: detached`);
  }
  if ((await stat(path)).isBlockDevice()) {
    const before = await isReadOnly(path);
    if (before) await run(['blockdev', '--setrw', path]);
    // One that is write-protected itself stays so.
    if (before && !(await isReadOnly(path))) {
      cleared.push(`${path} was still write-protected by an earlier capture: no longer`);
    }
  }
  return cleared;
}

async function isReadOnly(path: string): Promise<boolean> {
  return (await run(['blockdev', '--getro', path])).stdout.toString().trim() === '1';
}
