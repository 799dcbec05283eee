import { MimeoError } from '../errors.ts';

/** Where in an import file something is: `sda1.ntfs-ptcl-img.gz at byte 12 of what it decompresses to`. */
export interface DamagePlace {
  /** The file, or the first of a split set. */
  readonly path: string;
  readonly offset: number;
  /** Whether the offset counts decompressed bytes. */
  readonly compressed: boolean;
}

/**
 * The error for an import that cannot be whole.
 * @param words what was expected and what was found there, without a full stop
 */
export function damaged(
  { path, offset, compressed }: DamagePlace,
  words: string,
  cause?: unknown,
): MimeoError {
  const where = compressed ? ` (counted in its decompressed content)` : '';
  return new MimeoError(
    'import-damaged',
    `${path} is damaged at byte ${offset}${where}: ${words}.`,
    cause === undefined ? {} : { cause },
  );
}
