import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../../src/command.ts';
import { openDisk, type PartitionContent, readContent } from '../../../src/disk/index.ts';
import type { ByteRun } from '../../../src/image/index.ts';

export const MIB = 1_048_576;

/** The content of the file by which a test breaks the map on purpose; no filesystem compresses it. */
export const MARKER = randomBytes(256 * 1024);

/** A folder that goes with its test. */
export async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-maps-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A sparse file of this size. */
export async function blankVolume(file: string, bytes: number): Promise<string> {
  await writeFile(file, '');
  await truncate(file, bytes);
  return file;
}

/** What Mimeo says of a volume that fills a file: as at capture, through the room's face. */
export async function contentOf(file: string): Promise<PartitionContent & { readonly free: ByteRun[] }> {
  await using disk = await openDisk(file, 'read');
  const partition = {
    number: 1,
    startByte: 0,
    lengthBytes: disk.sizeBytes,
    type: '83',
    active: false,
    gpt: null,
  };
  const content = await readContent(disk, partition);
  return { ...content, free: complement(content.used, disk.sizeBytes) };
}

/** What lies between sorted, joined runs. */
function complement(runs: readonly ByteRun[], totalBytes: number): ByteRun[] {
  const between: ByteRun[] = [];
  let at = 0;
  for (const { start, length } of runs) {
    if (start > at) between.push({ start: at, length: start - at });
    at = start + length;
  }
  if (at < totalBytes) between.push({ start: at, length: totalBytes - at });
  return between;
}

export interface MapComparison {
  /** Bytes that both call free. */
  readonly both: number;
  /** Bytes that we call free and partclone does not. */
  readonly onlyOurs: number;
  /** Bytes that partclone calls free and we do not. */
  readonly onlyTheirs: number;
}

/** Our free runs beside those of `partclone.<name>`'s domain map. */
export async function compareWithPartclone(
  program: string,
  file: string,
  ours: readonly ByteRun[],
): Promise<MapComparison> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-map-'));
  try {
    const map = join(folder, 'map');
    const log = ['-L', join(folder, 'log')];
    await run([program, '-D', '-q', '-s', file, '-o', map, '--offset_domain=0', ...log]);
    const theirs: ByteRun[] = [];
    for (const line of (await readFile(map, 'utf8')).split('\n')) {
      const [, start, length] = /^(0x[0-9A-F]+)\s+(0x[0-9A-F]+)\s+\?$/i.exec(line.trim()) ?? [];
      if (start !== undefined) theirs.push({ start: Number(start), length: Number(length) });
    }
    const sum = (runs: readonly ByteRun[]): number => runs.reduce((bytes, run) => bytes + run.length, 0);
    const both = overlapBytes(ours, theirs);
    return { both, onlyOurs: sum(ours) - both, onlyTheirs: sum(theirs) - both };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of two sorted lists of runs. */
function overlapBytes(some: readonly ByteRun[], others: readonly ByteRun[]): number {
  let bytes = 0;
  let i = 0;
  for (const { start, length } of some) {
    const end = start + length;
    while (i > 0 && (others[i - 1]?.start ?? 0) + (others[i - 1]?.length ?? 0) > start) i--;
    for (; i < others.length; i++) {
      const other = others[i];
      if (other === undefined || other.start >= end) break;
      bytes += Math.max(0, Math.min(end, other.start + other.length) - Math.max(start, other.start));
    }
  }
  return bytes;
}
