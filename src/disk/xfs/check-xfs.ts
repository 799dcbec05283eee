import { MimeoError } from '../../errors.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { isXfsLogClean } from './log-state.ts';
import { readXfsSuperblock } from './read-superblock.ts';

/**
 * An XFS that cannot be understood is not refused here: it is stored whole, log and all.
 *
 * @param name how the volume is called in the message
 * @throws MimeoError `volume-dirty` when its log holds unfinished work
 */
export async function refuseUncleanXfs(read: VolumeReader, lengthBytes: number, name: string): Promise<void> {
  let clean: boolean;
  try {
    clean = await isXfsLogClean(read, (await readXfsSuperblock(read, lengthBytes)).log);
  } catch (error) {
    if (error instanceof MimeoError && error.code === 'volume-damaged') return;
    throw error;
  }
  if (clean) return;
  throw new MimeoError(
    'volume-dirty',
    `The XFS in ${name} was not unmounted: its log holds unfinished work.`,
    {
      next: 'Start the master once (or mount and unmount the volume there), shut it down with "poweroff" and capture again.',
    },
  );
}
