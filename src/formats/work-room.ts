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
      throw unusable(error, where, 'import-no-room');
    },
  );
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Whose room it is: what the technician can do about it differs. */
export type NoRoom = 'import-no-room' | 'export-no-room';

/** @throws MimeoError `import-no-room` or `export-no-room` with both numbers, or that there is no such folder */
export async function refuseNoRoom(
  folder: string,
  neededBytes: number,
  code: NoRoom = 'import-no-room',
): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch((error: unknown) => {
    throw unusable(error, folder, code);
  });
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  throw new MimeoError(
    code,
    `${folder} has ${mebibytes(free)} free, and ${mebibytes(neededBytes)} are needed there.`,
  );
}

/** That a folder filled up meanwhile, in words; any other failure as it is. */
export function noRoom(error: unknown, folder: string, code: NoRoom): unknown {
  if (error instanceof MimeoError && error.code === code) return error;
  const fault = faultOf(error);
  if (fault !== 'ENOSPC' && fault !== 'EDQUOT' && !programSaysFull(error)) return error;
  return new MimeoError(code, `${folder} is full.`, { cause: error });
}

/** Programs (qemu-img) tell in the system's words. */
function programSaysFull(error: unknown): boolean {
  return error instanceof MimeoError && /No space left on device|Disk quota exceeded/.test(error.message);
}

/** Why nothing can be written into a folder. */
export function unusable(error: unknown, folder: string, code: NoRoom): MimeoError {
  switch (faultOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new MimeoError(code, `There is no folder ${folder}.`, {
        next: 'Make it, or name another one.',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new MimeoError(code, `You may not write into ${folder}.`, {
        next: 'Name a folder that is yours, or give the command as root (sudo).',
        cause: error,
      });
    default:
      return new MimeoError(code, `${folder} cannot be written to: ${String(error)}.`, { cause: error });
  }
}

/** The system's code, also of an error inside one of ours. */
function faultOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'syscall' in error && 'code' in error ? error.code : faultOf(error.cause);
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`;
}
