import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MimeoError } from '../errors.ts';
import { damaged } from './damage.ts';

/**
 * Opens one of an import's files for reading. A link is not followed: whoever may write into a shared folder could
 * have an administrator import any file of the machine by it. A pipe is not waited for.
 *
 * @throws MimeoError `import-damaged` when it is not there or is no file, `import-unsupported` when it is a link,
 * `import-unknown` when it may not be read
 */
export async function openFile(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    throw unopened(path, error);
  });
  try {
    const found = await file.stat();
    if (found.isFile() || found.isBlockDevice()) return file;
    throw noFile(path, found.isDirectory() ? 'a folder' : 'a pipe, a socket or a terminal');
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * How many bytes one of an import's files has.
 * @throws MimeoError as {@link openFile}
 */
export async function fileBytes(path: string): Promise<number> {
  await using file = await openFile(path);
  return (await file.stat()).size;
}

/** The error for a path that the user has no right to read. */
export function mayNotRead(path: string, cause: unknown): MimeoError {
  return new MimeoError('import-unknown', `You may not read ${path}.`, {
    next: 'Give the command as root (sudo), or as the user to whom the file belongs.',
    cause,
  });
}

/** The system's code of an error (`ENOENT`); undefined when it is not one of the system's. */
export function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function unopened(path: string, error: unknown): MimeoError {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return mayNotRead(path, error);
    case 'ELOOP':
      return new MimeoError(
        'import-unsupported',
        `${path} is a link, and links in an image are not followed.`,
        {
          next: 'Put the file itself in its place (`cp -L` copies what a link leads to), if you know where it leads.',
          cause: error,
        },
      );
    case 'ENXIO':
      return noFile(path, 'a pipe, a socket or a terminal');
    default:
      return damaged(
        { path, offset: 0, compressed: false },
        `it could not be opened (${String(error)})`,
        error,
      );
  }
}

function noFile(path: string, what: string): MimeoError {
  return damaged({ path, offset: 0, compressed: false }, `it should be a file, it is ${what}`);
}
