import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { type Import, openImport } from '../../../src/formats/index.ts';
import type { ImageSource, SourceRegion } from '../../../src/image/index.ts';

/** Opens what has to be a source of regions. */
export async function openSource(path: string): Promise<ImageSource> {
  const imported: Import = await openImport(path, { signal: new AbortController().signal });
  if (imported.kind !== 'source') throw new assert.AssertionError({ message: `${path} is opened as a disk` });
  return imported.source;
}

/**
 * Writes a region's pieces where they belong, from byte `at` of a file on, and looks whether they keep the
 * contract: ascending, within the region, none twice.
 *
 * @returns the bytes that pieces covered
 */
export async function writeRegion(region: SourceRegion, file: string, at = 0): Promise<number> {
  await using out = await open(file, 'r+');
  let end = 0;
  let covered = 0;
  for await (const { offset, bytes } of region.read(new AbortController().signal)) {
    assert.ok(offset >= end, `a piece at ${offset} after one that ends at ${end}`);
    end = offset + bytes.length;
    assert.ok(end <= region.lengthBytes, `a piece ends at ${end}, the region at ${region.lengthBytes}`);
    await out.write(bytes, 0, bytes.length, at + offset);
    covered += bytes.length;
  }
  return covered;
}

/** The only region of the only disk. */
export function onlyRegion({ disks }: ImageSource): SourceRegion {
  const [region, ...others] = disks.flatMap(({ regions }) => regions);
  assert.ok(region !== undefined && others.length === 0);
  return region;
}

/** Where two files differ first; null when they do not, as far as the shorter one goes. */
export async function firstDifference(one: string, other: string, length: number): Promise<number | null> {
  await using a = await open(one, 'r');
  await using b = await open(other, 'r');
  const step = 1 << 20;
  for (let at = 0; at < length; at += step) {
    const want = Math.min(step, length - at);
    const [x, y] = await Promise.all(
      [a, b].map(async (file) => {
        const bytes = Buffer.alloc(want);
        await file.read(bytes, 0, want, at);
        return bytes;
      }),
    );
    if (x === undefined || y === undefined || x.equals(y)) continue;
    return at + x.findIndex((byte, i) => byte !== y[i]);
  }
  return null;
}
