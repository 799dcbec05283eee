import { copyFile, mkdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../src/command.ts';
import { type PartitionView, readLayout, withNtfs } from '../../src/disk/index.ts';
import { packageFiles } from './package-files.ts';
import { Seeded, SeededBytes } from './seeded.ts';
import { OFTEN_FIXED, upgrade } from './upgrade.ts';

export const MIB = 1_048_576;
/** To be raised when what the volume holds changes. */
const RECIPE = 2;

/** The master: a disk with one NTFS volume, and the same disk after an upgrade of some of its software. */
export interface ReferenceDisks {
  readonly folder: string;
  readonly first: PartitionView;
  readonly second: PartitionView;
  readonly diskBytes: number;
  readonly facts: VolumeFacts;
}

export interface VolumeFacts {
  readonly files: number;
  readonly package_mib: number;
  readonly generated_mib: number;
  readonly upgraded_packages: number;
  readonly upgraded_mib: number;
}

/** Takes the disks from the folder, or makes them there. */
export async function referenceDisks(
  folder: string,
  gib: number,
  say: (line: string) => void,
): Promise<ReferenceDisks> {
  await mkdir(folder, { recursive: true });
  const paths = ['first', 'second'].map((name) => join(folder, `${name}-${gib}g-r${RECIPE}.img`));
  const [first = '', second = ''] = paths;
  const factsFile = join(folder, `facts-${gib}g-r${RECIPE}.json`);
  const known = await readFile(factsFile, 'utf8').catch(() => null);
  let facts: VolumeFacts | null = known === null ? null : (JSON.parse(known) as VolumeFacts);
  if (facts === null) {
    say(`making an NTFS volume with ${gib} GiB of files in ${folder}`);
    await makeDisk(first, gib);
    const filled = await fill(await viewOf(first), gib * 1024 * MIB, say);
    say('upgrading some of its packages');
    await rm(second, { force: true });
    await run(['cp', '--sparse=always', first, second]);
    facts = { ...filled, ...(await upgrade(await viewOf(second))) };
    await writeFile(`${factsFile}.tmp`, JSON.stringify(facts));
    await rename(`${factsFile}.tmp`, factsFile);
  }
  const view = await viewOf(first);
  return {
    folder,
    first: view,
    second: await viewOf(second),
    diskBytes: (await readLayout(first)).diskBytes,
    facts,
  };
}

async function viewOf(disk: string): Promise<PartitionView> {
  const { partitions, sectorBytes } = await readLayout(disk);
  const [partition] = partitions;
  if (partition === undefined) throw new Error(`${disk} has no partition`);
  return { disk, sectorBytes, partition };
}

async function makeDisk(path: string, gib: number): Promise<void> {
  const volume = `${path}.volume`;
  const volumeBytes = Math.ceil(gib * 1.2 * 1024) * MIB;
  await rm(path, { force: true });
  await writeFile(path, '');
  await truncate(path, volumeBytes + 2 * MIB);
  await run(['sfdisk', '--quiet', path], {
    input: `label: dos\nlabel-id: 0x4d494d45\nstart=2048, size=${volumeBytes / 512}, type=7, bootable\n`,
  });
  await writeFile(volume, '');
  await truncate(volume, volumeBytes);
  await run([
    'mkntfs',
    '--quick',
    '--force',
    '--quiet',
    '--label',
    'BENCH',
    '--partition-start',
    '2048',
    volume,
  ]);
  await run(['dd', `if=${volume}`, `of=${path}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none']);
  await rm(volume);
}

/** Half of the bytes from packages, the rest generated. */
async function fill(
  view: PartitionView,
  bytes: number,
  say: (line: string) => void,
): Promise<Pick<VolumeFacts, 'files' | 'package_mib' | 'generated_mib'>> {
  const chosen = await packageFiles(bytes / 2, OFTEN_FIXED);
  const packageBytes = chosen.reduce((sum, file) => sum + file.bytes, 0);
  say(`${chosen.length} files of packages, ${Math.round(packageBytes / MIB)} MiB; the rest is generated`);
  const random = new Seeded(20_261_123);
  const content = new SeededBytes(7);
  let generated = 0;
  let files = chosen.length;
  await withNtfs(view, { readOnly: false }, async (root) => {
    const made = new Set<string>();
    const place = async (path: string): Promise<string> => {
      const folder = dirname(join(root, path));
      if (!made.has(folder)) await mkdir(folder, { recursive: true });
      made.add(folder);
      return join(root, path);
    };
    for (const { path } of chosen) {
      const target = await place(path);
      await copyFile(path, target);
      await utimes(target, 1_700_000_000, 1_700_000_000);
    }
    for (; packageBytes + generated < bytes; files++) {
      const length = Math.min(random.length(4096, 48 * MIB), bytes - packageBytes - generated);
      await writeFile(await place(`users/${files % 31}/${files}.bin`), content.take(length));
      generated += length;
    }
  });
  return {
    files,
    package_mib: Math.round(packageBytes / MIB),
    generated_mib: Math.round(generated / MIB),
  };
}
