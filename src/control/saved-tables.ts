import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';

/** The old partition tables of hosts, kept from before their disks were made unbootable. */
export class SavedTables {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the first one of each task: what a resumed task would send is the disk made unbootable already. */
  async keep(hostId: string, taskId: string, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#folder, hostId);
    const path = join(folder, `${taskId}.table`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) await writeDurably(path, bytes, { mode: 0o600 });
  }
}
