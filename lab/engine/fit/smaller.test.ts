import assert from 'node:assert/strict';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { planFit, planShrink, shrinkPartitionFile } from '../../../src/disk/index.ts';
import type { DiskImage } from '../../../src/image/index.ts';
import { labNeeds } from '../../needs.ts';
import { asDisk, deployOnce } from './agent-host.ts';
import { captureInto, captureOne, imagesIn, putIndex } from './image-store.ts';
import { blankDisk, filesOf, labDisk, MIB, scratch, tableOf, withLoopOf } from './lab-disk.ts';

/** Copies bytes of one file into another, as materialising a partition does; zeros stay holes. */
async function copyRun(
  from: { path: string; at: number },
  to: { path: string; at: number },
  length: number,
): Promise<void> {
  const [source, target] = [await open(from.path, 'r'), await open(to.path, 'r+')];
  try {
    const piece = Buffer.alloc(MIB);
    for (let at = 0; at < length; at += MIB) {
      const { bytesRead } = await source.read(piece, 0, Math.min(MIB, length - at), from.at + at);
      const bytes = piece.subarray(0, bytesRead);
      if (bytes.some((byte) => byte !== 0)) await target.write(bytes, 0, bytesRead, to.at + at);
    }
  } finally {
    await source.close();
    await target.close();
  }
}

/** The smaller image of a plan: its shrunk partitions are captured from their files, the others are as they were. */
async function derive(folder: string, master: string, image: DiskImage, diskBytes: number): Promise<string> {
  const plan = planShrink(image, diskBytes);
  const derived = await blankDisk(join(folder, 'derived'), diskBytes / MIB);
  for (const { partition, filesystem, toBytes } of plan.shrinks) {
    const path = await blankDisk(join(folder, 'volume'), partition.lengthBytes / MIB);
    await copyRun({ path: master, at: partition.startByte }, { path, at: 0 }, partition.lengthBytes);
    await shrinkPartitionFile({ path, filesystem, toBytes, name: `partition ${partition.number}` });
    assert.equal((await stat(path)).size, toBytes);
    const place = plan.layout.partitions.find(({ number }) => number === partition.number);
    await copyRun({ path, at: 0 }, { path: derived, at: place?.startByte ?? 0 }, toBytes);
  }
  const shrunk = new Set(plan.shrinks.map(({ partition }) => partition.number));
  const lines = plan.layout.partitions.map(
    ({ startByte, lengthBytes, type }) => `start=${startByte / 512}, size=${lengthBytes / 512}, type=${type}`,
  );
  for (const { number, startByte, lengthBytes } of plan.layout.partitions) {
    const was = image.layout.partitions.find((one) => one.number === number);
    if (shrunk.has(number) || was === undefined) continue;
    await copyRun({ path: master, at: was.startByte }, { path: derived, at: startByte }, lengthBytes);
  }
  await run(['sfdisk', '--quiet', derived], { input: `label: gpt\n${lines.join('\n')}\n` });
  return derived;
}

const cases = [
  { make: 'ntfs', type: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7', check: ['ntfsfix', '--no-action'] },
  { make: 'ext4', type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', check: ['e2fsck', '-fn'] },
] as const;

for (const { make, type, check } of cases) {
  const needs = labNeeds('sfdisk', 'mkntfs', 'ntfs-3g', 'ntfsresize', 'resize2fs', 'mkswap', 'sgdisk');
  test(`${make} whose files fit goes to a smaller disk by a derived image`, { skip: needs }, async (t) => {
    const folder = await scratch(t);
    const master = await labDisk(join(folder, 'master'), 400, 'gpt', [
      { start: 1, size: 300, type, make, label: 'Big', files: 40 },
      { start: 301, size: 20, type: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F', make: 'swap', label: 'sw' },
    ]);
    const images = imagesIn(folder);
    const [image] = await captureInto(images, 'big', [master]);
    assert.ok(image);
    const target = { device: '/dev/sda', sizeBytes: 160 * MIB, sectorBytes: 512 };
    assert.throws(() => planFit({ image, target, name: 'big' }), {
      code: 'disk-too-small',
      next: /mimeo image shrink big --to 160MiB --as NEWNAME/,
    });

    const derived = await derive(folder, master, image, target.sizeBytes);
    putIndex(images, 'small', [await captureOne(images.chunks, derived)]);
    const disk = await blankDisk(join(folder, 'target'), 160);
    const { end, log } = await deployOnce({ images, image: 'small', disks: [asDisk(disk, 160 * MIB)] });
    assert.equal(end?.kind, 'finished', log.join('\n'));
    assert.match((await run(['sgdisk', '--verify', disk])).stdout.toString(), /No problems found/);
    const [[was], [is, swap]] = [await tableOf(master), await tableOf(disk)];
    assert.ok(was && is && swap);
    assert.ok(is.lengthBytes < 140 * MIB);
    const files = await filesOf(disk, is, make);
    assert.ok(files.size > 50);
    assert.deepEqual(files, await filesOf(master, was, make));
    await withLoopOf(disk, is.startByte, is.lengthBytes, (device) => run([...check, device]));
    await withLoopOf(disk, swap.startByte, swap.lengthBytes, async (device) => {
      const { stdout } = await run(['blkid', '-p', '-o', 'value', '-s', 'LABEL', device]);
      assert.equal(stdout.toString().trim(), 'sw');
    });
  });
}

const tools = labNeeds('sfdisk', 'mke2fs');
test('too small a disk and other sectors are refused before anything is written', {
  skip: tools,
}, async (t) => {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), 80, 'gpt', [
    { start: 1, size: 60, type: 'L', make: 'ext4', files: 30 },
  ]);
  const images = imagesIn(folder);
  await captureInto(images, 'full', [master]);
  const small = await labDisk(join(folder, 'small'), 40, 'dos', [
    { start: 1, size: 20, type: '83', make: 'ext4', label: 'old', files: 2 },
  ]);
  const [place] = await tableOf(small);
  assert.ok(place);
  const before = await filesOf(small, place, 'ext4');
  const { end } = await deployOnce({ images, image: 'full', disks: [asDisk(small, 40 * MIB)] });
  assert.equal(end?.kind === 'failed' && end.failure.code, 'disk-too-small');
  assert.match(
    end?.kind === 'failed' ? end.failure.message : '',
    /holds \d+ MB and needs \d+ MB.*leaves \d+ MB/,
  );
  assert.deepEqual(await filesOf(small, place, 'ext4'), before);

  const large = await blankDisk(join(folder, 'large'), 200);
  const { stdout } = await run(['losetup', '--find', '--show', '--sector-size', '4096', large]);
  const device = stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  const disk = asDisk(device, 200 * MIB, { sectorBytes: 4096 });
  const native = await deployOnce({ images, image: 'full', disks: [disk] });
  assert.equal(native.end?.kind === 'failed' && native.end.failure.code, 'sector-size-differs');
  assert.match(native.end?.kind === 'failed' ? native.end.failure.message : '', /4096 bytes \(4Kn\)/);
  assert.equal((await stat(large)).blocks, 0, 'not a byte was written');
});
