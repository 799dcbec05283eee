import { MimeoError } from '../errors.ts';

/**
 * What an error means that came while an import of the kind `disk` was read: the technician knows the file that he
 * named, not the view or the copy of it that was read, and no disk of his has failed.
 *
 * @param view the path that was read
 * @param path the one that was named
 */
export function ofImport(error: unknown, view: string, path: string): unknown {
  if (!(error instanceof MimeoError) || view === path) return error;
  const message = error.message.replaceAll(view, path);
  if (error.code === 'disk-failed') return new MimeoError('import-damaged', message, { cause: error });
  return message === error.message
    ? error
    : new MimeoError(error.code, message, { next: error.next, cause: error });
}
