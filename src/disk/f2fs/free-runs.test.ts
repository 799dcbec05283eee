import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { fuzzFreeRuns, memoryReader } from '../test-support/fuzz-free-runs.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, MIB, scratch } from '../test-support/volumes.ts';
import { f2fsChecksum } from './checksum.ts';
import { freeRunsOfF2fs } from './free-runs.ts';

const BLOCK = 4096;
const SEGMENT = 512 * BLOCK;
const FLAGS_AT = 132;
const { skip } = hasTools('mkfs.f2fs');

interface Fresh {
  readonly volume: Buffer;
  /** The first blocks of both checkpoint packs. */
  readonly packs: readonly [number, number];
  readonly sitAt: number;
  readonly mainAt: number;
}

async function fresh(t: TestContext, ...options: string[]): Promise<Fresh> {
  const path = await blankFile(join(await scratch(t), 'volume'), 64 * MIB);
  await run(['mkfs.f2fs', '-q', ...options, path]);
  const volume = await readFile(path);
  const place = (at: number): number => volume.readUInt32LE(1024 + at) * BLOCK;
  const first = place(76);
  return { volume, packs: [first, first + SEGMENT], sitAt: place(80), mainAt: place(92) };
}

const freeOf = (volume: Buffer) => freeRunsOfF2fs(memoryReader(volume), volume.length);

/** Makes the checksums of a pack's first and last block right again. */
function seal(volume: Buffer, pack: number): void {
  const last = pack + (volume.readUInt32LE(pack + 136) - 1) * BLOCK;
  for (const at of last + BLOCK <= volume.length ? [pack, last] : [pack])
    volume.writeUInt32LE(f2fsChecksum(volume.subarray(at, at + BLOCK - 4)), at + BLOCK - 4);
}

function setFlags(volume: Buffer, pack: number, change: (flags: number) => number): void {
  volume.writeUInt32LE(change(volume.readUInt32LE(pack + FLAGS_AT)), pack + FLAGS_AT);
  seal(volume, pack);
}

test('segments that logs append to are used as a whole, the rest by its map', { skip }, async (t) => {
  const { volume, packs, mainAt } = await fresh(t);
  const free = await freeOf(volume);
  const [pack] = packs;
  const logs = [36, 84].flatMap((at) => [0, 4, 8].map((i) => volume.readUInt32LE(pack + at + i)));
  const bytes = free.reduce((sum, run) => sum + run.length, 0);
  const segments = volume.readUInt32LE(1024 + 68);
  assert.equal(bytes, (segments - 6) * SEGMENT);
  for (const log of logs) {
    const start = mainAt + log * SEGMENT;
    assert.ok(free.every((run) => run.start + run.length <= start || run.start >= start + SEGMENT));
  }
});

test('the newer whole checkpoint counts', { skip }, async (t) => {
  const { volume, packs } = await fresh(t);
  const [first, second] = packs;
  volume.copy(volume, second, first, first + volume.readUInt32LE(first + 136) * BLOCK);
  const last = second + (volume.readUInt32LE(second + 136) - 1) * BLOCK;
  for (const at of [second, last]) volume.writeBigUInt64LE(volume.readBigUInt64LE(first) + 1n, at);
  // The newer one says that the volume is not at rest.
  setFlags(volume, second, (flags) => flags & ~1);
  await assert.rejects(freeOf(volume), { code: 'volume-dirty' });
  volume.writeUInt8(0x55, second + 8);
  assert.ok((await freeOf(volume)).length > 0);
  volume.writeUInt8(0x55, first + 8);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged', message: /no whole checkpoint/ });
});

test('what was written after the checkpoint of an unmount is noticed', { skip }, async (t) => {
  const { volume, packs, mainAt } = await fresh(t);
  const [pack] = packs;
  const next = volume.readUInt32LE(pack + 36 + 4) * 512 + volume.readUInt16LE(pack + 68 + 2);
  volume.copy(volume, mainAt + next * BLOCK + 4084, pack, pack + 8);
  await assert.rejects(freeOf(volume), { code: 'volume-dirty' });
});

test('marks of damage, features that are not known and superblocks that differ are refused', {
  skip,
}, async (t) => {
  const { volume, packs } = await fresh(t);
  const [pack] = packs;
  setFlags(volume, pack, (flags) => flags | 0x10);
  await assert.rejects(freeOf(volume), { code: 'volume-dirty', message: /damaged/ });
  setFlags(volume, pack, (flags) => (flags & ~0x10) | 0x1000);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged', message: /state/ });
  setFlags(volume, pack, (flags) => flags & ~0x1000);
  // The first superblock is damaged: the second one says the same.
  volume.writeUInt8(0, 1024);
  assert.ok((await freeOf(volume)).length > 0);
  volume.writeUInt8(0x02, BLOCK + 1024 + 2180);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged' });

  const other = (await fresh(t)).volume;
  other.writeUInt32LE(other.readUInt32LE(1024 + 68) - 1, 1024 + 68);
  await assert.rejects(freeOf(other), { message: /contradict/ });
});

test('a table block is read from the copy that the checkpoint names', { skip }, async (t) => {
  const { volume, packs, sitAt, mainAt } = await fresh(t);
  const second = sitAt + (volume.readUInt32LE(1024 + 56) / 2) * SEGMENT;
  volume.copy(volume, second, sitAt, sitAt + BLOCK);
  // In the second copy the third block of segment 8 is in use.
  const entry = second + 8 * 74;
  volume.writeUInt16LE(volume.readUInt16LE(entry) + 1, entry);
  volume.writeUInt8(0x20, entry + 2);
  for (const pack of packs) volume.writeBigUInt64LE(10n, pack + 16);
  const place = mainAt + 8 * SEGMENT + 2 * BLOCK;
  const isFree = async (): Promise<boolean> => {
    for (const pack of packs) seal(volume, pack);
    return (await freeOf(volume)).some(({ start, length }) => start <= place && place < start + length);
  };
  assert.equal(await isFree(), true);
  for (const pack of packs) volume.writeUInt8(0x80, pack + 192);
  assert.equal(await isFree(), false);
});

test('a map that does not hold what its segment counts is refused', { skip }, async (t) => {
  const { volume, sitAt } = await fresh(t);
  // Segments 0 to 5 are in the journal; this one is in the table.
  volume.writeUInt8(0x80, sitAt + 8 * 74 + 2);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged', message: /add up/ });
});

test('damaged F2FS volumes are refused or read within their bounds', { skip }, async (t) => {
  const { volume, packs, sitAt } = await fresh(t, '-O', 'extra_attr,sb_checksum');
  const [pack] = packs;
  const where = [
    { start: 1024, length: 112 },
    { start: BLOCK + 1024, length: 112 },
    { start: pack, length: 256 },
    { start: pack + BLOCK + 500, length: 200 },
    { start: sitAt, length: 800 },
  ];
  const sealAll = (): void => {
    for (const at of [1024, BLOCK + 1024])
      volume.writeUInt32LE(f2fsChecksum(volume.subarray(at, at + 3068)), at + 3068);
    seal(volume, pack);
  };
  const { understood } = await fuzzFreeRuns(freeRunsOfF2fs, volume, { where, numRuns: 150, seal: sealAll });
  assert.ok(understood > 10 && understood < 150, String(understood));
});
