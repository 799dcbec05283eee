import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { fuzzFreeRuns, memoryReader } from '../test-support/fuzz-free-runs.ts';
import { blankFile, scratch } from '../test-support/volumes.ts';
import { freeRunsOfFat } from './free-runs.ts';

const KIB = 1024;

/** A fresh volume of mkfs.fat with clusters of one sector, and where its first FAT is. */
async function fresh(
  t: TestContext,
  bits: string,
  bytes: number,
): Promise<{ readonly volume: Buffer; readonly fatAt: number; readonly dataAt: number }> {
  const path = await blankFile(join(await scratch(t), 'volume'), bytes);
  await run(['mkfs.fat', '-F', bits, '-s', '1', path]);
  const volume = await readFile(path);
  const fatAt = volume.readUInt16LE(14) * 512;
  const fatSectors = volume.readUInt16LE(22) || volume.readUInt32LE(36);
  return { volume, fatAt, dataAt: fatAt + 2 * fatSectors * 512 + volume.readUInt16LE(17) * 32 };
}

const freeOf = (volume: Buffer) => freeRunsOfFat(memoryReader(volume), volume.length);

test('what is not 0 in each FAT is used: bad clusters, and clusters that only one FAT calls free', async (t) => {
  const { volume, fatAt, dataAt } = await fresh(t, '16', 8192 * KIB);
  const before = await freeOf(volume);
  assert.equal(before[0]?.start, dataAt);
  volume.writeUInt16LE(0xfff7, fatAt + 2 * 5);
  volume.writeUInt16LE(0xffff, fatAt + volume.readUInt16LE(22) * 512 + 2 * 7);
  const [first, second, third] = await freeOf(volume);
  assert.deepEqual(first, { start: dataAt, length: 3 * 512 });
  assert.deepEqual(second, { start: dataAt + 4 * 512, length: 512 });
  assert.equal(third?.start, dataAt + 6 * 512);
});

test('a FAT that is read in several pieces', async (t) => {
  const { volume, fatAt, dataAt } = await fresh(t, '32', 140 * 1024 * KIB);
  const fatBytes = volume.readUInt32LE(36) * 512;
  // Behind the first piece, which holds 196,608 entries.
  for (const fat of [fatAt, fatAt + fatBytes]) volume.writeUInt32LE(0x0fff_ffff, fat + 4 * 200_000);
  const used = dataAt + (200_000 - 2) * 512;
  const [, second] = await freeOf(volume);
  assert.equal(second?.start, used + 512);
  const [first] = await freeOf(volume);
  assert.equal(first && first.start + first.length, used);
});

test('FAT12 keeps three entries in two pairs of bytes', async (t) => {
  const { volume, fatAt, dataAt } = await fresh(t, '12', 1024 * KIB);
  const second = volume.readUInt16LE(22) * 512;
  // Clusters 2, 3 and 4: used, free, used.
  for (const fat of [fatAt, fatAt + second]) volume.set([0xff, 0x0f, 0x00, 0xff, 0x0f, 0x00], fat + 3);
  const [first] = await freeOf(volume);
  assert.deepEqual(first, { start: dataAt + 512, length: 512 });
});

test('a FAT32 with few clusters is one, since every driver says so; a count between FAT12 and 16 is nobody’s', async (t) => {
  const small = await fresh(t, '32', 4096 * KIB);
  const [first] = await freeOf(small.volume);
  // The root directory has a cluster of its own.
  assert.equal(first?.start, small.dataAt + 512);

  const { volume, dataAt } = await fresh(t, '16', 8192 * KIB);
  for (const [clusters, refused] of [
    [4085, true],
    [4086, true],
    [4087, false],
  ] as const) {
    volume.writeUInt16LE(dataAt / 512 + clusters, 19);
    if (refused) await assert.rejects(freeOf(volume), { code: 'volume-damaged' });
    else assert.equal((await freeOf(volume)).at(-1)?.length, 4087 * 512);
  }
});

test('damaged FAT volumes are refused or read within their bounds', async (t) => {
  let understood = 0;
  for (const [bits, kibibytes] of [
    ['12', 1024],
    ['16', 8192],
    ['32', 40_960],
  ] as const) {
    const { volume, fatAt } = await fresh(t, bits, kibibytes * KIB);
    const where = [
      { start: 0, length: 96 },
      { start: fatAt, length: 64 },
    ];
    understood += (await fuzzFreeRuns(freeRunsOfFat, volume, { where, numRuns: 60 })).understood;
  }
  assert.ok(understood > 10);
});
