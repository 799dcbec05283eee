import { MimeoError } from '../errors.ts';

const CAUSES: Readonly<Record<string, string>> = {
  EROFS: 'the volume is mounted read-only (hibernated, or not shut down cleanly)',
  ENOSPC: 'the volume is full',
  EIO: 'the disk did not take it (input/output error)',
  EACCES: 'access was refused (an encrypted file?)',
  EPERM: 'it must not be changed (marked immutable?)',
  EOPNOTSUPP: 'the file is of a kind that cannot be written from here (encrypted?)',
};

/**
 * Does something to a path of a volume; what goes wrong is told with that path.
 *
 * @throws MimeoError `personalise-not-written`, or its own
 */
export async function inWords<T>(words: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof MimeoError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const cause = CAUSES[code] ?? (error instanceof Error ? error.message : String(error));
    throw new MimeoError('personalise-not-written', `${words} could not be written: ${cause}.`, {
      cause: error,
    });
  }
}
