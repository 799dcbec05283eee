import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';
import { writeRegion } from './imported.ts';
import { compareRegion, drain, lonePartition, sourceOf } from './read-source.ts';
import { ntfsVolume } from './sample-disk.ts';

const signal = AbortSignal.timeout(100_000);
const skip = labNeeds('ntfsclone', 'mkntfs', 'ntfscp', 'split', 'zstd');
const HEAD_BYTES = 56;

async function saved(folder: string, sizeBytes: number): Promise<{ volume: string; image: string }> {
  const volume = await ntfsVolume(join(folder, 'volume'), sizeBytes);
  const image = join(folder, 'saved.img');
  await run(['ntfsclone', '--quiet', '--force', '--save-image', '--output', image, volume]);
  return { volume, image };
}

test('a saved volume comes back as ntfsclone itself restores it', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  // Sizes with and without a part of a cluster behind the last whole one.
  for (const size of [40 * MIB, 40 * MIB + 512, 40 * MIB + 2560]) {
    const { volume, image } = await saved(folder, size);
    const region = lonePartition(sourceOf(await openImport(image, { signal })));
    assert.equal(region.filesystem, 'ntfs');
    const came = await compareRegion(region, volume, signal);
    const tail = Math.min(4096, size - Math.floor((size - 512) / 4096) * 4096);
    assert.equal(came, (region.usedBytes ?? 0) + tail);
    const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
    await writeRegion(region, await blankVolume(ours, size));
    await run(['ntfsclone', '--quiet', '--restore-image', '--overwrite', theirs, image]);
    assert.ok((await readFile(ours)).equals(await readFile(theirs)), `a volume of ${size} bytes`);
    await run(['ntfsfix', '--no-action', ours]);
    await run(['rm', volume, image, ours, theirs]);
  }
});

test('compressed and split ones are read as they are', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const { volume, image } = await saved(folder, 40 * MIB);
  await run(['zstd', '-q', '-1', image, '-o', join(folder, 'sda1.ntfs-img.zst')]);
  await run([
    'split',
    '-b',
    '1M',
    '-a',
    '2',
    join(folder, 'sda1.ntfs-img.zst'),
    join(folder, 'sda1.ntfs-img.zst.'),
  ]);
  const region = lonePartition(sourceOf(await openImport(join(folder, 'sda1.ntfs-img.zst.aa'), { signal })));
  assert.ok((await compareRegion(region, volume, signal)) > MIB);
});

test('the formats before 10.1 are read', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const { volume, image } = await saved(folder, 40 * MIB);
  const bytes = await readFile(image);
  // No tail; and the oldest without the field that says where the data begins.
  const body = bytes.subarray(HEAD_BYTES, -4097);
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES));
  const old = join(folder, 'old.img');
  for (const [major, minor, length] of [
    [10, 0, HEAD_BYTES],
    [3, 1, 46],
  ] as const) {
    head.set([major, minor], 16);
    await writeFile(old, Buffer.concat([head.subarray(0, length), body]));
    const region = lonePartition(sourceOf(await openImport(old, { signal })));
    // The copy of the boot sector, which these formats lack, is made again.
    assert.equal(
      await compareRegion(region, volume, signal),
      (region.usedBytes ?? 0) + 512,
      `${major}.${minor}`,
    );
  }
});

test('damage is refused with its place', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const { image } = await saved(folder, 40 * MIB);
  const whole = await readFile(image);
  const path = join(folder, 'broken.img');
  const refused = async (bytes: Buffer, place: RegExp): Promise<void> => {
    await writeFile(path, bytes);
    const attempt = openImport(path, { signal }).then((opened) =>
      drain(lonePartition(sourceOf(opened)), signal),
    );
    await assert.rejects(attempt, (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'import-damaged', String(error));
      assert.match(error.message, place);
      return true;
    });
  };
  const changed = (at: number, value: number[]): Buffer => {
    const bytes = Buffer.from(whole);
    bytes.set(value, at);
    return bytes;
  };
  const { size } = await stat(image);
  await refused(
    whole.subarray(0, size - 1),
    new RegExp(`${basename(path)} is damaged at byte ${size - 1}: it ends there`),
  );
  await refused(whole.subarray(0, size - 4097), new RegExp(`at byte ${size - 4097}: `));
  await refused(whole.subarray(0, 3_000_000), /at byte 3000000: it ends there/);
  await refused(whole.subarray(0, 40), /at byte 40: it ends there/);
  await refused(changed(HEAD_BYTES + 4097, [7]), /at byte 4153: there is no command 7/);
  await refused(changed(38, [0]), /clusters came, and the head speaks of/);
  await refused(changed(20, [0xff]), /at byte 18: the sizes there make no sense/);
  await refused(changed(46, [1]), /at byte 46: the data cannot begin at byte 1/);
  await refused(
    Buffer.concat([whole, Buffer.from([1])]),
    new RegExp(`at byte ${size}: the image should have ended`),
  );
});

test('an image of metadata alone is refused in words', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const volume = await ntfsVolume(join(folder, 'volume'), 40 * MIB);
  const image = join(folder, 'metadata.img');
  await run(['ntfsclone', '--quiet', '--force', '--metadata', '--save-image', '--output', image, volume]);
  await assert.rejects(openImport(image, { signal }), { code: 'import-unsupported', message: /--metadata/ });
});
