import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { fuzzFreeRuns, memoryReader } from '../test-support/fuzz-free-runs.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, MIB, scratch } from '../test-support/volumes.ts';
import { isDirtyExfat } from './boot-sector.ts';
import { freeRunsOfExfat } from './free-runs.ts';

const CLUSTER = 4096;
const FLAGS_AT = 106;
const FATS_AT = 110;

interface Fresh {
  readonly volume: Buffer;
  readonly fatAt: number;
  readonly heapAt: number;
  readonly rootAt: number;
  /** Where the root directory's entry of the allocation bitmap is. */
  readonly entryAt: number;
  readonly bitmapAt: number;
}

async function fresh(t: TestContext): Promise<Fresh> {
  const path = await blankFile(join(await scratch(t), 'volume'), 8 * MIB);
  await run(['mkfs.exfat', '-c', String(CLUSTER), path]);
  const volume = await readFile(path);
  const heapAt = volume.readUInt32LE(88) * 512;
  const placeOf = (cluster: number): number => heapAt + (cluster - 2) * CLUSTER;
  const rootAt = placeOf(volume.readUInt32LE(96));
  let entryAt = rootAt;
  while (volume[entryAt] !== 0x81) entryAt += 32;
  const bitmapAt = placeOf(volume.readUInt32LE(entryAt + 20));
  return { volume, fatAt: volume.readUInt32LE(80) * 512, heapAt, rootAt, entryAt, bitmapAt };
}

/** Makes the boot region's checksum right again (sectors of 512 bytes). */
function seal(volume: Buffer): void {
  let sum = 0;
  for (let i = 0; i < 11 * 512; i++) {
    if (i === 106 || i === 107 || i === 112) continue;
    sum = (((sum & 1) !== 0 ? 0x8000_0000 : 0) + (sum >>> 1) + (volume[i] ?? 0)) >>> 0;
  }
  for (let at = 0; at < 512; at += 4) volume.writeUInt32LE(sum, 11 * 512 + at);
}

const freeOf = (volume: Buffer) => freeRunsOfExfat(memoryReader(volume), volume.length);
const { skip } = hasTools('mkfs.exfat');

test('the allocation bitmap says what is free; the boot region is checked', { skip }, async (t) => {
  const { volume, heapAt, bitmapAt } = await fresh(t);
  const [first] = await freeOf(volume);
  const used = ((first?.start ?? 0) - heapAt) / CLUSTER;
  volume[bitmapAt + 12] = 0x01;
  const [before, after] = await freeOf(volume);
  assert.equal((before?.length ?? 0) / CLUSTER, 96 - used);
  assert.equal(after?.start, heapAt + 97 * CLUSTER);
  volume.writeUInt8(1, 200);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged', message: /checksum/ });
});

test('with two bitmaps only what both call free is free', { skip }, async (t) => {
  const { volume, heapAt, entryAt, bitmapAt, fatAt, rootAt } = await fresh(t);
  const [one] = await freeOf(volume);
  // TexFAT: a second FAT, in the gap behind the first, and a second bitmap, here in cluster 200.
  volume.writeUInt8(2, FATS_AT);
  seal(volume);
  await assert.rejects(freeOf(volume), { message: /1 allocation bitmaps, not 2/ });
  let end = rootAt;
  while (volume[end] !== 0) end += 32;
  volume.copy(volume, end, entryAt, entryAt + 32);
  volume.writeUInt8(1, end + 1);
  volume.writeUInt32LE(200, end + 20);
  volume.writeUInt32LE(0xffff_ffff, fatAt + 200 * 4);
  const second = heapAt + 198 * CLUSTER;
  volume.copy(volume, second, bitmapAt, bitmapAt + CLUSTER);
  volume[second + 12] = 0x01;
  const [before, after] = await freeOf(volume);
  assert.equal(before?.start, one?.start);
  assert.equal(after?.start, heapAt + 97 * CLUSTER);
});

test('free space in any number of pieces is read', { skip }, async (t) => {
  const path = await blankFile(join(await scratch(t), 'volume'), 160 * MIB);
  await run(['mkfs.exfat', '-c', '512', path]);
  const volume = await readFile(path);
  const heapAt = volume.readUInt32LE(88) * 512;
  const placeOf = (cluster: number): number => heapAt + (cluster - 2) * 512;
  let entryAt = placeOf(volume.readUInt32LE(96));
  while (volume[entryAt] !== 0x81) entryAt += 32;
  const bitmapAt = placeOf(volume.readUInt32LE(entryAt + 20));
  // Every second cluster.
  volume.fill(0x55, bitmapAt, bitmapAt + Number(volume.readBigUInt64LE(entryAt + 24)));
  assert.equal((await freeOf(volume)).length, Math.floor(volume.readUInt32LE(92) / 2));
});

test('an exFAT volume says in its flags that it was not unmounted; they are not in the checksum', {
  skip,
}, async (t) => {
  const { volume } = await fresh(t);
  assert.equal(isDirtyExfat(volume), false);
  volume.writeUInt16LE(2, FLAGS_AT);
  assert.equal(isDirtyExfat(volume), true);
  assert.ok((await freeOf(volume)).length > 0);
});

test('a chain that goes in a circle ends', { skip }, async (t) => {
  const { volume, fatAt } = await fresh(t);
  const root = volume.readUInt32LE(96);
  volume.writeUInt32LE(root, fatAt + root * 4);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged' });
});

test('damaged exFAT volumes are refused or read within their bounds', { skip }, async (t) => {
  const { volume, fatAt, rootAt, bitmapAt } = await fresh(t);
  const where = [
    { start: 64, length: 56 },
    { start: fatAt, length: 48 },
    { start: rootAt, length: 160 },
    { start: bitmapAt, length: 64 },
  ];
  const options = { where, numRuns: 150, seal: () => seal(volume) };
  const { understood } = await fuzzFreeRuns(freeRunsOfExfat, volume, options);
  assert.ok(understood > 20 && understood < 150, String(understood));
});
