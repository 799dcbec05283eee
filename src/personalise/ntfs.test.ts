import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { type PersonaliseOrder, personalise, settingsOfOrder, verify } from './index.ts';
import { HOME, INF, mounted, READ_WRITE, tree, withVolume } from './ntfs-volume.fixture.ts';
import { UNDO_SUFFIX } from './replace-in-place.ts';

/** Real NTFS: a volume made by mkntfs in a file, on a loop device, through ntfs-3g. */
const order: PersonaliseOrder = {
  computerName: 'R101-PC05',
  fields: { 'host.name': 'R101-PC05', 'lab.name': 'Räume' },
  registryFiles: [
    {
      name: 'school.reg',
      content: Buffer.from(
        '\ufeffWindows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\School]\r\n"Lab"="{{lab.name}}"\r\n',
        'utf16le',
      ).toString('base64'),
    },
  ],
};

test('a volume is personalised, reads back after a remount, and is clean', async (t) => {
  await withVolume(t, async (device) => {
    const original = await mounted(device, 'ro', tree);
    const report = await mounted(device, READ_WRITE, (root) => personalise(root, settingsOfOrder(order)));
    assert.deepEqual(report.warnings, []);
    assert.equal(report.changes.length, 3);
    await mounted(device, 'ro,permissions', (root) => verify(root, report.edits));

    const now = await mounted(device, 'ro', tree);
    const home = HOME.join('/');
    const reg = now.get(`${home}/mimeo/01-school.reg`) ?? '';
    assert.match(Buffer.from(reg, 'latin1').toString('utf16le'), /"Lab"="Räume"\r\n/);
    assert.equal(
      now.get(`${home}/CmdLines.txt`),
      '[Commands]\r\n"C:\\tools\\first.exe"\r\n"regedit /s C:\\Sysprep\\i386\\$OEM$\\mimeo\\01-school.reg"\r\n',
    );
    assert.equal(
      now.get('SysPrep/SYSPREP.inf'),
      INF.toString('latin1')
        .replace('=*', '=R101-PC05')
        .replace('=Yes\r\n', '=Yes\r\n    InstallFilesPath=C:\\Sysprep\\i386\r\n'),
    );
    now.delete(`${home}/mimeo/01-school.reg`);
    for (const path of [`${home}/CmdLines.txt`, 'SysPrep/SYSPREP.inf'])
      now.set(path, original.get(path) ?? '');
    assert.deepEqual(now, original, 'nothing else was touched');

    // The new file: SYSTEM (S-1-5-18) and administrators (S-1-5-32-544) only, and its folder likewise.
    for (const path of [`/${home}/mimeo/01-school.reg`, `/${home}/mimeo`]) {
      const audit = (await run(['ntfssecaudit', device, path], { allowStatus: [0, 1] })).stdout.toString();
      assert.match(audit, /Windows owner S-1-5-32-544[\s\S]*mode 0[67]00/);
    }
    const check = await run(['ntfsfix', '-n', device]);
    assert.match(check.stdout.toString(), /was processed successfully/);

    const again = await mounted(device, READ_WRITE, (root) => personalise(root, settingsOfOrder(order)));
    assert.deepEqual(again.changes, [], 'a second run has nothing to do');
  });
});

test('the answer file stays the file it was: its streams and its security descriptor', async (t) => {
  await withVolume(t, async (device) => {
    const streams = `${READ_WRITE.replace(',windows_names', '')},streams_interface=windows`;
    const audit = async (): Promise<string> =>
      (
        await run(['ntfssecaudit', '-v', device, '/SysPrep/SYSPREP.inf'], { allowStatus: [0, 1] })
      ).stdout.toString();
    await mounted(device, streams, async (root) => {
      await chmod(join(root, 'SysPrep', 'SYSPREP.inf'), 0o640);
      await writeFile(join(root, 'SysPrep', 'SYSPREP.inf:note'), 'kept');
    });
    const descriptor = await audit();
    await mounted(device, READ_WRITE, (root) => personalise(root, settingsOfOrder(order)));
    assert.match(descriptor, /mode 0640/);
    assert.equal(await audit(), descriptor);
    await mounted(device, `ro,streams_interface=windows`, async (root) =>
      assert.equal(await readFile(join(root, 'SysPrep', 'SYSPREP.inf:note'), 'utf8'), 'kept'),
    );
  });
});

test('a power cut in the middle is made good by the next run', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      const inf = join(root, 'SysPrep', 'SYSPREP.inf');
      await writeFile(`${inf}${UNDO_SUFFIX}`, INF);
      await writeFile(inf, '; Antwortdatei f');
      await writeFile(join(root, ...HOME, 'CmdLines.txt.mimeo-new'), '[Comm');
      const report = await personalise(root, settingsOfOrder(order));
      await verify(root, report.edits);
      assert.match(await readFile(inf, 'latin1'), /Schule\r\n[\s\S]*ComputerName=R101-PC05\r\n {4}; Ende/);
    });
  });
});

test('a volume that gives new files to everyone is pointed out, a read-only one is refused', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, 'ro,permissions', (root) =>
      assert.rejects(
        personalise(root, settingsOfOrder(order)),
        (error) =>
          error instanceof MimeoError &&
          error.code === 'personalise-not-written' &&
          /mounted read-only/.test(error.message),
      ),
    );
    const { warnings } = await mounted(device, 'rw', (root) => personalise(root, settingsOfOrder(order)));
    assert.match(warnings.join(), /Everyone may change .*01-school\.reg/);
  });
});

test('a change after writing is found by reading back', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      const report = await personalise(root, settingsOfOrder(order));
      await writeFile(join(root, ...HOME, 'mimeo', '01-school.reg'), 'other');
      await assert.rejects(verify(root, report.edits), /01-school\.reg reads back 5 bytes/);
    });
  });
});

test('a volume without Sysprep is left alone and said so', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      await rm(join(root, 'SysPrep'), { recursive: true });
      const report = await personalise(root, settingsOfOrder(order));
      assert.deepEqual(report.edits, []);
      assert.match(report.warnings.join(), /no \\Sysprep folder beside \\WINDOWS/);
    });
  });
});
