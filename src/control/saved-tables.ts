import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';

/** Whose table it is, which task saved it or asks for it, and of which of the host's disks. */
export interface TableOf {
  readonly hostId: string;
  readonly taskId: string;
  /** As the agent tells its disks apart (serial number or device); '' where it did not say. */
  readonly disk: string;
}

/** The old partition tables of hosts, kept from before their disks were made unbootable. */
export class SavedTables {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the first one of each task and disk: what a resumed task would send is the disk made unbootable already. */
  async keep(of: TableOf, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#folder, of.hostId);
    const path = join(folder, `${of.taskId}${suffixOf(of)}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) await writeDurably(path, bytes, { mode: 0o600 });
  }

  /**
   * What this disk had before it was last made unbootable: the task's own table, or the newest of the host's earlier
   * tasks, which may have left the disk without one.
   *
   * @returns null when none was kept
   */
  async find(of: TableOf): Promise<Buffer | null> {
    const folder = join(this.#folder, of.hostId);
    const own = `${of.taskId}${suffixOf(of)}`;
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes(own)) return readFile(join(folder, own));
    let newest: { path: string; mtimeMs: number } | null = null;
    for (const name of names) {
      if (!isOfDisk(name, of)) continue;
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (newest === null || mtimeMs > newest.mtimeMs) newest = { path, mtimeMs };
    }
    return newest === null ? null : readFile(newest.path);
  }
}

/** What an agent says never becomes a path. */
function suffixOf({ disk }: TableOf): string {
  if (disk === '') return '.table';
  return `.${createHash('sha256').update(disk).digest('hex').slice(0, 16)}.table`;
}

function isOfDisk(name: string, of: TableOf): boolean {
  return name.endsWith(suffixOf(of)) && (of.disk !== '' || name.split('.').length === 2);
}
