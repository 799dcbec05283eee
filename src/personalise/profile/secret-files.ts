import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import { secretNameRule } from './rules.ts';

const MAX_BYTES = 4096;

/** Secrets by their names; those that have no file are absent. Nothing of a content is in any message. */
export interface Secrets {
  readonly values: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Reads secrets, each from the file of its name: its text without the line end behind it.
 *
 * @param folder outside of the share
 * @throws MimeoError `profile-invalid` for one that is no text on one line
 */
export async function readSecrets(folder: string, names: Iterable<string>): Promise<Secrets> {
  const values = new Map<string, string>();
  const warnings: string[] = [];
  for (const name of new Set(names)) {
    if (secretNameRule(name) !== null) continue;
    const path = join(folder, name);
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw unreadable(path, `cannot be read (${error.code ?? error.message})`, error);
      },
    );
    if (file === null) continue;
    try {
      const { size, mode } = await file.stat();
      if (size > MAX_BYTES) throw unreadable(path, `has ${size} bytes; ${MAX_BYTES} is the most`);
      if ((mode & 0o077) !== 0)
        warnings.push(`Others than its owner may read the secret ${path}: chmod 600 it.`);
      const value = (await file.readFile('utf8')).replace(/^\ufeff/, '').replace(/\r?\n$/, '');
      if (value === '') throw unreadable(path, 'is empty');
      if (/[\p{Cc}\ufffd]/u.test(value)) throw unreadable(path, 'is not one line of text in UTF-8');
      values.set(name, value);
    } finally {
      await file.close();
    }
  }
  return { values, warnings };
}

function unreadable(path: string, words: string, cause?: unknown): MimeoError {
  return new MimeoError('profile-invalid', `The secret ${path} ${words}.`, {
    next: 'Write the secret into it, on one line, and try again.',
    cause,
  });
}
