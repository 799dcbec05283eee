import type { PackageTree } from './package-tree.ts';

/**
 * Packs a folder as a squashfs with zstd. The same content gives the same bytes.
 *
 * Blocks of 512 KiB: larger ones gain little and cost memory and time for every first page of a file.
 */
export async function packSquashfs(
  tree: PackageTree,
  folder: string,
  file: string,
  level = 22,
): Promise<void> {
  await tree.run('usr/bin/mksquashfs', [
    folder,
    file,
    '-noappend',
    '-no-progress',
    '-quiet',
    '-all-root',
    '-no-xattrs',
    '-mkfs-time',
    '0',
    '-all-time',
    '0',
    '-b',
    '512K',
    '-comp',
    'zstd',
    '-Xcompression-level',
    String(level),
  ]);
}
