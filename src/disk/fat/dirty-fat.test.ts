import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import { recogniseFilesystem, SNIFF_BYTES } from '../filesystem.ts';
import { blankFile, MIB, scratch } from '../test-support/volumes.ts';
import { isDirtyFat } from './dirty-fat.ts';

/** A fresh volume of mkfs.fat, and whether it is dirty after `change`. */
async function dirtyAfter(
  path: string,
  bits: 12 | 16 | 32,
  change: (volume: Buffer) => void,
): Promise<boolean> {
  await blankFile(path, { 12: 2, 16: 20, 32: 40 }[bits] * MIB);
  await run(['mkfs.fat', '-F', String(bits), path]);
  const volume = await readFile(path);
  change(volume);
  assert.equal(recogniseFilesystem(volume.subarray(0, SNIFF_BYTES)).filesystem, 'fat');
  const read = (offset: number, length: number) => Promise.resolve(volume.subarray(offset, offset + length));
  return isDirtyFat(read, volume.length);
}

test('a FAT volume that was not unmounted cleanly is told from a clean one', async (t) => {
  const path = join(await scratch(t), 'volume');
  const fatAt = (volume: Buffer): number => volume.readUInt16LE(14) * volume.readUInt16LE(11);
  for (const bits of [12, 16, 32] as const)
    assert.equal(await dirtyAfter(path, bits, () => undefined), false, String(bits));
  const windows16 = (volume: Buffer) => volume.writeUInt16LE(0x7fff, fatAt(volume) + 2);
  const windows32 = (volume: Buffer) => volume.writeUInt32LE(0x07ff_ffff, fatAt(volume) + 4);
  assert.equal(await dirtyAfter(path, 16, windows16), true);
  assert.equal(await dirtyAfter(path, 32, windows32), true);
  for (const bits of [12, 16] as const)
    assert.equal(await dirtyAfter(path, bits, (volume) => volume.writeUInt8(1, 37)), true, String(bits));
  assert.equal(await dirtyAfter(path, 32, (volume) => volume.writeUInt8(1, 65)), true);
});

test('of a boot sector that makes no sense nothing is said', async (t) => {
  const path = join(await scratch(t), 'volume');
  assert.equal(await dirtyAfter(path, 32, (volume) => volume.writeUInt16LE(0xffff, 14)), false);
});
