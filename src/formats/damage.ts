import { basename, join } from 'node:path';
import { MimeoError } from '../errors.ts';

/** Where in an import file something is: `sda1.ntfs-ptcl-img.gz at byte 12 of what it decompresses to`. */
export interface DamagePlace {
  /** The file, or the first of a split set. */
  readonly path: string;
  readonly offset: number;
  /** Whether the offset counts decompressed bytes. */
  readonly compressed: boolean;
  /** The files of a split set that were found, in order. */
  readonly pieces?: readonly string[];
}

/**
 * The error for an import that cannot be whole.
 * @param words what was expected and what was found there, without a full stop
 */
export function damaged(
  { path, offset, compressed, pieces = [] }: DamagePlace,
  words: string,
  cause?: unknown,
): MimeoError {
  const where = compressed ? ` (counted in its decompressed content)` : '';
  return new MimeoError(
    'import-damaged',
    `${path} is damaged at byte ${offset}${where}: ${words}.${splitNote(pieces)}`,
    cause === undefined ? {} : { cause },
  );
}

/** Fewer than these are all named. */
const MANY = 8;

/** A set whose last piece was not copied looks like a damaged file. */
function splitNote(pieces: readonly string[]): string {
  const names = pieces.map((path) => basename(path));
  const [first = ''] = names;
  if (names.length < 2 && !/\.(?:aa+|00+)$/.test(first)) return '';
  const ends = names.map((name, i) => (i > 0 || /\.(?:aa+|00+)$/.test(name) ? lastWord(name) : name));
  const found = ends.length < MANY ? ends.join(', ') : `${ends.slice(0, 2).join(', ')} to ${ends.at(-1)}`;
  return ` It is a split image, of which a later piece may be missing: found ${found}.`;
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * The error for an import of which a file is not there.
 * @param words what tells that it should be, without a full stop
 */
export function missingFile(
  folder: string,
  name: string,
  words: string,
  next = 'Copy the whole folder again from where it came, and look whether this file is there; nothing was imported.',
): MimeoError {
  return new MimeoError('import-damaged', `${join(folder, name)} is missing: ${words}.`, { next });
}
