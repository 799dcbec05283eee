import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { whileMounted } from './mounted.ts';
import { provePoison } from './poison.ts';
import { treeFacts } from './tree-facts.ts';
import { blankVolume, contentOf, MIB, scratch } from './volume-map.ts';

interface BtrfsVolume {
  readonly name: string;
  readonly bytes: number;
  readonly mkfs: readonly string[];
  /** What `mkfs.btrfs -O` must know of. */
  readonly feature?: string;
  /** For `mount -o` while it is filled. */
  readonly mount?: string;
  readonly fill: (root: string) => Promise<unknown>;
  readonly leastShare: number;
}

const VOLUMES: readonly BtrfsVolume[] = [
  {
    name: 'subvolumes, snapshots and DUP metadata',
    bytes: 300 * MIB,
    mkfs: ['-m', 'dup', '-d', 'single'],
    fill: withSnapshots,
    leastShare: 0.3,
  },
  {
    name: 'compressed files and nodes of 4 KiB',
    bytes: 300 * MIB,
    mkfs: ['-m', 'single', '-n', '4096'],
    mount: 'compress-force=zstd',
    fill: withCompressed,
    leastShare: 0.3,
  },
  {
    name: 'mixed block groups, filled up and cut into pieces',
    bytes: 128 * MIB,
    mkfs: ['--mixed'],
    mount: 'nodatasum',
    fill: cutUp,
    leastShare: 0.3,
  },
  {
    name: 'sha256, data twice and nodes of 64 KiB',
    bytes: 400 * MIB,
    mkfs: ['--csum', 'sha256', '-m', 'dup', '-d', 'dup', '-n', '65536'],
    fill: (root) => fillFolder(root, 200, 10 * MIB),
    leastShare: 0.3,
  },
  {
    name: 'xxhash64 and the older free space cache',
    bytes: 300 * MIB,
    mkfs: ['--csum', 'xxhash', '-R', '^free-space-tree', '-O', '^no-holes,^skinny-metadata'],
    mount: 'space_cache=v1',
    fill: (root) => fillFolder(root, 200, 10 * MIB),
    leastShare: 0.3,
  },
  {
    name: 'block groups in a tree of their own',
    bytes: 200 * MIB,
    feature: 'block-group-tree',
    mkfs: ['-O', 'block-group-tree'],
    fill: withSnapshots,
    leastShare: 0.3,
  },
];

const skip = labNeeds('mkfs.btrfs', 'btrfs');
for (const volume of VOLUMES) {
  test(`free space of btrfs does not matter: ${volume.name}`, { skip }, async (t) => {
    if (volume.feature !== undefined && !(await mkfsKnows(volume.feature))) {
      t.skip(`this mkfs.btrfs does not know ${volume.feature}`);
      return;
    }
    const file = await makeBtrfs(await scratch(t), volume);
    const { filesystem, free, warnings } = await contentOf(file);
    assert.equal(filesystem, 'btrfs');
    assert.deepEqual(warnings, []);
    const judges = {
      file,
      check: (path: string) => run(['btrfs', 'check', '--check-data-csum', path]),
      facts: (path: string) => whileMounted('btrfs', path, 'ro', (root) => treeFacts(root)),
    };
    await provePoison(judges, free, volume);
  });
}

async function mkfsKnows(feature: string): Promise<boolean> {
  const { stdout, stderr } = await run(['mkfs.btrfs', '-O', 'list-all']);
  return `${stdout}${stderr}`.includes(feature);
}

async function makeBtrfs(folder: string, volume: BtrfsVolume): Promise<string> {
  const file = await blankVolume(join(folder, 'volume'), volume.bytes);
  await run(['mkfs.btrfs', '-q', ...volume.mkfs, file]);
  await whileMounted('btrfs', file, volume.mount ?? 'rw', volume.fill);
  return file;
}

async function withSnapshots(root: string): Promise<void> {
  await run(['btrfs', 'subvolume', 'create', join(root, 'home')]);
  await fillFolder(join(root, 'home'), 250, 10 * MIB);
  await run(['btrfs', 'subvolume', 'snapshot', '-r', join(root, 'home'), join(root, 'before')]);
  await rm(join(root, 'home', 'folder 3'), { recursive: true });
  await writeFile(join(root, 'home', 'large.bin'), randomBytes(5 * MIB));
  await run(['btrfs', 'subvolume', 'snapshot', join(root, 'home'), join(root, 'after')]);
  await run(['cp', '--reflink=always', join(root, 'after', 'marker.bin'), join(root, 'reflink.bin')]);
  await run(['setfattr', '-n', 'user.color', '-v', 'blue', join(root, 'reflink.bin')]);
  await run(['ln', join(root, 'reflink.bin'), join(root, 'link.bin')]);
  await run(['btrfs', 'subvolume', 'delete', '--commit-after', join(root, 'before')]);
}

async function withCompressed(root: string): Promise<void> {
  const plain = join(root, 'plain');
  await mkdir(plain);
  await run(['chattr', '+m', plain]);
  await fillFolder(plain, 250, 4 * MIB);
  const words = 'Die Wanderratte wandert. ';
  for (let i = 0; i < 30; i++) await writeFile(join(root, `text ${i}.txt`), words.repeat(i * 700));
}

/** Blocks of every file are punched out when no room is left, so that free space is in thousands of pieces. */
async function cutUp(root: string): Promise<void> {
  await fillFolder(root, 300, 8 * MIB);
  const block = randomBytes(MIB);
  await run(['sync', '-f', root]);
  for (let i = 0; ; i++) {
    try {
      await writeFile(join(root, `full ${i}.bin`), block);
    } catch {
      break;
    }
  }
  const full = (await readdir(root)).filter((name) => name.startsWith('full'));
  for (const name of full) if (!name.endsWith('0.bin')) await rm(join(root, name));
  await run(['sync', '-f', root]);
  for (const name of full.filter((left) => left.endsWith('0.bin'))) {
    for (let at = 0; at < MIB; at += 65_536) {
      const hole = ['--punch-hole', '--offset', String(at), '--length', '40960'];
      await run(['fallocate', ...hole, join(root, name)]);
    }
  }
  await fillFolder(join(root, 'folder 1'), 100, MIB);
}

test('a btrfs that still holds fsynced files in its log is refused', { skip }, async (t) => {
  const file = await blankVolume(join(await scratch(t), 'volume'), 128 * MIB);
  await run(['mkfs.btrfs', '-q', file]);
  const crashed = `${file}.crashed`;
  await whileMounted('btrfs', file, 'commit=300', async (root) => {
    await fillFolder(root, 20, MIB);
    await run(['sync', '-f', root]);
    await using late = await open(join(root, 'late.bin'), 'w');
    await late.write(randomBytes(50_000));
    await late.sync();
    // As a power cut would leave it.
    await run(['cp', '--sparse=always', file, crashed]);
  });
  await assert.rejects(contentOf(crashed), {
    code: 'volume-dirty',
    message: /^Partition 1 of .*: The btrfs volume was not unmounted cleanly/,
  });
  // Mounting once and unmounting is what the words ask for.
  await whileMounted('btrfs', crashed, 'rw', async () => undefined);
  assert.deepEqual((await contentOf(crashed)).warnings, []);
});
