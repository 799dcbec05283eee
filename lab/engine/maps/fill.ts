import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MARKER } from './volume-map.ts';

/**
 * Fills a folder of a mounted volume, or one to copy from: files of many sizes (empty, smaller than a block,
 * of odd lengths), every third deleted again so that free space is cut up and full of stale bytes, and then
 * larger ones that have to go into the pieces.
 *
 * @param root has `marker.bin` afterwards, with {@link MARKER} as its content
 */
export async function fillFolder(root: string, files: number, largeBytes: number): Promise<void> {
  const pathOf = (i: number): string => join(root, `folder ${i % 7}`, `Datei-${i}-ü.bin`);
  for (let i = 0; i < files; i++) {
    await mkdir(dirname(pathOf(i)), { recursive: true });
    await writeFile(pathOf(i), randomBytes((i * 7919) % 60_000));
  }
  await writeFile(join(root, 'marker.bin'), MARKER);
  for (let i = 0; i < files; i += 3) await rm(pathOf(i));
  await writeFile(join(root, 'large.bin'), randomBytes(largeBytes));
  await writeFile(join(root, 'gone.bin'), randomBytes(largeBytes));
  await writeFile(join(root, 'text.txt'), 'Die Wanderratte wandert. '.repeat(40_000));
  const sparse = await open(join(root, 'sparse.bin'), 'w');
  await sparse.write(Buffer.from('far away'), 0, 8, 3_145_728);
  await sparse.close();
  await rm(join(root, 'gone.bin'));
}
