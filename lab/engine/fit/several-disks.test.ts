import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { readLayout } from '../../../src/disk/index.ts';
import { labNeeds } from '../../needs.ts';
import { asDisk, deployOnce } from './agent-host.ts';
import { captureInto, imagesIn } from './image-store.ts';
import { blankDisk, filesOf, hashOf, labDisk, MIB, scratch, tableOf } from './lab-disk.ts';

const needs = labNeeds('sfdisk', 'mkntfs', 'ntfs-3g', 'mke2fs', 'resize2fs');
const BASIC = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';

test('an image of two disks: both are planned first, written, and the one that starts comes last', {
  skip: needs,
}, async (t) => {
  const folder = await scratch(t);
  const system = await labDisk(join(folder, 'system'), 100, 'gpt', [
    { start: 1, size: 90, type: BASIC, make: 'ntfs', label: 'Windows', files: 12 },
  ]);
  const data = await labDisk(join(folder, 'data'), 200, 'dos', [
    { start: 1, size: 150, type: '83', make: 'ext4', label: 'home', files: 16 },
  ]);
  const images = imagesIn(folder);
  await captureInto(images, 'two', [system, data]);
  const first = await blankDisk(join(folder, 'first'), 120);
  const second = await blankDisk(join(folder, 'second'), 260);
  const disks = [asDisk(second, 260 * MIB), asDisk(first, 120 * MIB)];

  // Cut while the second disk is written: neither has a table.
  const cut = await deployOnce({ images, image: 'two', disks, cutAfter: 16 });
  assert.equal(cut.end, undefined);
  for (const disk of [first, second]) await assert.rejects(readLayout(disk), { code: 'table-unreadable' });

  const { end, log } = await deployOnce({ images, image: 'two', disks });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  assert.match(
    end?.kind === 'finished' ? end.words : '',
    /\d+ MB of \d+ MB fetched .*, the rest was on the disk already/,
  );
  const [[windows], [home]] = [await tableOf(first), await tableOf(second)];
  const [[wasWindows], [wasHome]] = [await tableOf(system), await tableOf(data)];
  assert.ok(windows && home && wasWindows && wasHome);
  assert.deepEqual([windows.lengthBytes, home.lengthBytes], [118 * MIB, 259 * MIB], 'both have grown');
  assert.deepEqual(await filesOf(first, windows, 'ntfs'), await filesOf(system, wasWindows, 'ntfs'));
  assert.deepEqual(await filesOf(second, home, 'ext4'), await filesOf(data, wasHome, 'ext4'));
  for (const disk of [first, second]) await run(['sfdisk', '--verify', disk]);

  const whole = await hashOf(first, 0, 120 * MIB);
  const tooSmall = await blankDisk(join(folder, 'too-small'), 60);
  const refused = await deployOnce({
    images,
    image: 'two',
    disks: [asDisk(first, 120 * MIB), asDisk(tooSmall, 60 * MIB)],
  });
  assert.equal(refused.end?.kind === 'failed' && refused.end.failure.code, 'disk-too-small');
  assert.equal(await hashOf(first, 0, 120 * MIB), whole, 'the disk that would do is untouched, too');
});
