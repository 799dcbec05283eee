import type { ByteRun } from '../../image/index.ts';
import { joinRuns } from '../byte-runs.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { readFreeSpaceHeader } from './allocation-group.ts';
import { eachFreeRun } from './free-tree.ts';
import { readXfsSuperblock } from './read-superblock.ts';

/**
 * The blocks that the free-space trees of XFS hold, of versions 4 and 5. Blocks that a group keeps in reserve for
 * its own trees (AGFL) are not in them and count as used.
 *
 * @throws MimeoError `volume-damaged` on unknown features, wrong checksums, trees that are none, a log or realtime
 * part on another device
 */
export async function freeRunsOfXfs(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const superblock = await readXfsSuperblock(read, lengthBytes);
  const { blockBytes, groupBlocks, groups } = superblock;
  const free: ByteRun[] = [];
  for (let group = 0; group < groups; group++) {
    signal?.throwIfAborted();
    const header = await readFreeSpaceHeader(read, superblock, group);
    await eachFreeRun(read, superblock, header, (first, count) => {
      free.push({ start: (group * groupBlocks + first) * blockBytes, length: count * blockBytes });
    });
  }
  return joinRuns(free);
}
