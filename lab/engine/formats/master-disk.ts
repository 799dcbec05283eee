import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import { readLayout } from '../../../src/disk/index.ts';
import type { DiskLayout } from '../../../src/image/index.ts';
import { blankVolume, MIB } from '../maps/volume-map.ts';
import { makeVolume } from './volumes.ts';

/** A partition of a master: what is in it, as a file of its own for the tools that want a device. */
export interface MasterPart {
  readonly number: number;
  /** The end of `partclone.<name>`; `dd` for what partclone does not know. */
  readonly content: 'ntfs' | 'extfs' | 'fat32' | 'swap' | 'dd';
  readonly volume: string;
}

/** A disk in a file, to be imaged by others' tools. */
export interface MasterDisk {
  readonly disk: string;
  readonly table: 'mbr' | 'gpt';
  readonly layout: DiskLayout;
  readonly parts: readonly MasterPart[];
}

export const SWAP_UUID = '4d1a7e26-6f6e-4b1c-9a55-0c7a90e1b2c3';

const MBR_TABLE = `label: dos
label-id: 0x5a17c0de
start=2048, size=124928, type=7, bootable
start=126976, size=204800, type=5
start=129024, size=165888, type=83
start=296960, size=32768, type=82
`;
const GPT_TABLE = `label: gpt
label-id: 8E3F5A1C-4B7D-4E19-A2C6-9D0F1B2A3C4D
start=2048, size=131072, type=U, name="EFI system partition"
start=133120, size=32768, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="Microsoft reserved partition", attrs="GUID:63"
start=165888, size=124928, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Räume 2"
start=290816, size=32768, type=S
`;

const CONTENTS: Readonly<Record<'mbr' | 'gpt', readonly [number, MasterPart['content']][]>> = {
  mbr: [
    [1, 'ntfs'],
    [5, 'extfs'],
    [6, 'swap'],
  ],
  gpt: [
    [1, 'fat32'],
    [2, 'dd'],
    [3, 'ntfs'],
    [4, 'swap'],
  ],
};

/** Makes a master: MBR with NTFS, ext4 and swap in logical partitions, and a loader; or GPT with ESP, MSR, NTFS, swap. */
export async function makeMaster(folder: string, table: 'mbr' | 'gpt'): Promise<MasterDisk> {
  const disk = await blankVolume(join(folder, `${table}.disk`), 170 * MIB);
  await run(['sfdisk', '--quiet', disk], { input: table === 'mbr' ? MBR_TABLE : GPT_TABLE });
  await using file = await open(disk, 'r+');
  if (table === 'mbr') {
    await file.write(randomBytes(440), 0, 440, 0);
    await file.write(randomBytes(100_000), 0, 100_000, 512);
  }
  const layout = await readLayout(disk);
  const parts: MasterPart[] = [];
  for (const [number, content] of CONTENTS[table]) {
    const partition = layout.partitions.find((one) => one.number === number);
    if (partition === undefined) throw new TypeError(`the master has no partition ${number}`);
    const volume = await makeContent(join(folder, `${table}-${number}`), content, partition.lengthBytes);
    const seek = `seek=${partition.startByte / MIB}`;
    await run(['dd', `if=${volume}`, `of=${disk}`, 'bs=1M', seek, 'conv=notrunc,sparse', 'status=none']);
    parts.push({ number, content, volume });
  }
  return { disk, table, layout, parts };
}

async function makeContent(volume: string, content: MasterPart['content'], bytes: number): Promise<string> {
  if (content === 'swap') {
    await blankVolume(volume, bytes);
    await run(['mkswap', '-q', '-U', SWAP_UUID, '-L', 'swap-1', volume]);
  } else if (content === 'dd') {
    await using file = await open(volume, 'w');
    await file.writeFile(randomBytes(bytes));
  } else await makeVolume(content, volume, bytes);
  return volume;
}
