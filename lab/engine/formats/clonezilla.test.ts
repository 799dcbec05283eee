import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { scratch } from '../maps/volume-map.ts';
import { CLONEZILLA_TOOLS, makeClonezillaFolder, type Packing } from './clonezilla-folder.ts';
import { openSource } from './imported.ts';
import { assertLikeMaster } from './like-master.ts';
import { makeMaster } from './master-disk.ts';

const PACKINGS: Readonly<Record<'mbr' | 'gpt', Packing>> = {
  mbr: { ending: 'zst', argv: ['zstd', '-cq', '-1'], split: '700000' },
  gpt: { ending: 'gz', argv: ['gzip', '-c', '-1'], split: null },
};

for (const table of ['mbr', 'gpt'] as const) {
  test(`a Clonezilla folder of a disk with ${table}`, { skip: labNeeds(...CLONEZILLA_TOOLS) }, async (t) => {
    const folder = await scratch(t);
    const master = await makeMaster(folder, table);
    const image = await makeClonezillaFolder(join(folder, 'image'), [master], PACKINGS[table]);
    const source = await openSource(image);
    assert.deepEqual(source.warnings, []);
    assert.equal(source.description, `Clonezilla folder ${image}`);
    const [disk] = source.disks;
    assert.ok(disk !== undefined);
    await assertLikeMaster(disk, master, join(folder, 'work'));
    if (table === 'gpt') {
      // As an sfdisk from before 2.26 would have left it.
      const old =
        '# partition table of /dev/sda\nunit: sectors\n\n/dev/sda1 : start=        1, size=   348159, Id=ee\n';
      await writeFile(join(image, 'sda-pt.sf'), old);
      assert.deepEqual((await openSource(image)).disks[0]?.layout, disk.layout);
      await rm(join(image, 'sda-gpt-1st'));
      assert.deepEqual((await openSource(image)).disks[0]?.layout, disk.layout);
    } else await refusesWhatIsMissing(image);
  });
}

async function refusesWhatIsMissing(image: string): Promise<void> {
  const signal = new AbortController().signal;
  const names = await readdir(image);
  const second = names.find((name) => name.endsWith('.ab')) ?? '';
  await rename(join(image, second), join(image, 'aside'));
  await assert.rejects(openImport(image, { signal }), {
    code: 'import-damaged',
    message: /\.ab is missing/,
  });
  await rename(join(image, 'aside'), join(image, second));
  const table = await readFile(join(image, 'sda-pt.sf'));
  await writeFile(join(image, 'sda-pt.sf'), table.toString().replace('start=', 'begin='));
  await assert.rejects(openImport(image, { signal }), { code: 'import-damaged' });
  await writeFile(join(image, 'sda-pt.sf'), table);
  for (const name of names.filter((one) => one.startsWith('sda1.'))) await rm(join(image, name));
  await assert.rejects(openImport(image, { signal }), { code: 'import-damaged', message: /lists sda1/ });
  await writeFile(join(image, 'lvm_vg_dev.list'), 'vg0 /dev/sda2 3Kz\n');
  await assert.rejects(openImport(image, { signal }), { code: 'import-unsupported', message: /LVM/ });
}

test('a Clonezilla folder of two disks', { skip: labNeeds(...CLONEZILLA_TOOLS) }, async (t) => {
  const folder = await scratch(t);
  const masters = [await makeMaster(folder, 'gpt'), await makeMaster(folder, 'mbr')];
  const packing = { ending: '', argv: [], split: '4000000' };
  const source = await openSource(await makeClonezillaFolder(join(folder, 'image'), masters, packing));
  assert.equal(source.disks.length, 2);
  for (const [i, master] of masters.entries()) {
    const disk = source.disks[i];
    assert.ok(disk !== undefined);
    await assertLikeMaster(disk, master, join(folder, `work-${i}`));
  }
});

test("what Clonezilla's saveparts kept with ntfsclone", {
  skip: labNeeds('ntfsclone', ...CLONEZILLA_TOOLS),
}, async (t) => {
  const folder = await scratch(t);
  const master = await makeMaster(folder, 'mbr');
  const ntfs = master.parts.filter(({ content }) => content === 'ntfs');
  const image = await makeClonezillaFolder(join(folder, 'image'), [{ ...master, parts: [] }], PACKINGS.gpt);
  await rm(join(image, 'disk'));
  await writeFile(join(image, 'parts'), 'sda1\n');
  const plain = join(folder, 'plain');
  await run(['ntfsclone', '--quiet', '--force', '--save-image', '--output', plain, ntfs[0]?.volume ?? '']);
  await writeFile(join(image, 'sda1.ntfs-img.gz'), (await run(['gzip', '-c', '-1', plain])).stdout);
  await run(['split', '-b', '900000', join(image, 'sda1.ntfs-img.gz'), join(image, 'sda1.ntfs-img.gz.')]);
  await rm(join(image, 'sda1.ntfs-img.gz'));
  const source = await openSource(image);
  assert.ok(source.warnings.some((words) => words.startsWith('Partition 5 has no content in the image')));
  const [disk] = source.disks;
  assert.ok(disk !== undefined);
  // The swap area is made anew: it needs no file.
  const regions = disk.regions.filter(({ filesystem }) => filesystem !== 'swap');
  await assertLikeMaster({ ...disk, regions }, { ...master, parts: ntfs }, join(folder, 'work'));
});
