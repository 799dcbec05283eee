import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../command.ts';
import { buildWindows, type WindowsToBuild } from './recognise/windows-volume.fixture.ts';

/** An answer file with everything that may be lost: comments, blanks, ANSI. */
export const INF = Buffer.from(
  '; Antwortdatei f\xfcr die Schule\r\n[Unattended]\r\n    OemSkipEula=Yes\r\n\r\n[UserData]\r\n    FullName="Sch\xfcler"\r\n    ComputerName=*\r\n    ; Ende\r\n',
  'latin1',
);
export const HOME = ['SysPrep', 'I386', '$oem$'];
export const READ_WRITE = 'rw,permissions,windows_names';

const SEALED_XP: WindowsToBuild = {
  folder: 'WINDOWS',
  config: 'System32/config',
  minorVersion: 3,
  system: {
    Select: { Current: 1 },
    'ControlSet001\\Control\\ComputerName\\ComputerName': { ComputerName: 'R101-PC09' },
    'ControlSet001\\Control\\ProductOptions': { ProductType: 'WinNT' },
    Setup: { SystemSetupInProgress: 1, CmdLine: 'setup -newsetup -mini' },
  },
  software: {
    'Microsoft\\Windows NT\\CurrentVersion': {
      ProductName: 'Microsoft Windows XP',
      CurrentBuildNumber: '2600',
    },
  },
};

async function whatIsMissing(tools: readonly string[]): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'mounting needs root';
  for (const tool of ['mkntfs', 'ntfs-3g', 'ntfssecaudit', 'losetup', 'setfattr', 'getfattr', ...tools]) {
    if ((await run(['which', tool], { allowStatus: [0, 1] })).status !== 0) return `${tool} is not installed`;
  }
  return (await stat('/dev/fuse').catch(() => null)) === null ? 'there is no /dev/fuse' : null;
}

/** Makes a fresh volume with a Windows-like tree and runs `use` with the loop device over it. */
export async function withVolume(
  t: TestContext,
  use: (device: string) => Promise<void>,
  ...tools: readonly string[]
): Promise<void> {
  const missing = await whatIsMissing(tools);
  if (missing !== null) return t.skip(missing);
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-personalise-'));
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
      await buildWindows(root, SEALED_XP);
      await writeFile(join(root, 'SysPrep', 'SYSPREP.inf'), INF);
      await writeFile(join(root, ...HOME, 'CmdLines.txt'), '[Commands]\r\n"C:\\tools\\first.exe"\r\n');
    });
    await use(device);
  } finally {
    await run(['losetup', '--detach', device]);
    await rm(folder, { recursive: true });
  }
}

/** Runs `use` while the volume is mounted. */
export async function mounted<T>(
  device: string,
  options: string,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-mount-'));
  await run(['ntfs-3g', '-o', options, device, root]);
  try {
    return await use(root);
  } finally {
    await run(['umount', root]);
    await rm(root, { recursive: true });
  }
}

/** Every file's content by path. */
export async function tree(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(root.length + 1), await readFile(path, 'latin1'));
  }
  return files;
}
