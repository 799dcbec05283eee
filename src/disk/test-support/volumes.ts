import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../command.ts';
import type { PartitionLayout } from '../../image/index.ts';
import type { PartitionView } from '../partition-view.ts';

export const MIB = 1_048_576;

/** A folder that goes with its test. */
export async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-disk-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A sparse file of this size. */
export async function blankFile(path: string, sizeBytes: number): Promise<string> {
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  return path;
}

/** A partition that is the whole file, or a run of it. */
export function viewOf(disk: string, lengthBytes: number, startByte = 0): PartitionView {
  const partition: PartitionLayout = {
    number: 1,
    startByte,
    lengthBytes,
    type: '07',
    active: true,
    gpt: null,
  };
  return { disk, sectorBytes: 512, partition };
}

/** Makes an NTFS volume in a file. */
export async function makeNtfs(
  path: string,
  sizeBytes: number,
  options: readonly string[] = [],
): Promise<PartitionView> {
  await blankFile(path, sizeBytes);
  const geometry = ['--partition-start', '0', '--heads', '255', '--sectors-per-track', '63'];
  await run(['mkntfs', '--quick', '--force', '--quiet', ...geometry, ...options, path]);
  return viewOf(path, sizeBytes);
}

/** Files of many sizes, some of them deleted again so that free space has holes with stale bytes in them. */
export async function fillTree(root: string, files: number): Promise<void> {
  for (let i = 0; i < files; i++) {
    const path = join(root, `folder ${i % 7}`, `Datei-${i}-ü.bin`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, randomBytes((i * 7919) % 60_000));
  }
  for (let i = 0; i < files; i += 3) await rm(join(root, `folder ${i % 7}`, `Datei-${i}-ü.bin`));
  await writeFile(join(root, 'late.bin'), randomBytes(700_000));
  const sparse = await open(join(root, 'sparse.bin'), 'w');
  await sparse.write(Buffer.from('far away'), 0, 8, 3 * MIB);
  await sparse.close();
}

/** Path and content hash of every file below a folder. */
export async function hashTree(root: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes.set(
      relative(root, path),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  }
  return hashes;
}

/** Overwrites bytes of a file in place. */
export async function patch(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
  await file.close();
}
