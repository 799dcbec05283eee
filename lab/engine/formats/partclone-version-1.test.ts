import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { labNeeds } from '../../needs.ts';
import { blankVolume, scratch } from '../maps/volume-map.ts';
import { firstDifference, onlyRegion, openSource, writeRegion } from './imported.ts';
import { asVersion1 } from './version-1.ts';
import { clone, makeVolume, restored } from './volumes.ts';

test("partclone's first format, with checksums of four and of eight bytes", {
  skip: labNeeds('partclone.restore', 'mkfs.vfat', 'mcopy'),
}, async (t) => {
  const folder = await scratch(t);
  const volume = join(folder, 'volume');
  await makeVolume('fat32', volume);
  const image = await readFile(await clone('fat32', volume, join(folder, 'image'), '-a0'));
  const reference = await restored(join(folder, 'image'), join(folder, 'reference'));
  for (const width of [4, 8] as const) {
    const path = join(folder, `version-1-${width}`);
    const bytes = asVersion1(image, width);
    await writeFile(path, bytes);
    const region = onlyRegion(await openSource(path));
    const ours = await blankVolume(join(folder, `ours-${width}`), region.lengthBytes);
    await writeRegion(region, ours);
    assert.equal(await firstDifference(ours, reference, region.lengthBytes), null);
    // The image is ours: partclone itself has to take it as one. Of eight bytes 0.3.23 knows nothing any more.
    if (width === 4) {
      const theirs = await restored(path, join(folder, 'theirs'));
      assert.equal(await firstDifference(theirs, reference, region.lengthBytes), null);
    }
    const target = await blankVolume(join(folder, 'target'), region.lengthBytes);
    await writeFile(path, bytes.subarray(0, bytes.length - 1));
    await assert.rejects(async () => await writeRegion(onlyRegion(await openSource(path)), target), {
      code: 'import-damaged',
    });
    const shifted = Buffer.concat([
      bytes.subarray(0, 1_000_000),
      Buffer.from('x'),
      bytes.subarray(1_000_000),
    ]);
    await writeFile(path, shifted);
    await assert.rejects(async () => await writeRegion(onlyRegion(await openSource(path)), target), {
      code: 'import-damaged',
    });
  }
});
