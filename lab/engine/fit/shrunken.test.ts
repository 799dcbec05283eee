import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { spareRoom } from '../../../src/disk/index.ts';
import { labNeeds } from '../../needs.ts';
import { asDisk, deployOnce } from './agent-host.ts';
import { captureInto, imagesIn } from './image-store.ts';
import { blankDisk, filesOf, labDisk, MIB, scratch, tableOf, withLoopOf } from './lab-disk.ts';

const needs = labNeeds('sfdisk', 'mkntfs', 'ntfs-3g', 'ntfsresize', 'mkfs.ext4', 'resize2fs');

test('filesystems that were shrunk to be captured fill their partitions again', {
  skip: needs,
}, async (t) => {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), 200, 'dos', [
    { start: 1, size: 96, type: '7', make: 'ntfs', label: 'Windows', files: 20 },
    { start: 97, size: 96, type: '83', make: 'ext4', label: 'Linux', files: 20 },
  ]);
  const [windows, linux] = await tableOf(master);
  assert.ok(windows && linux);
  await withLoopOf(master, windows.startByte, windows.lengthBytes, async (device) => {
    await run(['ntfsresize', '--force', '--force', '--no-progress-bar', '--size', '48M', device]);
    await run(['ntfsfix', '--clear-dirty', device]);
  });
  await withLoopOf(master, linux.startByte, linux.lengthBytes, async (device) => {
    await run(['e2fsck', '-fy', device], { allowStatus: [0, 1] });
    await run(['resize2fs', device, '56M']);
  });
  const images = imagesIn(folder);
  await captureInto(images, 'school', [master]);
  const disk = await blankDisk(join(folder, 'target'), 200);
  const { end, log } = await deployOnce({ images, image: 'school', disks: [asDisk(disk, 200 * MIB)] });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  const after = await tableOf(disk);
  for (const [i, was] of [windows, linux].entries()) {
    const place = after[i];
    assert.ok(place);
    const kind = i === 0 ? 'ntfs' : 'ext4';
    assert.deepEqual(await filesOf(disk, place, kind), await filesOf(master, was, kind));
    assert.ok((await spare(master, was)) > 30 * MIB);
    assert.ok((await spare(disk, place)) < 65_536, kind);
  }
});

function spare(disk: string, { number, startByte, lengthBytes }: Place): Promise<number> {
  const partition = { number, startByte, lengthBytes, type: '07', active: false, gpt: null };
  return spareRoom({ disk, sectorBytes: 512, partition }, number === 1 ? 'ntfs' : 'ext');
}

interface Place {
  readonly number: number;
  readonly startByte: number;
  readonly lengthBytes: number;
}
