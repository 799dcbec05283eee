import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';

/** Debian keeps /tmp in memory; disks belong here. */
const DEFAULT_FOLDER = '/var/tmp';

/** A folder for large temporary files; everything in it goes with it. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a temporary folder where so much fits.
 * @param parent default: /var/tmp
 * @param neededBytes that will be written into it
 * @throws MimeoError `import-no-room` with both numbers
 */
export async function workFolder(parent: string | undefined, neededBytes: number): Promise<WorkFolder> {
  const where = parent ?? DEFAULT_FOLDER;
  await refuseNoRoom(where, neededBytes);
  const path = await mkdtemp(join(where, `mimeo-import-${randomBytes(2).toString('hex')}-`)).catch(
    (error: unknown) => {
      throw new MimeoError('import-no-room', `${where} cannot hold temporary files: ${String(error)}.`, {
        cause: error,
      });
    },
  );
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** @throws MimeoError `import-no-room` or `export-no-room` with both numbers */
export async function refuseNoRoom(
  folder: string,
  neededBytes: number,
  code: 'import-no-room' | 'export-no-room' = 'import-no-room',
): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch((error: unknown) => {
    throw new MimeoError(code, `${folder} cannot be written to: ${String(error)}.`, {
      cause: error,
    });
  });
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  throw new MimeoError(
    code,
    `${folder} has ${mebibytes(free)} free, and ${mebibytes(neededBytes)} are needed there.`,
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`;
}
