import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { whileDriven } from './mounted.ts';
import { provePoison } from './poison.ts';
import { treeFacts } from './tree-facts.ts';
import { blankVolume, compareWithPartclone, contentOf, MIB, scratch } from './volume-map.ts';

const skip = labNeeds('mkntfs', 'ntfs-3g', 'ntfsfix', 'setfattr', 'getfattr');
const LEFTOVERS = ['pagefile.sys', 'hiberfil.sys', 'swapfile.sys'];
const LEFTOVER_BYTES = 5 * MIB;

interface NtfsVolume {
  readonly name: string;
  readonly bytes: number;
  readonly mkntfs: readonly string[];
  readonly files: number;
}

const VOLUMES: readonly NtfsVolume[] = [
  { name: 'NTFS', bytes: 250 * MIB, mkntfs: [], files: 250 },
  { name: 'NTFS with clusters of 512 bytes', bytes: 64 * MIB, mkntfs: ['-c', '512'], files: 80 },
];

for (const volume of VOLUMES) {
  test(`free clusters of ${volume.name} do not matter`, { skip }, async (t) => {
    const file = await makeNtfs(await scratch(t), volume);
    await whileMounted(file, 'rw', (root) => fillNtfs(root, volume.files));
    const { filesystem, free, warnings } = await contentOf(file);
    assert.equal(filesystem, 'ntfs');
    assert.deepEqual(warnings, []);
    await provePoison({ file, check, facts: ntfsFacts }, free, { leastShare: 0.3 });
    const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.ntfs', file, free);
    assert.deepEqual({ onlyOurs, onlyTheirs }, { onlyOurs: 0, onlyTheirs: 0 });
  });
}

test('contents of pagefile, hibernation file and swapfile are free, the files stay', { skip }, async (t) => {
  const file = await makeNtfs(await scratch(t), { name: 'NTFS', bytes: 80 * MIB, mkntfs: [], files: 0 });
  await whileMounted(file, 'rw', async (root) => {
    await fillFolder(root, 30, 2 * MIB);
    for (const name of LEFTOVERS) await writeFile(join(root, name), randomBytes(LEFTOVER_BYTES));
    // A file of that name elsewhere is somebody's own.
    await writeFile(join(root, 'folder 1', 'pagefile.sys'), randomBytes(MIB));
  });
  const { free } = await contentOf(file);
  const withoutLeftovers = async (path: string): Promise<FactSheet> => {
    const facts = new Map(await ntfsFacts(path));
    for (const name of LEFTOVERS) facts.set(name, { size: facts.get(name)?.['size'] ?? 'gone' });
    return facts;
  };
  await provePoison({ file, check, facts: withoutLeftovers }, free, { leastShare: 0.3 });
  const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.ntfs', file, free);
  const wanted = { onlyOurs: LEFTOVERS.length * LEFTOVER_BYTES, onlyTheirs: 0 };
  assert.deepEqual({ onlyOurs, onlyTheirs }, wanted);

  // As a deployment leaves them on an empty disk: whole, and full of zeros.
  await zeroFree(file, free);
  await whileMounted(file, 'ro', async (root) => {
    for (const name of LEFTOVERS) {
      const content = await readFile(join(root, name));
      assert.equal(content.length, LEFTOVER_BYTES);
      assert.ok(
        content.every((byte) => byte === 0),
        name,
      );
    }
  });
});

const check = (file: string): Promise<unknown> => run(['ntfsfix', '--no-action', file]);

const ntfsFacts = (file: string): Promise<FactSheet> =>
  whileMounted(file, 'ro', (root) => treeFacts(root, { attributes: '^user\\.' }));

async function makeNtfs(folder: string, { bytes, mkntfs }: NtfsVolume): Promise<string> {
  const file = await blankVolume(join(folder, 'volume'), bytes);
  const geometry = ['--partition-start', '0', '--heads', '255', '--sectors-per-track', '63'];
  await run(['mkntfs', '--quick', '--force', '--quiet', ...geometry, ...mkntfs, file]);
  return file;
}

function whileMounted<T>(file: string, mode: 'ro' | 'rw', use: (root: string) => Promise<T>): Promise<T> {
  const options = `${mode},compression,streams_interface=xattr,noatime`;
  return whileDriven((device, root) => ['ntfs-3g', '-o', options, device, root], file, use);
}

/** Streams, a compressed folder, and a file that grew in turns with another one, so that both are in pieces. */
async function fillNtfs(root: string, files: number): Promise<void> {
  await fillFolder(root, files, 6 * MIB);
  const packed = join(root, 'packed');
  await mkdir(packed);
  // FILE_ATTRIBUTE_COMPRESSED on the folder: what is made in it is compressed.
  await run(['setfattr', '-n', 'system.ntfs_attrib_be', '-v', '0x00000810', packed]);
  for (let i = 1; i <= 20; i++)
    await writeFile(join(packed, `${i}.txt`), 'Die Wanderratte wandert. '.repeat(i * 900));
  const { size, blocks } = await stat(join(packed, '20.txt'));
  assert.ok(blocks * 512 < size / 2, 'the folder is not compressed');
  const stream = randomBytes(20_000).toString('hex');
  await run(['setfattr', '-n', 'user.stream', '-v', `0x${stream}`, join(root, 'large.bin')]);
  const pieces = await Promise.all(['a', 'b'].map((name) => open(join(root, `${name}.bin`), 'w')));
  for (let i = 0; i < 80; i++) for (const piece of pieces) await piece.write(randomBytes(9000));
  for (const piece of pieces) await piece.close();
  await rm(join(root, 'a.bin'));
}

async function zeroFree(path: string, free: readonly { start: number; length: number }[]): Promise<void> {
  await using file = await open(path, 'r+');
  for (const { start, length } of free) await file.write(Buffer.alloc(length), 0, length, start);
}
