import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../command.ts';
import { type PartitionView, readLayout, withNtfs } from '../../disk/index.ts';

export const MIB = 1_048_576;

/** A folder that goes with its test. */
export async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-transfer-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A sparse file of this size. */
export async function blankFile(path: string, sizeBytes: number): Promise<string> {
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  return path;
}

/** Overwrites bytes of a file in place. */
export async function patch(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
  await file.close();
}

/**
 * A master as XP leaves it: MBR with boot code, a loader in the gap, NTFS from sector 63 with a few MiB of
 * files, holes of deleted ones, and a pagefile.
 */
export async function makeMaster(path: string, sizeBytes = 64 * MIB): Promise<PartitionView> {
  await blankFile(path, sizeBytes);
  await run(['sfdisk', '--quiet', path], {
    input: 'label: dos\nlabel-id: 0xd0a1b2c3\nstart=63, type=7, bootable\n',
  });
  await patch(path, 0, randomBytes(440));
  await patch(path, 512, randomBytes(4096));
  const [partition] = (await readLayout(path)).partitions;
  if (partition === undefined) throw new Error('no partition');
  const view: PartitionView = { disk: path, sectorBytes: 512, partition };
  const volume = `${path}.volume`;
  await blankFile(volume, partition.lengthBytes);
  const geometry = ['--partition-start', '63', '--heads', '255', '--sectors-per-track', '63'];
  await run(['mkntfs', '--quick', '--force', '--quiet', '--label', 'XP', ...geometry, volume]);
  await run(['dd', `if=${volume}`, `of=${path}`, 'bs=512', 'seek=63', 'conv=notrunc,sparse', 'status=none']);
  await rm(volume);
  await withNtfs(view, { readOnly: false }, async (root) => {
    for (let i = 0; i < 60; i++) await writeFile(join(root, `file ${i}.bin`), randomBytes(90_000));
    for (let i = 0; i < 60; i += 4) await rm(join(root, `file ${i}.bin`));
    await writeFile(join(root, 'pagefile.sys'), randomBytes(4 * MIB));
  });
  return view;
}
