import assert from 'node:assert/strict';
import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/command.ts';
import { masters } from '../masters/index.ts';
import { labNeeds, MASTER_TOOLS } from '../needs.ts';
import { type Holdings, LabNetwork } from '../network/index.ts';
import { mountNtfs } from '../ntfs/mount.ts';
import { extractPartition, insertPartition, readAt, writeAt } from '../ntfs/partition.ts';
import { readDisk } from './disk.ts';
import { parseGetfattr } from './extended-attributes.ts';
import { describe, differences } from './facts.ts';

const skip = labNeeds(...MASTER_TOOLS);

test('differences name what is missing, extra and changed', () => {
  const before = new Map([
    ['a', { size: '1', time: '5' }],
    ['b', { size: '1' }],
  ]);
  const after = new Map([
    ['a', { size: '2', time: '5' }],
    ['c', { size: '1' }],
  ]);
  assert.equal(
    describe(differences(before, after)),
    'a: size: 1 → 2\nb: missing: there → nothing\nc: extra: nothing → there',
  );
  assert.deepEqual(differences(before, before), []);
});

test('getfattr is read with any name, escaped or not', () => {
  const dump = Buffer.from(
    '# file: a/\\303\\274=b\nuser.x\\075y=0x01\nuser.größe=\n\n# file: .\nsystem.z=0x02\n',
  );
  assert.deepEqual(
    [...parseGetfattr(dump)],
    [
      { path: 'a/ü=b', attribute: 'user.x=y', value: '0x01' },
      { path: 'a/ü=b', attribute: 'user.größe', value: '' },
      { path: '', attribute: 'system.z', value: '0x02' },
    ],
  );
});

test('every planted difference of a disk is found, and no other', { skip }, async (t) => {
  const { bios: master } = await masters();
  const network = await new LabNetwork().open();
  t.after(() => network.close());
  const options = { folder: network.folder, holdings: network.holdings };
  const disk = join(network.folder, 'disk.raw');
  await run(['cp', '--sparse=always', master.disk, disk]);
  const before = await readDisk(master.disk, options);
  assert.equal(before.complaint, null);
  assert.ok(before.windows.size > 3000, `${before.windows.size} files`);

  await changeWindows(disk, master.windows, network.folder, network.holdings);
  const active = await readAt(disk, 446, 1);
  await writeAt(disk, 446, Buffer.from([(active[0] ?? 0) ^ 0x80]));
  await writeAt(disk, 10, Buffer.from([0x90]));

  const after = await readDisk(disk, options);
  assert.deepEqual(
    differences(before.table, after.table).map(({ path, what }) => `${path}: ${what}`),
    ['disk: boot code', 'partition 1: bootable'],
  );
  assert.deepEqual(
    differences(before.bootRecord, after.bootRecord).map(({ what }) => what),
    ['hidden sectors', 'copy at the end'],
  );
  const found = differences(before.windows, after.windows).map(({ path, what }) => `${path}: ${what}`);
  const home = 'Documents and Settings/Schüler';
  for (const planted of [
    `${home}/ALLCAPS.TXT: missing`,
    `${home}/AllCaps.txt: extra`,
    `${home}/.hidden.by.dot: times`,
    `${home}/Downloads/setup.exe: stream Zone.Identifier`,
    `${home}/sparse/database.mdb: content`,
    `${home}/sparse/database.mdb: allocated`,
    'WINDOWS/system32/dllcache/shared.dll: missing',
    'WINDOWS/system32/shared.dll: links',
    'boot.ini: attributes',
    'Documents and Settings/Default: reparse data',
  ]) {
    assert.ok(found.includes(planted), `${planted} was not found; found:\n${found.join('\n')}`);
  }
  // Whatever else differs was touched: times of the folders the changes were made in, the former junction.
  const touched = /^(?:WINDOWS\/system32(?:\/|:)|Documents and Settings(?:\/|:)|boot\.ini:|: times$)/;
  assert.deepEqual(
    found.filter((line) => !touched.test(line)),
    [],
  );
  assert.ok(found.length < 30, found.join('\n'));
});

async function changeWindows(
  disk: string,
  place: { start: number; sectors: number },
  folder: string,
  holdings: Holdings,
): Promise<void> {
  const volume = join(folder, 'changed.ntfs');
  await extractPartition(disk, place, volume);
  const mount = await mountNtfs(volume, join(folder, 'change'), {
    holdings,
    readOnly: false,
  });
  const root = mount.folder;
  const home = join(root, 'Documents and Settings/Schüler');
  await rename(join(home, 'ALLCAPS.TXT'), join(home, 'AllCaps.txt'));
  await utimes(join(home, '.hidden.by.dot'), new Date(0), new Date(0));
  const zone = join(home, 'Downloads/setup.exe');
  await run(['setfattr', '--name=user.Zone.Identifier', '--value=other', zone]);
  await writeAt(join(home, 'sparse/database.mdb'), 20_000_000, Buffer.from('no hole any more'));
  await rm(join(root, 'WINDOWS/system32/dllcache/shared.dll'));
  await run(['setfattr', '--name=system.ntfs_attrib_be', '--value=0x00000020', join(root, 'boot.ini')]);
  const junction = join(root, 'Documents and Settings/Default');
  await run(['setfattr', '--no-dereference', '--remove=system.ntfs_reparse_data', junction]);
  await mount.unmount();
  await writeAt(volume, 0x1c, Buffer.from([0x40]));
  await insertPartition(volume, disk, place.start);
  await rm(volume);
}
