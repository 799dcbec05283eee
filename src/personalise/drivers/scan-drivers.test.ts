import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { driverFolders } from './driver-folders.ts';
import { infPath, packageFiles, problemLine } from './driver-index.ts';
import { scanDrivers } from './scan-drivers.ts';
import { driverFiles, infText, makeTree } from './testing/driver-tree.ts';

const CARD = { ids: ['PCI\\VEN_8086&DEV_1502'] };

test('a tree is read with all its folders, and nothing stops it', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('Dell/OptiPlex 7010/net', CARD),
    'setup/autorun.inf': '[autorun]\nopen=setup.exe',
    'broken/X.INF': '[Version]\n[Manufacturer]\nM=M\n[M',
    'odd/a:b.sys': '',
    'odd/File.sys': '',
    'odd/file.SYS': '',
    'root.inf': infText(CARD),
    [`${'long/'.repeat(49)}file.sys`]: '',
  });
  await symlink('/etc', join(root, 'odd/link'));
  const index = await scanDrivers(root);
  assert.deepEqual(index.packages.map(infPath), ['Dell/OptiPlex 7010/net/x.inf', 'broken/X.INF', 'root.inf']);
  assert.deepEqual(index.problems.map(problemLine), [
    'broken/X.INF: There is no Signature="$Windows NT$" in [Version], so Windows takes no driver from it.',
    'broken/X.INF, line 4: The name of a section has no closing bracket.',
    `${'long/'.repeat(49)}file.sys: The path is too long for Windows; it is left out.`,
    'odd/a:b.sys: Windows cannot have this name; it is left out.',
    'odd/file.SYS: To Windows this is the same name as odd/File.sys.',
    'odd/link: This is a link, which is not followed.',
    'root.inf: A driver needs a folder of its own; this one is given to no host.',
  ]);
  assert.equal(index.files.get('Dell/OptiPlex 7010/net/x.sys'), 4);
});

test('no folder is no driver', async (t) => {
  const root = await makeTree(t, {});
  assert.equal((await scanDrivers(join(root, 'drivers'))).packages.length, 0);
});

test('what cannot be read is told', {
  skip: process.getuid?.() === 0 ? 'root reads everything' : false,
}, async (t) => {
  const root = await makeTree(t, driverFiles('a', CARD));
  await chmod(join(root, 'a/x.inf'), 0);
  assert.match(
    (await scanDrivers(root)).problems.map(problemLine).join(),
    /^a\/x\.inf: The file cannot be read/,
  );
});

test('only .inf files that changed are read again', async (t) => {
  const root = await makeTree(t, { ...driverFiles('a', CARD), ...driverFiles('b', CARD) });
  const first = await scanDrivers(root);
  await writeFile(join(root, 'b/x.inf'), infText({ ids: ['PCI\\VEN_10EC&DEV_8168'] }));
  await utimes(join(root, 'b/x.inf'), 1_000_000, 1_000_000);
  const second = await scanDrivers(root, first);
  assert.equal(second.packages[0], first.packages[0]);
  assert.deepEqual(second.packages[1]?.inf.manufacturers[0]?.models.at(-1)?.devices[0]?.ids, [
    'PCI\\VEN_10EC&DEV_8168',
  ]);
});

test('a driver is copied with its folder, without the drivers below it', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('net', { ...CARD, file: 'x.sys' }),
    'net/lang/de.dll': 'de',
    'net/wifi/w.inf': infText({ ids: ['PCI\\VEN_8086&DEV_2725'] }),
    'net/wifi/x.cat': '',
    'net/wifi/data/w.sys': '',
    'other/y.sys': '',
  });
  const index = await scanDrivers(root);
  const [wifi, net] = index.packages;
  assert.ok(net && wifi);
  assert.deepEqual(packageFiles(index, wifi), ['net/wifi/data/w.sys', 'net/wifi/w.inf', 'net/wifi/x.cat']);
  assert.deepEqual(packageFiles(index, net), ['net/lang/de.dll', 'net/x.cat', 'net/x.inf', 'net/x.sys']);
  const hash = async (path: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(join(root, path)))
      .digest('hex');
  const [folder, ...more] = await driverFolders(index, [net, wifi], hash);
  assert.deepEqual(more, []);
  assert.equal(folder?.path, 'net');
  assert.deepEqual(
    folder.files.map(({ path }) => path),
    ['lang/de.dll', 'wifi/data/w.sys', 'wifi/w.inf', 'wifi/x.cat', 'x.cat', 'x.inf', 'x.sys'],
  );
  assert.deepEqual(folder.files[0], {
    path: 'lang/de.dll',
    bytes: 2,
    sha256: createHash('sha256').update('de').digest('hex'),
  });
});
