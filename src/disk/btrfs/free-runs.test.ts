import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { crc32c } from '../crc32c.ts';
import { fuzzFreeRuns, memoryReader } from '../test-support/fuzz-free-runs.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, MIB, scratch } from '../test-support/volumes.ts';
import { freeRunsOfBtrfs } from './free-runs.ts';

const SUPER = 0x1_0000;
const AT = { used: 0x78, devices: 0x88, logRoot: 0x60, readOnly: 0xb4, incompatible: 0xbc, kind: 0xc4 };
const NODE = 4096;
const { skip } = hasTools('mkfs.btrfs');

/** A volume with some hundred files, so that its trees have several levels. */
async function filled(t: TestContext, bytes: number, ...options: string[]): Promise<Buffer> {
  const folder = await scratch(t);
  const tree = join(folder, 'tree');
  await mkdir(tree);
  for (let i = 0; i < 60; i++) await writeFile(join(tree, `${i}.bin`), randomBytes(5000 + i * 100));
  const path = await blankFile(join(folder, 'volume'), bytes);
  await run(['mkfs.btrfs', '-q', '-n', String(NODE), '-r', tree, ...options, path]);
  return readFile(path);
}

/** Makes the checksum of a block right again. */
function seal(volume: Buffer, at: number, length: number): void {
  volume.writeUInt32LE(~crc32c(0xffff_ffff, volume.subarray(at + 32, at + length)) >>> 0, at);
}

const freeOf = (volume: Buffer) => freeRunsOfBtrfs(memoryReader(volume), volume.length);

/** The free runs after a change of the superblock, which is undone. */
async function changed(volume: Buffer, change: (superblock: Buffer) => void): Promise<unknown> {
  const superblock = volume.subarray(SUPER, SUPER + 4096);
  const kept = Buffer.from(superblock);
  change(superblock);
  seal(volume, SUPER, 4096);
  try {
    return await freeOf(volume);
  } finally {
    kept.copy(superblock);
  }
}

/** Where the tree blocks of a volume lie, each copy. */
function blocksOf(volume: Buffer): { readonly at: number; readonly owner: bigint }[] {
  const id = volume.subarray(SUPER + 0x20, SUPER + 0x30);
  const blocks = [];
  for (let at = MIB; at + NODE <= volume.length; at += NODE) {
    if (volume.subarray(at + 0x20, at + 0x30).equals(id) && at !== 64 * MIB)
      blocks.push({ at, owner: volume.readBigUInt64LE(at + 0x58) });
  }
  return blocks;
}

test('what btrfs counts as used is what is not free', { skip }, async (t) => {
  const volume = await filled(t, 24 * MIB, '--mixed');
  const free = (await freeOf(volume)).reduce((bytes, run) => bytes + run.length, 0);
  const used = Number(volume.readBigUInt64LE(SUPER + AT.used));
  // Single profiles: each extent once; the first MiB is reserved.
  assert.equal(volume.length - free, used + MIB);
});

test('what is not known, not at rest or does not add up is refused', { skip }, async (t) => {
  const volume = await filled(t, 24 * MIB, '--mixed');
  const refused = (change: (superblock: Buffer) => void, message: RegExp, code = 'volume-damaged') =>
    assert.rejects(changed(volume, change), { code, message });
  await refused((block) => block.writeUInt32LE(1 << 12, AT.incompatible), /features.*0x1000/);
  await refused((block) => block.writeUInt8(0x10, AT.readOnly), /features.*0x10/);
  await refused((block) => block.writeUInt8(2, AT.devices), /2 devices/);
  await refused((block) => block.writeUInt16LE(9, AT.kind), /kind 9/);
  await refused((block) => block.writeUInt32LE(0x10_0000, AT.logRoot), /unmounted/, 'volume-dirty');
  await refused((block) => block.writeUInt32LE(block.readUInt32LE(AT.used) + NODE, AT.used), /counts/);
  volume.writeUInt8(1, SUPER + 0x500);
  await assert.rejects(freeOf(volume), { message: /checksum of its superblock/ });
});

test('a damaged tree block is read from its copy, or refused', { skip }, async (t) => {
  const volume = await filled(t, 128 * MIB, '-m', 'dup', '-d', 'single');
  const before = await freeOf(volume);
  const copyOfSuper = 64 * MIB;
  assert.ok(before.every(({ start, length }) => start + length <= copyOfSuper || start > copyOfSuper));
  const copies = new Map<bigint, number[]>();
  for (const { at, owner } of blocksOf(volume)) {
    const address = volume.readBigUInt64LE(at + 0x30);
    if (owner === 2n) copies.set(address, [...(copies.get(address) ?? []), at]);
  }
  const both = [...copies.values()].filter((places) => places.length === 2);
  assert.ok(both.length > 1);
  for (const [first] of both) volume.writeUInt8(0x55, (first ?? 0) + 200);
  assert.deepEqual(await freeOf(volume), before);
  for (const [, second] of both) volume.writeUInt8(0x55, (second ?? 0) + 200);
  await assert.rejects(freeOf(volume), { code: 'volume-damaged', message: /block \d+ of tree 2 is damaged/ });
});

test('damaged btrfs volumes are refused or read within their bounds', { skip }, async (t) => {
  const volume = await filled(t, 24 * MIB, '--mixed');
  // With checksums that are not computed, damage reaches what is behind them.
  volume.writeUInt16LE(3, SUPER + AT.kind);
  const trees = blocksOf(volume).filter(({ owner }) => owner <= 3n);
  const heads = trees.map(({ at }) => ({ start: at + 0x50, length: 300 }));
  const tails = trees.map(({ at }) => ({ start: at + NODE - 400, length: 400 }));
  const where = [
    { start: SUPER + 0x30, length: 0x110 },
    { start: SUPER + 0x32b, length: 97 },
    ...heads,
    ...tails,
  ];
  const { understood } = await fuzzFreeRuns(freeRunsOfBtrfs, volume, { where, numRuns: 150 });
  assert.ok(understood < 150);
});
