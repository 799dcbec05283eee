import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import { whileDriven, whileMounted } from '../maps/mounted.ts';
import { blankVolume, MIB } from '../maps/volume-map.ts';

/** A filesystem that partclone has a program for, and how a small volume of it is made and filled. */
export interface SampleVolume {
  /** The end of `partclone.<name>`. */
  readonly name: string;
  /** What Mimeo calls it. */
  readonly filesystem: string;
  readonly bytes: number;
  readonly tools: readonly string[];
  make(file: string): Promise<void>;
}

export const LABEL = 'MASTER';

/** A little of everything: files in folders, a large one, and free space between them. */
async function fill(root: string): Promise<void> {
  await mkdir(join(root, 'folder'), { recursive: true });
  for (let i = 0; i < 40; i++) await writeFile(join(root, 'folder', `file-${i}`), randomBytes(i * 977));
  await writeFile(join(root, 'large.bin'), randomBytes(2 * MIB));
  await writeFile(join(root, 'text.txt'), 'Die Wanderratte wandert. '.repeat(20_000));
}

const mounted = (type: string) => (file: string) => whileMounted(type, file, 'rw', fill);

export const VOLUMES: readonly SampleVolume[] = [
  {
    name: 'ntfs',
    filesystem: 'ntfs',
    bytes: 60 * MIB + 512 * 7,
    tools: ['mkntfs', 'ntfs-3g'],
    make: async (file) => {
      await run([
        'mkntfs',
        '-q',
        '-F',
        '-f',
        '-L',
        LABEL,
        '-s',
        '512',
        '-p',
        '2048',
        '-H',
        '255',
        '-S',
        '63',
        file,
      ]);
      await whileDriven((device, root) => ['ntfs-3g', device, root], file, fill);
    },
  },
  {
    name: 'extfs',
    filesystem: 'ext',
    bytes: 80 * MIB + 1024,
    tools: ['mkfs.ext4'],
    make: async (file) => {
      await run(['mkfs.ext4', '-q', '-F', '-L', LABEL, file]);
      await mounted('ext4')(file);
    },
  },
  {
    name: 'fat32',
    filesystem: 'fat',
    bytes: 64 * MIB,
    tools: ['mkfs.vfat', 'mcopy'],
    make: async (file) => {
      await run(['mkfs.vfat', '-F', '32', '-n', LABEL, file]);
      await fill(`${file}.files`);
      await run(['mcopy', '-s', '-i', file, `${file}.files/folder`, `${file}.files/large.bin`, '::']);
    },
  },
  {
    name: 'exfat',
    filesystem: 'exfat',
    bytes: 40 * MIB,
    tools: ['mkfs.exfat'],
    make: async (file) => {
      await run(['mkfs.exfat', '-L', LABEL, file]);
    },
  },
  {
    name: 'xfs',
    filesystem: 'xfs',
    bytes: 320 * MIB,
    tools: ['mkfs.xfs'],
    make: async (file) => {
      await run(['mkfs.xfs', '-q', '-L', LABEL, file]);
      await mounted('xfs')(file);
    },
  },
  {
    name: 'btrfs',
    filesystem: 'btrfs',
    bytes: 200 * MIB,
    tools: ['mkfs.btrfs'],
    make: async (file) => {
      await run(['mkfs.btrfs', '-q', '-L', LABEL, file]);
      await mounted('btrfs')(file);
    },
  },
  {
    name: 'f2fs',
    filesystem: 'f2fs',
    bytes: 100 * MIB,
    tools: ['mkfs.f2fs'],
    make: async (file) => {
      await run(['mkfs.f2fs', '-q', '-l', LABEL, file]);
    },
  },
];

/** Makes one of them at `file`, of its usual size or another. */
export async function makeVolume(name: string, file: string, bytes?: number): Promise<SampleVolume> {
  const volume = VOLUMES.find((one) => one.name === name);
  if (volume === undefined) throw new TypeError(`there is no sample volume ${name}`);
  await volume.make(await blankVolume(file, bytes ?? volume.bytes));
  return volume;
}

/** `partclone.<name> -c`, quietly. */
export async function clone(name: string, from: string, to: string, ...options: string[]): Promise<string> {
  await run([`partclone.${name}`, '-c', '-q', ...options, '-L', `${to}.log`, '-s', from, '-O', to]);
  return to;
}

/** What `partclone.restore` makes of an image: a file in which only used blocks are written. */
export async function restored(image: string, to: string): Promise<string> {
  await run(['partclone.restore', '-q', '-C', '-W', '-L', `${to}.log`, '-s', image, '-O', to]);
  return to;
}
