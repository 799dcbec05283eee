import { readdir, stat } from 'node:fs/promises';
import { MimeoError } from '../errors.ts';
import { ImportFile } from './codec/import-file.ts';
import { piecesOf } from './codec/split-set.ts';

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
  /** The first bytes as they are on disk, and decompressed (the same when it is not compressed); up to 64 KiB. */
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
  if (found.isDirectory()) return { kind: 'folder', path, entries: (await readdir(path)).sort() };
  const file = await ImportFile.open(await piecesOf(path));
  return { kind: 'file', path, file, storedHead: file.storedHead, head: await file.head(signal) };
}

function unopened(path: string, cause: unknown): MimeoError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const next = 'Look for a slip in the path; it is looked for on the machine where you type the command.';
    return new MimeoError('import-unknown', `There is no file or folder ${path}.`, { next, cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const next = 'Give the command as root (sudo), or as the user to whom the file belongs.';
    return new MimeoError('import-unknown', `You may not read ${path}.`, { next, cause });
  }
  return new MimeoError('import-unknown', `${path} could not be opened: ${String(cause)}.`, { cause });
}
