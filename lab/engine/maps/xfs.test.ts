import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { whileMounted } from './mounted.ts';
import { provePoison } from './poison.ts';
import { treeFacts } from './tree-facts.ts';
import { blankVolume, compareWithPartclone, contentOf, MIB, scratch } from './volume-map.ts';
import { makeXfsVersion4, xfsDbFacts } from './xfs-version-4.ts';

const VOLUMES: readonly {
  readonly name: string;
  readonly options: readonly string[];
  readonly bytes: number;
}[] = [
  {
    name: 'XFS with blocks of 1 KiB and nine groups',
    options: ['-b', 'size=1024', '-d', 'agcount=9', '-l', 'size=66m'],
    bytes: 640 * MIB,
  },
  {
    name: 'XFS with reverse mapping and sectors of 4 KiB',
    options: ['-m', 'rmapbt=1', '-s', 'size=4096'],
    bytes: 320 * MIB,
  },
];

const skip = labNeeds('mkfs.xfs', 'xfs_repair', 'xfs_io', 'xfs_logprint', 'partclone.xfs', 'getfattr');
const BYTES = 320 * MIB;
/** Each group keeps a few blocks in reserve for its trees. partclone calls them free, we do not. */
const MOST_RESERVED_BYTES = 1 * MIB;

for (const { name, options, bytes } of VOLUMES) {
  test(`free blocks of ${name} do not matter`, { skip }, async (t) => {
    const file = await blankVolume(join(await scratch(t), 'volume'), bytes);
    await run(['mkfs.xfs', '-q', '-L', 'Schule', ...options, file]);
    await whileMounted('xfs', file, 'rw', fragmented);
    const { filesystem, label, free, warnings } = await contentOf(file);
    assert.deepEqual({ filesystem, label, warnings }, { filesystem: 'xfs', label: 'Schule', warnings: [] });
    assert.ok(free.length > 300, `${free.length} free runs: the trees are too small to prove anything`);
    await provePoison({ file, check: repair, facts: mountedFacts }, free, { leastShare: 0.3 });
    await assertAsPartclone(file, free);
  });
}

test('free blocks of XFS version 4 do not matter', { skip }, async (t) => {
  const file = await makeXfsVersion4(join(await scratch(t), 'volume'), BYTES);
  const { filesystem, free, warnings } = await contentOf(file);
  assert.deepEqual({ filesystem, warnings }, { filesystem: 'xfs', warnings: [] });
  await provePoison({ file, check: repair, facts: xfsDbFacts }, free, { leastShare: 0.3 });
  await assertAsPartclone(file, free);
});

test('an XFS is refused until it was unmounted, as its own tools judge', { skip }, async (t) => {
  const file = await blankVolume(join(await scratch(t), 'volume'), BYTES);
  await run(['mkfs.xfs', '-q', file]);
  const live = `${file}.live`;
  const killed = `${file}.killed`;
  await assertJudged(file, true);
  await whileMounted('xfs', file, 'rw', async (root) => {
    await fillFolder(root, 60, MIB);
    await run(['sync', '-f', root]);
    await run(['cp', '--sparse=always', file, live]);
    await rm(join(root, 'folder 3'), { recursive: true });
    await run(['xfs_io', '-x', '-c', 'shutdown -f', root]);
  });
  await run(['cp', '--sparse=always', file, killed]);
  await assertJudged(live, false);
  await assertJudged(killed, false);
  await whileMounted('xfs', killed, 'rw', async () => undefined);
  await assertJudged(killed, true);
});

test('an XFS with its log elsewhere is stored whole, and that is said', { skip }, async (t) => {
  const folder = await scratch(t);
  const file = await blankVolume(join(folder, 'volume'), BYTES);
  const log = await blankVolume(join(folder, 'log'), 64 * MIB);
  await run(['mkfs.xfs', '-q', '-l', `logdev=${log},size=64m`, file]);
  const { filesystem, used, warnings } = await contentOf(file);
  assert.deepEqual({ filesystem, used }, { filesystem: 'xfs', used: [{ start: 0, length: BYTES }] });
  assert.match(warnings.join(), /its log lies on another device.*stored whole/);
});

/** Thousands of files of a block or less; every second one deleted. */
async function fragmented(root: string): Promise<void> {
  for (let i = 0; i < 1000; i++) await writeFile(join(root, `small-${i}`), `${i}`.repeat(200));
  await fillFolder(root, 150, 12 * MIB);
  // XFS chooses places only when it writes.
  await run(['sync', '-f', root]);
  for (let i = 0; i < 1000; i += 2) await rm(join(root, `small-${i}`));
}

function repair(file: string): Promise<unknown> {
  return run(['xfs_repair', '-n', '-f', file]);
}

function mountedFacts(file: string): Promise<FactSheet> {
  return whileMounted('xfs', file, 'ro,norecovery', (root) => treeFacts(root));
}

async function assertAsPartclone(
  file: string,
  free: Parameters<typeof compareWithPartclone>[2],
): Promise<void> {
  const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.xfs', file, free);
  assert.equal(onlyOurs, 0);
  assert.ok(onlyTheirs < MOST_RESERVED_BYTES, `${onlyTheirs} bytes are free for partclone alone`);
}

async function assertJudged(file: string, clean: boolean): Promise<void> {
  const { stdout } = await run(['xfs_logprint', '-t', file]);
  assert.match(stdout.toString(), clean ? /<CLEAN>/ : /<DIRTY>/);
  if (clean) await contentOf(file);
  else await assert.rejects(contentOf(file), { code: 'volume-dirty', message: /XFS in partition 1 .* log/ });
}
