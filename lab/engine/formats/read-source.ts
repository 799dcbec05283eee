import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import type { Import } from '../../../src/formats/index.ts';
import type { ImageSource, SourceRegion } from '../../../src/image/index.ts';

/** The source of an import that must be one. */
export function sourceOf(opened: Import): ImageSource {
  assert.ok(opened.kind === 'source');
  return opened.source;
}

/** The only partition of a source's only disk. */
export function lonePartition(source: ImageSource): SourceRegion {
  assert.equal(source.disks.length, 1);
  const region = source.disks[0]?.regions.find(({ kind }) => kind === 'partition');
  assert.ok(region !== undefined);
  return region;
}

/**
 * Reads a region as an importer does: checks the order of the pieces, and compares each with a raw volume.
 * @returns how many bytes came
 */
export async function compareRegion(
  region: SourceRegion,
  volume: string,
  signal: AbortSignal,
): Promise<number> {
  await using file = await open(volume, 'r');
  let [end, sum] = [0, 0];
  for await (const { offset, bytes } of region.read(signal)) {
    assert.ok(offset >= end, `the piece at ${offset} comes after one that ends at ${end}`);
    end = offset + bytes.length;
    sum += bytes.length;
    assert.ok(end <= region.lengthBytes, `the piece at ${offset} reaches past the region`);
    const expected = await readUpTo(file, offset, bytes.length);
    assert.ok(expected.equals(bytes.subarray(0, expected.length)), `the piece at ${offset} differs`);
  }
  return sum;
}

/** Reads a region to its end, without looking at it. */
export async function drain(region: SourceRegion, signal: AbortSignal): Promise<void> {
  for await (const _ of region.read(signal)) signal.throwIfAborted();
}

async function readUpTo(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}
