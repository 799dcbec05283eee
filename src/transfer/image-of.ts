import { MimeoError } from '../errors.ts';
import type { DiskImage, ImageIndex } from '../image/index.ts';

/**
 * The index of an image that is not committed yet.
 * @param disks the one that starts the machine first
 * @throws MimeoError `internal` without any disk
 */
export function imageOf(
  disks: readonly DiskImage[],
  about: { readonly name: string; readonly notes: string; readonly createdAt?: string },
): ImageIndex {
  const [boot, ...otherDisks] = disks;
  if (boot === undefined) throw new MimeoError('internal', 'An image needs a disk.');
  const { name, notes, createdAt = new Date().toISOString() } = about;
  return { name, version: 0, createdAt, notes, ...boot, otherDisks };
}
