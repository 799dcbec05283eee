import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../src/command.ts';

export type LoopFilesystem = 'ext4' | 'xfs' | 'btrfs';

const MIB = 1_048_576;
const GONE_MS = 20_000;

/** Everything is the files' own, nothing kept back for root; small journals, as the disks are small. */
const MAKE: Readonly<Record<LoopFilesystem, readonly string[]>> = {
  ext4: [
    'mkfs.ext4',
    '-q',
    '-F',
    '-b',
    '4096',
    '-m',
    '0',
    '-J',
    'size=4',
    '-E',
    'lazy_itable_init=0,lazy_journal_init=0',
  ],
  xfs: ['mkfs.xfs', '-q', '-f', '-K'],
  btrfs: ['mkfs.btrfs', '-q', '-f', '-K', '-m', 'single'],
};

const MEND: Readonly<Record<LoopFilesystem, readonly string[]>> = {
  ext4: ['e2fsck', '-f', '-y'],
  xfs: ['xfs_repair'],
  btrfs: ['btrfs', 'check', '--force'],
};

/** e2fsck says 1 when it mended something. */
const MENDED = [0, 1];

/**
 * A real filesystem on a disk that fails on demand: a sparse file in a small filesystem in memory, behind a loop
 * device. When nothing is left of the memory the disk can take no new block: the kernel's writes to it fail, and
 * with them fsync(2), long after write(2) took the bytes.
 */
export class LoopDisk {
  /** Where the filesystem is mounted. */
  readonly folder: string;
  readonly #place: string;
  readonly #filesystem: LoopFilesystem;
  readonly #memory: string;
  #device: string | null = null;

  private constructor(place: string, filesystem: LoopFilesystem) {
    this.#place = place;
    this.#filesystem = filesystem;
    this.folder = join(place, 'disk');
    this.#memory = join(place, 'memory');
  }

  /** Needs root. @param sizeMib of the filesystem; XFS takes 300 at the least, btrfs 110 */
  static async make(filesystem: LoopFilesystem, sizeMib: number): Promise<LoopDisk> {
    const disk = new LoopDisk(await mkdtemp(join(tmpdir(), 'mimeo-disk-')), filesystem);
    try {
      await disk.#make(sizeMib);
      return disk;
    } catch (error) {
      await disk.remove();
      throw error;
    }
  }

  /** The file that stands for the disk. */
  get image(): string {
    return join(this.#memory, 'image');
  }

  async #make(sizeMib: number): Promise<void> {
    for (const folder of [this.folder, this.#memory]) await mkdir(folder);
    await run(['mount', '-t', 'tmpfs', '-o', `size=${sizeMib + 8}m`, 'tmpfs', this.#memory]);
    await writeFile(this.image, '');
    await truncate(this.image, sizeMib * MIB);
    await run([...MAKE[this.#filesystem], this.image]);
    await this.#mount();
  }

  async #mount(): Promise<void> {
    const { stdout } = await run(['losetup', '--find', '--show', this.image]);
    this.#device = stdout.toString().trim();
    // A loop device takes a write of which its file took a part for a whole one. A page, which is also a block of each
    // of these filesystems, is taken or not.
    await writeFile(`/sys/block/${basename(this.#device)}/queue/max_sectors_kb`, '4');
    await run(['mount', '-t', this.#filesystem, this.#device, this.folder]);
  }

  /** From now on the disk takes so many bytes of new blocks, and then fails. What it has it can write again. */
  async failAfter(bytes: number): Promise<void> {
    // What was freed is new again.
    await run(['fstrim', this.folder]);
    const { stdout } = await run(['stat', '--file-system', '--format=%f %S', this.#memory]);
    const [blocks = 0, size = 0] = stdout.toString().trim().split(' ').map(Number);
    const piece = Buffer.alloc(MIB);
    try {
      for (let left = blocks * size - bytes; left > 0; left -= piece.length)
        await appendFile(this.#ballast, piece.subarray(0, Math.min(left, piece.length)));
    } catch (error) {
      // Who uses the disk takes some of it meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }

  /** The disk works again. */
  async work(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  /** What the kernel had in memory is dropped, the filesystem mended as after a crash, and mounted. */
  async remount(between: () => Promise<void> = async () => undefined): Promise<void> {
    await this.#unmount();
    // What only the log holds is to be replayed, which XFS leaves to the kernel.
    if (this.#filesystem === 'xfs') {
      await this.#mount();
      await this.#unmount();
    }
    await run([...MEND[this.#filesystem], this.image], { allowStatus: MENDED });
    await between();
    await this.#mount();
  }

  /** Unmounts everything and leaves nothing behind, also when somebody still holds a file open after a failure. */
  async remove(): Promise<void> {
    await this.work();
    const lazily = { allowStatus: [0, 1, 32] };
    if (this.#device !== null) {
      await run(['umount', '--lazy', this.folder], lazily);
      await run(['losetup', '--detach', this.#device], lazily);
    }
    await run(['umount', '--lazy', this.#memory], lazily);
    await rm(this.#place, { recursive: true });
  }

  async #unmount(): Promise<void> {
    if (this.#device === null) return;
    const device = this.#device;
    await run(['umount', this.folder]);
    this.#device = null;
    await run(['losetup', '--detach', device]);
    await gone(`/sys/block/${basename(device)}/loop`);
  }

  get #ballast(): string {
    return join(this.#memory, 'ballast');
  }
}

/**
 * A process that begins in a mount namespace of its own while the disk is mounted keeps it a moment longer, and
 * nobody else may write to the image meanwhile.
 */
async function gone(path: string): Promise<void> {
  const deadline = Date.now() + GONE_MS;
  while (existsSync(path)) {
    if (Date.now() > deadline) throw new Error(`${path} is still there after ${GONE_MS / 1000} s`);
    await delay(10);
  }
}
