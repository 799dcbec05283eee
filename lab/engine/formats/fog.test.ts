import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { MIB, scratch } from '../maps/volume-map.ts';
import { firstDifference, openSource, writeRegion } from './imported.ts';
import { assertLikeMaster } from './like-master.ts';
import { type MasterDisk, makeMaster, SWAP_UUID } from './master-disk.ts';
import { clone } from './volumes.ts';

const TOOLS = ['partclone.ntfs', 'mkntfs', 'ntfs-3g', 'mkfs.ext4', 'mcopy', 'sfdisk', 'sgdisk', 'split'];
/** FOG's image formats: its number for them, the compressor, and whether `split` follows. */
const FORMATS = {
  2: { argv: ['pigz', '-c', '-1'], split: true },
  5: { argv: ['zstd', '-cq', '-1'], split: false },
  6: { argv: ['zstd', '-cq', '-1'], split: true },
} as const;

/** What fog.upload leaves: it renames a first piece `.000` when it is done. */
async function makeFogFolder(
  folder: string,
  masters: readonly MasterDisk[],
  format: keyof typeof FORMATS,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [i, { disk, table, parts }] of masters.entries()) {
    const name = (rest: string): string => join(folder, `d${i + 1}${rest}`);
    const dump = (await run(['sfdisk', '-d', disk])).stdout.toString().replaceAll(disk, '/dev/sda');
    await writeFile(name('.partitions'), dump);
    await writeFile(name('.size'), `${i + 1}:${170 * MIB}\n`);
    if (table === 'gpt') await run(['sgdisk', '-b', name('.mbr'), disk]);
    else await run(['dd', `if=${disk}`, `of=${name('.mbr')}`, 'bs=512', 'count=2048', 'status=none']);
    if (table === 'mbr') await writeFile(name('p2.ebr'), '');
    await writeFile(name('.original.swapuuids'), '');
    await Promise.all(
      parts.map(async ({ number, content, volume }) => {
        if (content === 'swap')
          return await writeFile(name('.original.swapuuids'), `${number} ${SWAP_UUID}\n`);
        const program = content === 'dd' ? 'imager' : content;
        await saveFogPart(name(`p${number}.img`), program, volume, format);
      }),
    );
  }
  return folder;
}

async function saveFogPart(
  path: string,
  program: string,
  volume: string,
  format: keyof typeof FORMATS,
): Promise<void> {
  const { argv, split } = FORMATS[format];
  const plain = await clone(program, volume, `${path}.plain`, ...(program === 'imager' ? [] : ['-a0']));
  await writeFile(`${path}.packed`, (await run([...argv, plain])).stdout);
  if (split) await run(['split', '-a', '3', '-d', '-b', '700000', `${path}.packed`, `${path}.`]);
  else await rename(`${path}.packed`, `${path}.000`);
  await rename(`${path}.000`, path);
  for (const rest of ['plain', 'plain.log', 'packed']) await rm(`${path}.${rest}`, { force: true });
}

for (const [table, format] of [
  ['mbr', 6],
  ['gpt', 5],
  ['gpt', 2],
] as const) {
  test(`a FOG folder of a disk with ${table}, format ${format}`, {
    skip: labNeeds(...TOOLS, 'pigz'),
  }, async (t) => {
    const folder = await scratch(t);
    const master = await makeMaster(folder, table);
    // FOG keeps a swap area's UUID only.
    const swap = master.parts.find(({ content }) => content === 'swap');
    await run(['swaplabel', '-L', '', swap?.volume ?? '']);
    await copyBack(master);
    const image = await makeFogFolder(join(folder, 'image'), [master], format);
    const source = await openSource(image);
    assert.equal(
      source.warnings.some((words) => words.includes('without checksums')),
      true,
    );
    const [disk] = source.disks;
    assert.ok(disk !== undefined);
    await assertLikeMaster(disk, master, join(folder, 'work'));
    if (table === 'mbr') await refusesLostPieces(image);
    else {
      await rm(join(image, 'd1.partitions'));
      assert.deepEqual(
        (await openSource(image)).disks[0]?.layout,
        disk.layout,
        'd1.mbr alone tells the same',
      );
    }
  });
}

async function copyBack({ disk, layout, parts }: MasterDisk): Promise<void> {
  for (const { number, volume, content } of parts) {
    const start = layout.partitions.find((one) => one.number === number)?.startByte ?? 0;
    if (content !== 'swap') continue;
    await run([
      'dd',
      `if=${volume}`,
      `of=${disk}`,
      'bs=1M',
      `seek=${start / MIB}`,
      'conv=notrunc',
      'status=none',
    ]);
  }
}

async function refusesLostPieces(image: string): Promise<void> {
  const signal = new AbortController().signal;
  const names = (await readdir(image)).filter((name) => name.startsWith('d1p1.img')).sort();
  assert.ok(names.length > 3);
  const [, second = ''] = names;
  await rename(join(image, second), join(image, 'aside'));
  await assert.rejects(openImport(image, { signal }), {
    code: 'import-damaged',
    message: /001 is missing/,
  });
  await rename(join(image, 'aside'), join(image, second));
  const last = join(image, names.at(-1) ?? '');
  const content = await readFile(last);
  await truncate(last, content.length - 1);
  const regions = (await openSource(image)).disks[0]?.regions ?? [];
  const region = regions.find(({ partition }) => partition === 1);
  assert.ok(region !== undefined);
  await writeFile(join(image, 'target'), '');
  await assert.rejects(writeRegion(region, join(image, 'target')), {
    code: 'import-damaged',
    message: /d1p1\.img/,
  });
  await writeFile(join(image, 'd1p2.lvm'), 'LVMFORMAT 2\n');
  await assert.rejects(openImport(image, { signal }), { code: 'import-unsupported', message: /LVM/ });
}

test('a resizable image of FOG keeps the partitions as they were on the master', {
  skip: labNeeds(...TOOLS, 'ntfsresize'),
}, async (t) => {
  const folder = await scratch(t);
  const master = await makeMaster(folder, 'mbr');
  const ntfs = master.parts.find(({ number }) => number === 1)?.volume ?? '';
  // As shrinkPartition does, and the table of the shrunk disk beside the master's own.
  await run(['ntfsresize', '--force', '--no-progress-bar', '--size', String(40 * MIB), ntfs], {
    input: 'y\n',
  });
  await run(['ntfsfix', '-d', ntfs]);
  await truncate(ntfs, 41 * MIB);
  const image = await makeFogFolder(join(folder, 'image'), [master], 5);
  const dump = await readFile(join(image, 'd1.partitions'), 'utf8');
  await writeFile(join(image, 'd1.minimum.partitions'), dump.replace('124928', ' 83968'));
  await writeFile(join(image, 'd1.fixed_size_partitions'), '6\n');
  await writeFile(join(image, 'd1.original.fstypes'), '/dev/sda1 ntfs\n/dev/sda5 extfs\n');
  const source = await openSource(image);
  const [disk] = source.disks;
  assert.deepEqual(disk?.layout.partitions, master.layout.partitions);
  assert.equal(disk?.regions.find(({ partition }) => partition === 1)?.lengthBytes, 61 * MIB);
  assert.ok(
    source.warnings.some((words) =>
      words.startsWith("The filesystem of partition 1 has 41 of the partition's 61 MiB"),
    ),
    source.warnings.join('\n'),
  );
});

test('two disks, and the files of FOG before 1.2', { skip: labNeeds(...TOOLS) }, async (t) => {
  const folder = await scratch(t);
  const masters = [await makeMaster(folder, 'gpt'), await makeMaster(folder, 'mbr')];
  const image = await makeFogFolder(join(folder, 'image'), masters, 5);
  const source = await openSource(image);
  assert.deepEqual(
    source.disks.map(({ layout }) => layout.table),
    ['gpt', 'mbr'],
  );
  assert.equal(source.disks[1]?.regions.length, 4);
  const old = join(folder, 'old');
  await mkdir(old);
  await rename(join(image, 'd2.mbr'), join(old, 'd1.mbr'));
  await rename(join(image, 'd2p1.img'), join(old, 'sys.img.000'));
  const [legacy] = (await openSource(old)).disks;
  assert.deepEqual(
    legacy?.regions.map(({ kind, filesystem, lengthBytes }) => [kind, filesystem, lengthBytes]),
    [
      ['gap', 'raw', MIB - 512],
      ['partition', 'ntfs', 61 * MIB],
    ],
  );
});

test('a FOG image of the kind Raw is a disk in one partclone image', {
  skip: labNeeds('partclone.imager', ...TOOLS),
}, async (t) => {
  const folder = await scratch(t);
  const master = await makeMaster(folder, 'gpt');
  await saveFogPart(join(folder, 'lab-pc'), 'imager', master.disk, 6);
  await rename(join(folder, 'lab-pc'), join(folder, 'lab-pc.000'));
  const options = { signal: new AbortController().signal, workFolder: folder };
  const imported = await openImport(join(folder, 'lab-pc.000'), options);
  if (imported.kind !== 'disk') assert.fail('it is taken for a partition');
  assert.equal(await firstDifference(imported.path, master.disk, master.layout.diskBytes), null);
  await imported[Symbol.asyncDispose]();
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('mimeo-import')),
    [],
  );
});
