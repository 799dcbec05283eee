import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { type PersonaliseOrder, personalise, verify } from './index.ts';
import { UNDO_SUFFIX } from './replace-in-place.ts';

/** Real NTFS: a volume made by mkntfs in a file, on a loop device, through ntfs-3g. */
const INF = Buffer.from(
  '; Antwortdatei f\xfcr die Schule\r\n[Unattended]\r\n    OemSkipEula=Yes\r\n\r\n[UserData]\r\n    FullName="Sch\xfcler"\r\n    ComputerName=*\r\n    ; Ende\r\n',
  'latin1',
);
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
const HOME = ['SysPrep', 'I386', '$oem$'];

let missing: string | null = null;
let folder = '';

before(async () => {
  missing = await whatIsMissing();
  if (missing === null) folder = await mkdtemp(join(tmpdir(), 'mimeo-personalise-'));
});
after(async () => {
  if (folder !== '') await rm(folder, { recursive: true });
});

async function whatIsMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'mounting needs root';
  for (const tool of ['mkntfs', 'ntfs-3g', 'ntfssecaudit', 'losetup']) {
    if ((await run(['which', tool], { allowStatus: [0, 1] })).status !== 0) return `${tool} is not installed`;
  }
  return (await stat('/dev/fuse').catch(() => null)) === null ? 'there is no /dev/fuse' : null;
}

/** Makes a fresh volume with a Windows-like tree and runs `use` with the loop device over it. */
async function withVolume(t: TestContext, use: (device: string) => Promise<void>): Promise<void> {
  if (missing !== null) return t.skip(missing);
  const file = join(folder, 'volume');
  await writeFile(file, '');
  await truncate(file, 24 * 1024 * 1024);
  await run(['mkntfs', '-F', '-Q', '-q', file]);
  const device = (await run(['losetup', '--find', '--show', file])).stdout.toString().trim();
  try {
    await mounted(device, 'rw', async (root) => {
      for (const path of [
        'WINDOWS/System32',
        HOME.join('/'),
        'Бухгалтерия/Été',
        '教室',
        'Räume',
        'ｓｙｓｐｒｅｐ',
      ]) {
        await mkdir(join(root, path), { recursive: true });
        await writeFile(join(root, path, 'Ωmega.txt'), path);
      }
      await writeFile(join(root, 'SysPrep', 'SYSPREP.inf'), INF);
      await writeFile(join(root, ...HOME, 'CmdLines.txt'), '[Commands]\r\n"C:\\tools\\first.exe"\r\n');
    });
    await use(device);
  } finally {
    await run(['losetup', '--detach', device]);
    await rm(file);
  }
}

async function mounted<T>(device: string, options: string, use: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(folder, 'mnt-'));
  await run(['ntfs-3g', '-o', options, device, root]);
  try {
    return await use(root);
  } finally {
    await run(['umount', root]);
    await rm(root, { recursive: true });
  }
}

/** Every file's content by path. */
async function tree(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(root.length + 1), await readFile(path, 'latin1'));
  }
  return files;
}

const READ_WRITE = 'rw,permissions,windows_names';

test('a volume is personalised, reads back after a remount, and is clean', async (t) => {
  await withVolume(t, async (device) => {
    const original = await mounted(device, 'ro', tree);
    const report = await mounted(device, READ_WRITE, (root) => personalise(root, order));
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

    const again = await mounted(device, READ_WRITE, (root) => personalise(root, order));
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
    await mounted(device, READ_WRITE, (root) => personalise(root, order));
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
      const report = await personalise(root, order);
      await verify(root, report.edits);
      assert.match(await readFile(inf, 'latin1'), /Schule\r\n[\s\S]*ComputerName=R101-PC05\r\n {4}; Ende/);
    });
  });
});

test('a volume that gives new files to everyone is pointed out, a read-only one is refused', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, 'ro,permissions', (root) =>
      assert.rejects(
        personalise(root, order),
        (error) =>
          error instanceof MimeoError &&
          error.code === 'personalise-not-written' &&
          /mounted read-only/.test(error.message),
      ),
    );
    const { warnings } = await mounted(device, 'rw', (root) => personalise(root, order));
    assert.match(warnings.join(), /Everyone may change .*01-school\.reg/);
  });
});

test('a change after writing is found by reading back', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      const report = await personalise(root, order);
      await writeFile(join(root, ...HOME, 'mimeo', '01-school.reg'), 'other');
      await assert.rejects(verify(root, report.edits), /01-school\.reg reads back 5 bytes/);
    });
  });
});

test('a volume without Sysprep is left alone and said so', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      await rm(join(root, 'SysPrep'), { recursive: true });
      const report = await personalise(root, order);
      assert.deepEqual(report.edits, []);
      assert.match(report.warnings.join(), /no \\Sysprep folder beside \\WINDOWS/);
    });
  });
});
