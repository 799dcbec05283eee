import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { readLayout } from '../../../src/disk/index.ts';
import { labNeeds } from '../../needs.ts';
import { asDisk, deployOnce } from './agent-host.ts';
import { captureInto, imagesIn } from './image-store.ts';
import { blankDisk, filesOf, labDisk, MIB, scratch, tableOf, withLoopOf, withMount } from './lab-disk.ts';

const RECOVERY = 'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC';
const WINDOWS_ATTRIBUTES = 'attrs="RequiredPartition GUID:63"';

const needs = labNeeds('sfdisk', 'sgdisk', 'mkntfs', 'ntfs-3g', 'ntfsresize', 'mkfs.fat');

test('Windows grows on a larger GPT disk; its recovery partition is whole at the end', {
  skip: needs,
}, async (t) => {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), 260, 'gpt', [
    { start: 1, size: 34, type: 'U', make: 'fat', label: 'ESP' },
    {
      start: 35,
      size: 160,
      type: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
      make: 'ntfs',
      label: 'Windows',
      files: 30,
    },
    {
      start: 195,
      size: 48,
      type: RECOVERY,
      fields: WINDOWS_ATTRIBUTES,
      make: 'ntfs',
      label: 'WinRE',
      files: 6,
    },
  ]);
  const images = imagesIn(folder);
  await captureInto(images, 'win', [master]);
  const disk = await blankDisk(join(folder, 'target'), 400);
  const { end, log } = await deployOnce({ images, image: 'win', disks: [asDisk(disk, 400 * MIB)] });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  assert.ok(log.includes('partition 3 (recovery, WinRE, NTFS) moves to the end'), log.join('\n'));
  assert.match(end?.kind === 'finished' ? end.words : '', /fetched, .* over the network/);
  assert.match(end?.kind === 'finished' ? end.warnings.join() : '', /reagentc/);

  assert.match((await run(['sgdisk', '--verify', disk])).stdout.toString(), /No problems found/);
  const [before, after] = [await tableOf(master), await tableOf(disk)];
  const [, windows, recovery] = after;
  assert.ok(windows && recovery);
  assert.deepEqual([windows.startByte, windows.lengthBytes], [35 * MIB, (399 - 48 - 35) * MIB]);
  assert.deepEqual([recovery.startByte, recovery.lengthBytes], [351 * MIB, 48 * MIB]);
  const identity = after.map(({ number, type, uuid, attrs }) => ({ number, type, uuid, attrs }));
  assert.deepEqual(
    identity,
    before.map(({ number, type, uuid, attrs }) => ({ number, type, uuid, attrs })),
  );
  // Again on the same disk: all but what growing changed is found, the moved partition at its new place.
  const again = await deployOnce({ images, image: 'win', disks: [asDisk(disk, 400 * MIB)] });
  assert.match(
    again.end?.kind === 'finished' ? again.end.words : '',
    /: \d MB of \d\d MB fetched \(.*\), the rest was on the disk already$/,
  );
  for (const [i, place] of [windows, recovery].entries()) {
    const was = before[i + 1];
    assert.ok(was);
    const files = await filesOf(disk, place, 'ntfs');
    assert.ok(files.size > 8);
    assert.deepEqual(files, await filesOf(master, was, 'ntfs'));
    await withLoopOf(disk, place.startByte, place.lengthBytes, async (device) => {
      const { stdout } = await run(['ntfsresize', '--info', '--no-progress-bar', device]);
      const volume = Number(/Current volume size: (\d+)/.exec(stdout.toString())?.[1]);
      assert.ok(place.lengthBytes - volume < 65_536, 'the volume fills its partition');
      await run(['ntfsfix', '--no-action', device]);
      const { stdout: boot } = await run(['dd', `if=${device}`, 'bs=512', 'count=1', 'status=none']);
      assert.equal(boot.readUInt32LE(0x1c), place.startByte / 512, 'hidden sectors');
    });
  }
});

const linux = labNeeds('sfdisk', 'mke2fs', 'resize2fs', 'e2fsck', 'mkswap', 'blkid');

test('an ext4 root grows; the extended partition with swap goes to the end', { skip: linux }, async (t) => {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), 200, 'dos', [
    { start: 1, size: 120, type: '83', fields: 'bootable', make: 'ext4', label: 'root', files: 20 },
    { start: 122, size: 40, type: '5' },
    { start: 123, size: 38, type: '82', make: 'swap', label: 'swap' },
  ]);
  const images = imagesIn(folder);
  await captureInto(images, 'debian', [master]);
  const disk = await blankDisk(join(folder, 'target'), 300);
  const { end, log } = await deployOnce({ images, image: 'debian', disks: [asDisk(disk, 300 * MIB)] });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  await run(['sfdisk', '--verify', disk]);
  const [root, extended, swap] = await tableOf(disk);
  assert.ok(root && extended && swap);
  assert.deepEqual(
    [root, extended, swap].map(({ number, startByte, lengthBytes }) => [
      number,
      startByte / MIB,
      lengthBytes / MIB,
    ]),
    [
      [1, 1, 258],
      [2, 260, 40],
      [5, 261, 38],
    ],
  );
  const [was] = await tableOf(master);
  assert.ok(was);
  assert.deepEqual(await filesOf(disk, root, 'ext4'), await filesOf(master, was, 'ext4'));
  await withLoopOf(disk, root.startByte, root.lengthBytes, async (device) => {
    await run(['e2fsck', '-fn', device]);
    const { stdout } = await run(['dumpe2fs', '-h', device]);
    const [count, size] = [/^Block count:\s+(\d+)/m, /^Block size:\s+(\d+)/m].map((re) =>
      Number(re.exec(stdout.toString())?.[1]),
    );
    assert.equal((count ?? 0) * (size ?? 0), root.lengthBytes, 'the filesystem fills its partition');
  });
  await withLoopOf(disk, swap.startByte, swap.lengthBytes, async (device) => {
    const { stdout } = await run(['blkid', '-p', '-o', 'value', '-s', 'LABEL', device]);
    assert.equal(stdout.toString().trim(), 'swap');
  });
});

for (const [make, mib] of [
  ['xfs', 320],
  ['btrfs', 200],
] as const) {
  const tools = labNeeds('sfdisk', `mkfs.${make}`, make === 'xfs' ? 'xfs_growfs' : 'btrfs');
  test(`${make} grows while mounted`, { skip: tools }, async (t) => {
    const folder = await scratch(t);
    const master = await labDisk(join(folder, 'master'), mib + 2, 'gpt', [
      { start: 1, size: mib, type: 'L', make, files: 8 },
    ]);
    const images = imagesIn(folder);
    await captureInto(images, make, [master]);
    const disk = await blankDisk(join(folder, 'target'), mib + 102);
    const run1 = await deployOnce({ images, image: make, disks: [asDisk(disk, (mib + 102) * MIB)] });
    assert.equal(run1.end?.kind, 'finished', run1.log.join('\n'));
    const [place] = await tableOf(disk);
    const [was] = await tableOf(master);
    assert.ok(place && was);
    assert.equal(place.lengthBytes, (mib + 100) * MIB);
    assert.deepEqual(await filesOf(disk, place, make), await filesOf(master, was, make));
    await withLoopOf(disk, place.startByte, place.lengthBytes, (device) =>
      withMount(device, make, 'ro', async (root) => {
        const { stdout } = await run(['df', '--output=size', '--block-size=1M', root]);
        assert.ok(Number(stdout.toString().split('\n')[1]) > mib + 20, stdout.toString());
      }),
    );
    assert.deepEqual((await readLayout(disk)).partitions.length, 1);
  });
}
