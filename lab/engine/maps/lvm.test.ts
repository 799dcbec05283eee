import assert from 'node:assert/strict';
import { open, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { type PartitionView, withNtfs } from '../../../src/disk/index.ts';
import type { ByteRun } from '../../../src/image/index.ts';
import type { FactSheet } from '../../compare/index.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { copyPieces, GROUP, type LvmTools, lvmTools } from './lvm-tools.ts';
import { whileMounted } from './mounted.ts';
import { provePoison } from './poison.ts';
import { treeFacts } from './tree-facts.ts';
import { blankVolume, contentOf, MIB, scratch } from './volume-map.ts';

const skip = labNeeds('lvm', 'mke2fs', 'mkntfs', 'ntfs-3g', 'mkswap', 'getfattr');
const BYTES = 400 * MIB;
/** Neither activated, nor zeroed, nor searched for what was there: that would take the device mapper. */
const QUIET = ['-an', '-Zn', '-Wn'];

test('free blocks inside the logical volumes of a physical volume do not matter', { skip }, async (t) => {
  const { file, tools } = await makeGroup(t);
  await create(tools, 'root', '80M');
  await create(tools, 'swap', '40M');
  await tools.lvm('lvextend', '-L', '+60M', `${GROUP}/root`);
  await create(tools, 'gone', '20M');
  await create(tools, 'windows', '100M');
  await tools.lvm('lvremove', '--force', `${GROUP}/gone`);
  const root = await fillLv(tools, file, 'root', makeExt);
  const windows = await fillLv(tools, file, 'windows', makeNtfs);
  await fillLv(tools, file, 'swap', (path) => run(['mkswap', path]));
  assert.equal(root.length, 2, 'the volume has two pieces');

  const { filesystem, label, free, warnings } = await contentOf(file);
  assert.deepEqual({ filesystem, label, warnings }, { filesystem: 'lvm', label: GROUP, warnings: [] });
  const facts = async (path: string): Promise<FactSheet> => {
    const ext = await takeOut(path, 'root', root);
    const ntfs = await takeOut(path, 'windows', windows);
    return new Map([
      ...prefixed('root', await whileMounted('ext4', ext, 'ro', (tree) => treeFacts(tree))),
      ...prefixed(
        'windows',
        await withNtfs(await viewOf(ntfs), { readOnly: true }, (tree) => treeFacts(tree)),
      ),
    ]);
  };
  const check = async (path: string): Promise<void> => {
    await tools.check(path);
    await run(['e2fsck', '-f', '-n', await takeOut(path, 'root', root)]);
    await run(['ntfsfix', '--no-action', await takeOut(path, 'windows', windows)]);
  };
  await provePoison({ file, check, facts }, free, { leastShare: 0.4 });
});

test('what a logical volume shares with another disk is stored whole, and that is said', {
  skip,
}, async (t) => {
  const { file, tools } = await makeGroup(t, [], 2);
  const [first = '', second = ''] = tools.devices;
  const make = (...argv: string[]): Promise<string> => tools.lvm('lvcreate', ...QUIET, ...argv, GROUP);
  await make('--stripes', '2', '-L', '80M', '-n', 'striped');
  await make('-L', '40M', '-n', 'elsewhere');
  await tools.lvm('lvextend', '-L', '+40M', `${GROUP}/elsewhere`, second);
  await make('-L', '40M', '-n', 'plain');
  const { free, warnings } = await contentOf(file);
  const [words = '', ...more] = warnings;
  assert.deepEqual(more, []);
  assert.match(words, /^What lies in striped, elsewhere cannot be told from partition 1/);
  assert.doesNotMatch(words, /plain/);
  // Its 40 MiB hold no filesystem: they are used, too. Nothing of any volume is free, everything else is.
  const taken = await tools.lvm('pvs', '--noheadings', '--nosuffix', '--units', 'b', '-o', 'pv_used', first);
  const sum = free.reduce((bytes, run) => bytes + run.length, 0);
  const size = await tools.lvm('pvs', '--noheadings', '--nosuffix', '--units', 'b', '-o', 'pv_size', first);
  assert.equal(sum, Number(size) - Number(taken));
});

test('an unclean filesystem in a logical volume is refused by its name', { skip }, async (t) => {
  const { file, tools } = await makeGroup(t);
  await create(tools, 'root', '40M');
  await create(tools, 'swap', '20M');
  await fillLv(tools, file, 'root', (path) => run(['mke2fs', '-q', '-F', '-t', 'ext4', path]));
  const [swap] = await fillLv(tools, file, 'swap', (path) => run(['mkswap', path]));
  await contentOf(file);
  await patch(file, (swap?.start ?? 0) + 4086, Buffer.from('S1SUSPEND\0'));
  await assert.rejects(contentOf(file), {
    code: 'volume-hibernated',
    message: /logical volume swap \(partition 1/,
  });
  await fillLv(tools, file, 'swap', (path) => run(['mkswap', path]));
  await fillLv(tools, file, 'root', async (path) => {
    await run(['mke2fs', '-q', '-F', '-t', 'ext4', path]);
    await whileMounted('ext4', path, 'rw', () => run(['cp', '--sparse=always', path, `${path}.live`]));
    await run(['mv', `${path}.live`, path]);
  });
  await assert.rejects(contentOf(file), {
    code: 'volume-dirty',
    message: /logical volume root \(partition 1/,
  });
});

test('a physical volume without a description, or with a damaged one, is stored whole, and that is said', {
  skip,
}, async (t) => {
  const whole = [{ start: 0, length: BYTES }];
  const { file, tools } = await makeGroup(t);
  await create(tools, 'root', '40M');
  const text = await findText(file);
  await patch(file, text, Buffer.from('X'));
  const damaged = await contentOf(file);
  assert.deepEqual(damaged.used, whole);
  assert.match(damaged.warnings.join(), /checksum of its text is wrong.*all of partition 1/);

  const empty = await makeGroup(t, ['--metadatacopies', '0'], 1, false);
  const silent = await contentOf(empty.file);
  assert.deepEqual(silent.used, whole);
  assert.match(silent.warnings.join(), /keeps no description of a group/);
});

/** A group on one physical volume (or more; the first is looked at). */
async function makeGroup(
  t: TestContext,
  options: readonly string[] = ['--metadatacopies', '2'],
  count = 1,
  grouped = true,
): Promise<{ file: string; tools: LvmTools }> {
  const folder = await scratch(t);
  const files: string[] = [];
  for (let i = 0; i < count; i++) files.push(await blankVolume(join(folder, `pv${i}`), BYTES));
  const tools = await lvmTools(t, files);
  for (const device of tools.devices) await tools.lvm('pvcreate', ...options, device);
  if (grouped) await tools.lvm('vgcreate', GROUP, ...tools.devices);
  return { file: files[0] ?? '', tools };
}

function create(tools: LvmTools, name: string, size: string): Promise<string> {
  return tools.lvm('lvcreate', ...QUIET, '-L', size, '-n', name, GROUP);
}

/** Makes a volume in a file and puts it where the logical volume lies. */
async function fillLv(
  tools: LvmTools,
  file: string,
  name: string,
  make: (path: string) => Promise<unknown>,
): Promise<ByteRun[]> {
  const pieces = await tools.pieces(name);
  const path = await blankVolume(
    join(dirname(file), name),
    pieces.reduce((bytes, { length }) => bytes + length, 0),
  );
  await make(path);
  await copyPieces(path, file, pieces, 'in');
  return pieces;
}

async function takeOut(file: string, name: string, pieces: readonly ByteRun[]): Promise<string> {
  const path = join(dirname(file), `${name}.out`);
  await truncate(await blankVolume(path, 0), 0);
  await copyPieces(file, path, pieces, 'out');
  return path;
}

async function makeExt(path: string): Promise<void> {
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', path]);
  await whileMounted('ext4', path, 'rw', (root) => fillFolder(root, 100, 12 * MIB));
}

async function makeNtfs(path: string): Promise<void> {
  await run(['mkntfs', '--quick', '--force', '--quiet', path]);
  await withNtfs(await viewOf(path), { readOnly: false }, (root) => fillFolder(root, 60, 8 * MIB));
}

async function viewOf(disk: string): Promise<PartitionView> {
  const lengthBytes = (await stat(disk)).size;
  const partition = { number: 1, startByte: 0, lengthBytes, type: '07', active: false, gpt: null };
  return { disk, sectorBytes: 512, partition };
}

function prefixed(prefix: string, sheet: FactSheet): [string, Readonly<Record<string, string>>][] {
  return [...sheet].map(([path, facts]) => [`${prefix}/${path}`, facts]);
}

/** Where the newest text of the first metadata area starts. */
async function findText(file: string): Promise<number> {
  await using handle = await open(file, 'r');
  const head = Buffer.alloc(MIB);
  await handle.read(head, 0, MIB, 0);
  return head.lastIndexOf(`${GROUP} {`);
}

async function patch(file: string, offset: number, bytes: Buffer): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, offset);
}
