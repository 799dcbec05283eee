import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { MimeoError } from '../errors.ts';
import { ImportFile } from './codec/import-file.ts';
import { piecesOf } from './codec/split-set.ts';
import { mayNotRead, systemCode } from './plain-file.ts';

/** What the technician named: a folder, or a file (with the other pieces when it is the first of a split set). */
export type Place = FolderPlace | FilePlace;

export interface FolderPlace {
  readonly kind: 'folder';
  readonly path: string;
  /** Names, sorted. */
  readonly entries: readonly string[];
}

export interface FilePlace {
  readonly kind: 'file';
  readonly path: string;
  /** Opens the pieces as one stream, decompressed. */
  readonly file: ImportFile;
  /** The first bytes as they are on disk, and decompressed (the same when it is not compressed); up to 68 KiB. */
  readonly storedHead: Buffer;
  readonly head: Buffer;
}

/**
 * Looks at a path.
 * @throws MimeoError `import-unknown` when there is nothing, `import-damaged` when it does not even decompress,
 * `import-tool-missing`
 */
export async function lookAt(path: string, signal: AbortSignal): Promise<Place> {
  const found = await stat(path).catch((error: unknown) => {
    throw unopened(path, error);
  });
  if (found.isDirectory()) return { kind: 'folder', path, entries: (await namesIn(path)).sort() };
  const file = await ImportFile.open(await piecesOf(await followed(path)));
  return { kind: 'file', path: file.path, file, storedHead: file.storedHead, head: await file.head(signal) };
}

/** What the technician named may be a link; what is found beside it, or in a folder, may not. */
async function followed(path: string): Promise<string> {
  return (await lstat(path)).isSymbolicLink() ? await realpath(path) : path;
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    throw unopened(folder, error);
  });
}

function unopened(path: string, cause: unknown): MimeoError {
  const code = systemCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const next = 'Look for a slip in the path; it is looked for on the machine where you type the command.';
    return new MimeoError('import-unknown', `There is no file or folder ${path}.`, { next, cause });
  }
  if (code === 'EACCES' || code === 'EPERM') return mayNotRead(path, cause);
  return new MimeoError('import-unknown', `${path} could not be opened: ${String(cause)}.`, { cause });
}
