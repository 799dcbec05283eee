import { MimeoError } from '../errors.ts';

/**
 * An error of the filesystem in a technician's words: `store-full` for a full disk or quota, else
 * `store-failed`. A MimeoError stays what it is.
 * @param doing what was tried, as in "write chunk 12ab…"
 */
export function storeError(error: unknown, doing: string): MimeoError {
  if (error instanceof MimeoError) return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MimeoError('store-full', `The store could not ${doing}: the disk is full.`, { cause: error });
  }
  const words = error instanceof Error ? error.message : String(error);
  return new MimeoError('store-failed', `The store could not ${doing}: ${words}.`, { cause: error });
}

/** The system's code of an error (`ENOENT`), '' when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
