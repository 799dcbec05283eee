import assert from 'node:assert/strict';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { labNeeds } from '../../needs.ts';
import { blankVolume, scratch } from '../maps/volume-map.ts';
import { firstDifference, onlyRegion, openSource, writeRegion } from './imported.ts';
import { clone, LABEL, makeVolume, restored, VOLUMES } from './volumes.ts';

// Every call of partclone sleeps for two seconds: they all run at once.
test('what partclone made is read as partclone.restore reads it', { concurrency: true }, async (t) => {
  await Promise.all(
    VOLUMES.map((volume) =>
      t.test(volume.name, { skip: labNeeds('partclone.restore', ...volume.tools) }, async (tt) => {
        const folder = await scratch(tt);
        const file = join(folder, 'volume');
        await makeVolume(volume.name, file);
        const image = await clone(volume.name, file, join(folder, 'image'));
        const theirs = await restored(image, join(folder, 'theirs'));
        const source = await openSource(image);
        const region = onlyRegion(source);
        assert.equal(region.filesystem, volume.filesystem);
        if (!['ntfs', 'exfat', 'f2fs'].includes(volume.name)) assert.equal(region.label, LABEL);
        assert.ok(region.lengthBytes >= volume.bytes - 65_536 && region.lengthBytes <= volume.bytes);
        const ours = await blankVolume(join(folder, 'ours'), region.lengthBytes);
        const covered = await writeRegion(region, ours);
        assert.ok(region.usedBytes !== null && Math.abs(covered - region.usedBytes) <= 65_536);
        assert.ok(covered < volume.bytes, 'free blocks are not in it');
        const different = await firstDifference(ours, theirs, region.lengthBytes);
        if (volume.name === 'ntfs') {
          assert.equal(await firstDifference(ours, file, 512), null);
          await backupBootSectorIsThere(ours, file);
        } else assert.equal(different, null);
      }),
    ),
  );
});

/** The sector after the last one of the volume is a copy of its first one; partclone does not copy it. */
async function backupBootSectorIsThere(ours: string, volume: string): Promise<void> {
  const boot = (await readFile(volume)).subarray(0, 512);
  const at = Number(boot.readBigUInt64LE(40)) * 512;
  assert.deepEqual((await readFile(ours)).subarray(at, at + 512), boot);
}

const OPTIONS: readonly (readonly string[])[] = [
  ['-a0'],
  ['-a1', '-k1'],
  ['-a1', '-k3'],
  ['-a1', '-k1000000'],
  ['-a1', '-k7', '-K'],
  ['-a1', '-z', '65536'],
];

test('every way in which partclone writes checksums is read', {
  skip: labNeeds('partclone.fat32', 'mkfs.vfat', 'mcopy'),
}, async (t) => {
  const folder = await scratch(t);
  const file = join(folder, 'volume');
  await makeVolume('fat32', file);
  // The same blocks in all of them; partclone.restore itself crashes on some (-k7).
  const theirs = await restored(await clone('fat32', file, join(folder, 'image')), join(folder, 'theirs'));
  await Promise.all(
    OPTIONS.map(async (options, i) => {
      const source = await openSource(await clone('fat32', file, join(folder, `image-${i}`), ...options));
      const region = onlyRegion(source);
      const ours = await blankVolume(join(folder, `ours-${i}`), region.lengthBytes);
      await writeRegion(region, ours);
      assert.equal(await firstDifference(ours, theirs, region.lengthBytes), null, options.join(' '));
      const unchecked = source.warnings.some((words) => words.includes('without checksums'));
      assert.equal(unchecked, options.includes('-a0'));
    }),
  );
});

test('a damaged image is refused with the place of the damage', {
  skip: labNeeds('partclone.fat32', 'mkfs.vfat', 'mcopy'),
}, async (t) => {
  const folder = await scratch(t);
  const file = join(folder, 'volume');
  await makeVolume('fat32', file);
  const image = await readFile(await clone('fat32', file, join(folder, 'image'), '-a1', '-k16'));
  const broken = join(folder, 'broken');
  const bitmapEnd = 110 + Math.ceil(Number(image.readBigUInt64LE(60)) / 8) + 4;
  const strip = 16 * image.readUInt32LE(84) + 4;
  for (const at of places(bitmapEnd, image.length)) {
    const flipped = Buffer.from(image);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    await writeFile(broken, flipped);
    const offset = await refusedAt(broken);
    if (at >= bitmapEnd)
      assert.ok(offset <= at && at - offset < strip, `${at} is damaged, ${offset} is named`);
    else assert.ok(offset < bitmapEnd, `${at} is damaged, ${offset} is named`);
    await writeFile(broken, image.subarray(0, at));
    assert.equal(await refusedAt(broken), at, 'where it ends is named');
  }
  await writeFile(broken, Buffer.concat([image, Buffer.from('more')]));
  assert.equal(await refusedAt(broken), image.length);
});

/** Bytes of the head and the bitmap, and of the blocks, the last checksum among them. */
function places(bitmapEnd: number, end: number): number[] {
  const early = Array.from({ length: 20 }, (_, i) => 16 + Math.floor((i * (bitmapEnd - 16)) / 20));
  const late = Array.from({ length: 20 }, (_, i) => bitmapEnd + Math.floor((i * (end - 1 - bitmapEnd)) / 19));
  return [...early, bitmapEnd - 1, ...late];
}

/** Opens and reads it to the end, which has to fail; the offset that the refusal names. */
async function refusedAt(path: string): Promise<number> {
  const target = `${path}.target`;
  await (await open(target, 'w')).close();
  try {
    await writeRegion(onlyRegion(await openSource(path)), target);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'import-damaged', String(error));
    assert.ok(error.message.startsWith(path), error.message);
    return Number(/at byte (\d+)/.exec(error.message)?.[1]);
  }
  assert.fail('it was read as if it were whole');
}
