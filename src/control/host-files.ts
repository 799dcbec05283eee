import { open } from 'node:fs/promises';
import type { TaskRow } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import type { HostSettings } from '../personalise/index.ts';
import type { HostDirectory } from './host-directory.ts';
import type { HostProfiles } from './host-profiles.ts';
import type { TaskBoard } from './task-board.ts';

/** Tasks whose files are remembered: more than are ever at this step at the same time. */
const MOST_TASKS = 1000;

/** Most bytes of one answer. */
export const FILE_PART_BYTES = 4 * 1_048_576;

/** Files of the share, for hosts whose profiles name them, and for as long as their task is open. */
export class HostFiles {
  readonly #board: Pick<TaskBoard, 'ofHost'>;
  readonly #directory: Pick<HostDirectory, 'get'>;
  readonly #profiles: HostProfiles;
  /** By task: where the file of a hash lies. A host asks for thousands; it compares each with its hash itself. */
  readonly #known = new Map<string, ReadonlyMap<string, string>>();

  constructor(ports: {
    board: Pick<TaskBoard, 'ofHost'>;
    directory: Pick<HostDirectory, 'get'>;
    profiles: HostProfiles;
  }) {
    this.#board = ports.board;
    this.#directory = ports.directory;
    this.#profiles = ports.profiles;
  }

  /**
   * A part of a file.
   *
   * @param sha256 of the whole file, as the host's order names it
   * @param from in bytes
   * @throws MimeoError `not-allowed` when it is not this host's task; `share-file-missing` when nothing that the host is to
   * get has this hash (any more)
   */
  async part(hostId: string, taskId: string, sha256: string, from: number): Promise<Buffer> {
    const task = this.#board.ofHost(hostId);
    if (task?.id !== taskId)
      throw new MimeoError('not-allowed', `Task ${taskId} is not this host's, or not open.`);
    const path = this.#known.get(taskId)?.get(sha256) ?? (await this.#look(task)).get(sha256);
    if (path === undefined) {
      throw new MimeoError(
        'share-file-missing',
        `No file of the share for ${task.host_name} has the hash ${sha256}.`,
      );
    }
    const file = await open(path, 'r');
    try {
      const part = Buffer.allocUnsafe(FILE_PART_BYTES);
      const { bytesRead } = await file.read(part, 0, part.length, from);
      return part.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async #look(task: TaskRow): Promise<ReadonlyMap<string, string>> {
    const host = await this.#directory.get(task.host_id);
    const look = await this.#profiles.look();
    const order = { name: host.name ?? task.host_name, image: task.image, version: task.version };
    const found = new Map<string, string>();
    for (const sha256 of hashesOf(look.settings(host, order))) {
      const path = look.fileOf(sha256);
      if (path !== null) found.set(sha256, path);
    }
    this.#known.delete(task.id);
    this.#known.set(task.id, found);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_TASKS && oldest !== undefined) this.#known.delete(oldest);
    return found;
  }
}

function hashesOf({ drivers, firstBoot }: HostSettings): string[] {
  return [...drivers, ...(firstBoot?.packages ?? [])].flatMap(({ files }) =>
    files.map(({ sha256 }) => sha256),
  );
}
