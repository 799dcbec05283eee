import assert from 'node:assert/strict';
import { mkdir, open, rm } from 'node:fs/promises';
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

interface ExtVolume {
  readonly name: string;
  /** For mke2fs. */
  readonly options: readonly string[];
  readonly megabytes?: number;
  /** The kernel takes no blocks larger than its pages: mke2fs fills it, debugfs reads it. */
  readonly unmountable?: true;
  /** partclone knows nothing of it, or stops. */
  readonly noPartclone?: true;
}

/** So large that it does not fit into the holes of the deleted files. */
const LARGE_BYTES = 8 * MIB;

const VOLUMES: readonly ExtVolume[] = [
  { name: 'ext2 with blocks of 1 KiB', options: ['-t', 'ext2', '-b', '1024'] },
  {
    name: 'ext2 of revision 0',
    options: ['-t', 'ext2', ...(await revisionZero()), '-b', '1024'],
    megabytes: 60,
  },
  { name: 'ext3', options: ['-t', 'ext3', '-b', '4096'] },
  { name: 'ext4', options: ['-t', 'ext4', '-b', '4096'], megabytes: 400 },
  { name: 'ext4 with blocks of 1 KiB', options: ['-t', 'ext4', '-b', '1024'] },
  {
    name: 'ext4 with blocks of 2 KiB and a short last group',
    options: ['-t', 'ext4', '-b', '2048'],
    megabytes: 131,
  },
  {
    name: 'ext4 of before 64bit and metadata_csum',
    options: ['-t', 'ext4', '-O', '^64bit,^metadata_csum,uninit_bg'],
  },
  { name: 'ext4 without checksums', options: ['-t', 'ext4', '-O', '^64bit,^metadata_csum,^uninit_bg'] },
  { name: 'ext4 without flex_bg', options: ['-t', 'ext4', '-b', '1024', '-O', '^flex_bg'] },
  { name: 'ext4 with meta_bg', options: ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode'] },
  {
    name: 'ext4 with sparse_super2',
    options: ['-t', 'ext4', '-b', '1024', '-O', 'sparse_super2,^resize_inode'],
  },
  {
    name: 'ext4 with copies in every group',
    options: ['-t', 'ext4', '-b', '1024', '-O', '^sparse_super,^resize_inode'],
  },
  {
    name: 'ext4 with a seed of its own',
    options: ['-t', 'ext4', '-O', 'metadata_csum_seed'],
    noPartclone: true,
  },
  { name: 'ext4 with bigalloc', options: ['-t', 'ext4', '-O', 'bigalloc', '-C', '65536'], noPartclone: true },
  {
    name: 'ext4 with bigalloc and blocks of 1 KiB',
    options: ['-t', 'ext4', '-b', '1024', '-O', 'bigalloc', '-C', '16384'],
    noPartclone: true,
  },
  { name: 'ext4 with blocks of 64 KiB', options: ['-t', 'ext4', '-b', '65536'], unmountable: true },
];

for (const volume of VOLUMES) {
  test(`free blocks of ${volume.name} do not matter`, {
    skip: labNeeds('mke2fs', 'debugfs', 'partclone.extfs', 'getfattr'),
  }, async (t) => {
    const file = join(await scratch(t), 'volume');
    await makeExt(file, volume);
    const { filesystem, free, warnings } = await contentOf(file);
    assert.equal(filesystem, 'ext');
    assert.deepEqual(warnings, []);
    const judges = { file, check: fsck, facts: volume.unmountable ? dumpedFacts : mountedFacts };
    await provePoison(judges, free, { leastShare: 0.3 });
    if (volume.noPartclone) return;
    const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.extfs', file, free);
    assert.deepEqual({ onlyOurs, onlyTheirs }, { onlyOurs: 0, onlyTheirs: 0 });
  });
}

test('what lies behind the end of a filesystem is kept', { skip: labNeeds('mke2fs') }, async (t) => {
  const file = await blankVolume(join(await scratch(t), 'volume'), 64 * MIB);
  await run(['mke2fs', '-q', '-F', file, '60M']);
  const last = (await contentOf(file)).used.at(-1);
  assert.deepEqual(last, { start: 60 * MIB, length: 4 * MIB });
});

test('an ext that cannot be understood is stored whole, and that is said', {
  skip: labNeeds('mke2fs', 'debugfs', 'losetup'),
}, async (t) => {
  const folder = await scratch(t);
  const file = await blankVolume(join(folder, 'volume'), 16 * MIB);
  const says = async (words: RegExp): Promise<void> => {
    const { filesystem, free, warnings } = await contentOf(file);
    assert.deepEqual({ filesystem, free }, { filesystem: 'ext', free: [] });
    assert.match(warnings.join(), words);
    assert.match(warnings.join(), /stored whole\.$/);
  };
  const set = (field: string, value: string): Promise<unknown> =>
    run(['debugfs', '-w', '-R', `set_super_value ${field} ${value}`, file]);
  await run(['mke2fs', '-q', '-F', '-O', 'journal_dev', file]);
  await says(/it is the journal of another filesystem/);
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', file]);
  await set('feature_incompat', '0x402c2');
  await says(/incompatible features that are not known \(0x40000\)/);
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', file]);
  await set('state', '3');
  await says(/errors of its own/);
  await set('state', '1');
  assert.notDeepEqual((await contentOf(file)).free, []);
  // Behind debugfs' back, which would write the checksum, too.
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.from('Z'), 0, 1, 1024 + 0x78);
  await says(/the checksum of its superblock is wrong/);
});

async function makeExt(file: string, { options, megabytes = 140, unmountable }: ExtVolume): Promise<void> {
  await blankVolume(file, megabytes * MIB);
  if (!unmountable) {
    await run(['mke2fs', '-q', '-F', ...options, file]);
    await whileMounted('ext4', file, 'rw', (root) => fillFolder(root, 150, LARGE_BYTES));
    return;
  }
  const tree = `${file}.tree`;
  await mkdir(tree);
  await fillFolder(tree, 150, LARGE_BYTES);
  await run(['mke2fs', '-q', '-F', ...options, '-d', tree, file]);
  await rm(tree, { recursive: true });
}

/** e2fsprogs 1.47.1 gave the option another name. */
async function revisionZero(): Promise<string[]> {
  if (labNeeds('mke2fs') !== false) return [];
  const { stderr } = await run(['mke2fs', '-V']);
  const [, minor = '0', patch = '0'] = /mke2fs 1\.(\d+)(?:\.(\d+))?/.exec(stderr) ?? [];
  const renamed = Number(minor) > 47 || (Number(minor) === 47 && Number(patch) > 0);
  return renamed ? ['-E', 'revision=0'] : ['-r', '0'];
}

function fsck(file: string): Promise<unknown> {
  return run(['e2fsck', '-f', '-n', file]);
}

function mountedFacts(file: string): Promise<FactSheet> {
  return whileMounted('ext4', file, 'ro', (root) => treeFacts(root));
}

async function dumpedFacts(file: string): Promise<FactSheet> {
  const out = `${file}.out`;
  await mkdir(out);
  await run(['debugfs', '-R', `rdump / ${out}`, file]);
  const facts = await treeFacts(out);
  await rm(out, { recursive: true });
  return facts;
}
