import assert from 'node:assert/strict';
import { run } from '../../../src/command.ts';
import type { SourceDisk } from '../../../src/image/index.ts';
import { blankVolume } from '../maps/volume-map.ts';
import { firstDifference, writeRegion } from './imported.ts';
import type { MasterDisk } from './master-disk.ts';

/**
 * Proves that an imported disk is the master: the same table, and every byte that is in it what the master has
 * there. The pieces are written over a copy of the master, which must not change it, and into an empty file, whose
 * filesystems must then be whole.
 */
export async function assertLikeMaster(source: SourceDisk, master: MasterDisk, work: string): Promise<void> {
  assert.deepEqual(
    { ...source.layout, bootCode: Buffer.from(source.layout.bootCode) },
    { ...master.layout, bootCode: Buffer.from(master.layout.bootCode) },
  );
  const copy = `${work}.copy`;
  await run(['cp', '--sparse=always', master.disk, copy]);
  const empty = await blankVolume(`${work}.empty`, master.layout.diskBytes);
  for (const region of source.regions) {
    await writeRegion(region, copy, region.startByte);
    await writeRegion(region, empty, region.startByte);
  }
  const end = master.layout.diskBytes;
  assert.equal(await firstDifference(copy, master.disk, end), null, 'a byte is not what it is on the master');
  const numbers = source.regions.filter(({ kind }) => kind === 'partition').map(({ partition }) => partition);
  assert.deepEqual(
    numbers,
    master.parts.map(({ number }) => number),
  );
  for (const { number, content } of master.parts) {
    const partition = master.layout.partitions.find((one) => one.number === number);
    if (partition === undefined) continue;
    const { startByte, lengthBytes } = partition;
    const volume = `${work}.volume`;
    const place = [`skip=${startByte / 1_048_576}`, `count=${lengthBytes}`, 'iflag=count_bytes'];
    await run(['dd', `if=${empty}`, `of=${volume}`, 'bs=1M', ...place, 'conv=sparse', 'status=none']);
    if (content === 'ntfs') await run(['ntfsfix', '--no-action', volume]);
    if (content === 'extfs') await run(['e2fsck', '-fn', volume]);
    if (content === 'fat32') await run(['fsck.fat', '-n', volume]);
    if (content === 'swap') await run(['swaplabel', volume]);
  }
}
