import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from '../../command.ts';
import { type PartitionView, withNtfs } from '../../disk/index.ts';

const MIB = 1_048_576;
const START_BYTE = MIB;
const VOLUME_BYTES = 48 * MIB;
export const MASTER_BYTES = 64 * MIB;

/** A sysprep.inf as a school's technician keeps it: comments, a name to be replaced, Windows line ends. */
export const SYSPREP_INF = [
  '; the master of room 101',
  '[UserData]',
  '    ComputerName=MASTER ; changed by the imaging',
  '    FullName="School"',
  '[Unattended]',
  '    InstallFilesPath=C:\\Sysprep\\i386',
  '',
].join('\r\n');

/** Makes a folder that goes away with the test. */
export async function scratchFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'mimeo-agent-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A plain file that is a small MBR disk with one NTFS volume, on which a Windows XP waits to be personalised. */
export async function makeMasterDisk(folder: string): Promise<string> {
  const disk = join(folder, 'master.raw');
  const volume = join(folder, 'volume.raw');
  await writeFile(disk, '');
  await truncate(disk, MASTER_BYTES);
  const sectors = `start=${START_BYTE / 512}, size=${VOLUME_BYTES / 512}, type=7, bootable`;
  await run(['sfdisk', '--quiet', disk], { input: `label: dos\nlabel-id: 0x1a2b3c4d\n${sectors}\n` });
  await writeFile(volume, '');
  await truncate(volume, VOLUME_BYTES);
  const start = [
    '--partition-start',
    String(START_BYTE / 512),
    '--heads',
    '255',
    '--sectors-per-track',
    '63',
  ];
  await run(['mkntfs', '--force', '--quiet', '--quick', '--label', 'WINDOWS', ...start, volume]);
  await copyInto(volume, disk, START_BYTE);
  await rm(volume);
  await withNtfs(masterVolume(disk), { readOnly: false }, fillVolume);
  return disk;
}

/** The one volume of such a disk, `lengthBytes` long. */
export function masterVolume(disk: string, lengthBytes = VOLUME_BYTES): PartitionView {
  const partition = { number: 1, startByte: START_BYTE, lengthBytes, type: '07', active: true, gpt: null };
  return { disk, sectorBytes: 512, partition };
}

/** SHA-256 of every file of a mounted volume by its path. */
export async function hashTree(root: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes.set(
      relative(root, path),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  }
  return hashes;
}

async function fillVolume(root: string): Promise<void> {
  await mkdir(join(root, 'WINDOWS', 'system32', 'config'), { recursive: true });
  await mkdir(join(root, 'Sysprep', 'i386'), { recursive: true });
  await writeFile(join(root, 'Sysprep', 'sysprep.inf'), SYSPREP_INF, 'latin1');
  await writeFile(join(root, 'Sysprep', 'sysprep.exe'), 'MZ');
  await writeFile(join(root, 'WINDOWS', 'system32', 'hal.dll'), randomBytes(3 * MIB));
  await writeFile(join(root, 'WINDOWS', 'Büro und 日本.txt'), 'names');
  await writeFile(join(root, 'zeros.bin'), Buffer.alloc(2 * MIB));
}

async function copyInto(from: string, to: string, atByte: number): Promise<void> {
  const target = await open(to, 'r+');
  try {
    await target.write(await readFile(from), 0, undefined, atByte);
  } finally {
    await target.close();
  }
}
