import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { whileMountedBy } from '../maps/mounted.ts';
import { treeFacts } from '../maps/tree-facts.ts';
import { blankVolume, MIB } from '../maps/volume-map.ts';

export { MIB, scratch } from '../maps/volume-map.ts';

/** A partition of a lab disk; places in MiB. */
export interface LabPart {
  readonly start: number;
  readonly size: number;
  /** As sfdisk takes it: `7`, `83`, `U`, a GUID. */
  readonly type: string;
  /** More of sfdisk's fields: `bootable`, `uuid=…`, `name=…`, `attrs=…`. */
  readonly fields?: string;
  readonly make?: 'ntfs' | 'ext4' | 'xfs' | 'btrfs' | 'fat' | 'swap';
  readonly label?: string;
  /** About so many MiB of files. */
  readonly files?: number;
}

/** A disk with nothing on it, in a sparse file. */
export function blankDisk(path: string, sizeMib: number): Promise<string> {
  return blankVolume(path, sizeMib * MIB);
}

/** A disk in a sparse file: table by sfdisk, volumes by their own tools, with files in them. */
export async function labDisk(
  path: string,
  sizeMib: number,
  label: 'gpt' | 'dos',
  parts: readonly LabPart[],
): Promise<string> {
  await blankDisk(path, sizeMib);
  const lines = parts.map(
    ({ start, size, type, fields }) =>
      `start=${start * 2048}, size=${size * 2048}, type=${type}${fields ? `, ${fields}` : ''}`,
  );
  await run(['sfdisk', '--quiet', path], { input: `label: ${label}\n${lines.join('\n')}\n` });
  for (const part of parts) await fillPart(path, part);
  return path;
}

async function fillPart(disk: string, { start, size, make, label = '', files = 0 }: LabPart): Promise<void> {
  if (make === undefined) return;
  await withLoopOf(disk, start * MIB, size * MIB, async (device) => {
    await run(MAKERS[make](device, label, start * 2048));
    if (files === 0) return;
    await withMount(device, make, 'rw', (root) => fillTree(root, files));
  });
}

type Maker = (device: string, label: string, sector: number) => string[];

const MAKERS: Readonly<Record<NonNullable<LabPart['make']>, Maker>> = {
  ntfs: (device, label, sector) => {
    const place = ['--partition-start', String(sector), '--heads', '255', '--sectors-per-track', '63'];
    return ['mkntfs', '--quick', '--quiet', '--force', '--label', label, ...place, device];
  },
  ext4: (device, label) => ['mke2fs', '-q', '-t', 'ext4', '-F', '-L', label, device],
  xfs: (device, label) => ['mkfs.xfs', '-q', '-f', ...(label ? ['-L', label] : []), device],
  btrfs: (device, label) => ['mkfs.btrfs', '-q', '-f', ...(label ? ['-L', label] : []), device],
  fat: (device, label) => ['mkfs.fat', '-n', label || 'ESP', device],
  swap: (device, label) => ['mkswap', '-q', ...(label ? ['-L', label] : []), device],
};

/** Shows a run of a disk as a device while `use` runs. */
export async function withLoopOf<T>(
  disk: string,
  startByte: number,
  lengthBytes: number,
  use: (device: string) => Promise<T>,
): Promise<T> {
  const range = ['--offset', String(startByte), '--sizelimit', String(lengthBytes)];
  const device = (await run(['losetup', '--find', '--show', ...range, disk])).stdout.toString().trim();
  try {
    return await use(device);
  } finally {
    await run(['losetup', '--detach', device]);
  }
}

/** Mounts a filesystem by its own driver while `use` runs. */
export function withMount<T>(
  device: string,
  make: string,
  mode: 'ro' | 'rw',
  use: (root: string) => Promise<T>,
): Promise<T> {
  const options = make === 'xfs' ? `${mode},nouuid` : mode;
  const argv = (root: string): string[] =>
    make === 'ntfs'
      ? ['ntfs-3g', '-o', options, device, root]
      : ['mount', '-t', make, '-o', options, device, root];
  return whileMountedBy(tmpdir(), argv, use);
}

/** Files of many sizes over the whole volume; some deleted again, so that it has holes. */
async function fillTree(root: string, mib: number): Promise<void> {
  await mkdir(join(root, 'Users', 'Schüler'), { recursive: true });
  for (let i = 0; i < mib * 2; i++) {
    const path = join(root, 'Users', i % 3 === 0 ? 'Schüler' : '', `file ${i}.bin`);
    await writeFile(path, randomBytes(400_000 + ((i * 7919) % 250_000)));
  }
  for (let i = 0; i < mib * 2; i += 7) {
    await rm(join(root, 'Users', i % 3 === 0 ? 'Schüler' : '', `file ${i}.bin`));
  }
}

/** Every file of a partition with its content, read by its own driver. */
export async function filesOf(
  disk: string,
  place: { readonly startByte: number; readonly lengthBytes: number },
  make: 'ntfs' | 'ext4' | 'xfs' | 'btrfs',
): Promise<FactSheet> {
  return withLoopOf(disk, place.startByte, place.lengthBytes, (device) =>
    withMount(device, make, 'ro', (root) => treeFacts(root, { attributes: null })),
  );
}

/** The hash of a run of bytes. */
export async function hashOf(path: string, startByte: number, lengthBytes: number): Promise<string> {
  const file = await open(path, 'r');
  const hash = createHash('sha256');
  try {
    const piece = Buffer.alloc(MIB);
    for (let at = 0; at < lengthBytes; at += MIB) {
      const { bytesRead } = await file.read(piece, 0, Math.min(MIB, lengthBytes - at), startByte + at);
      hash.update(piece.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/** The table as sfdisk reads it; places in bytes. */
export async function tableOf(
  disk: string,
): Promise<
  { number: number; startByte: number; lengthBytes: number; type: string; uuid?: string; attrs?: string }[]
> {
  const { stdout } = await run(['sfdisk', '--json', disk]);
  const { partitions = [] } = (
    JSON.parse(stdout.toString()) as { partitiontable: { partitions?: SfdiskPart[] } }
  ).partitiontable;
  return partitions.map(({ node, start, size, ...more }) => ({
    ...more,
    number: Number(/(\d+)$/.exec(node)?.[1]),
    startByte: start * 512,
    lengthBytes: size * 512,
  }));
}

interface SfdiskPart {
  readonly node: string;
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly uuid?: string;
  readonly attrs?: string;
}
