import type { ImageSource } from '../image/index.ts';
import type { Place } from './place.ts';

/** Somebody else's image, opened. */
export type Import =
  | { readonly kind: 'source'; readonly source: ImageSource }
  /** A whole disk as a plain file (or a FUSE view of one), to be captured like a disk. Dispose it afterwards. */
  | (AsyncDisposable & {
      readonly kind: 'disk';
      readonly path: string;
      readonly description: string;
      readonly warnings: readonly string[];
    });

export interface ImportOptions {
  readonly signal: AbortSignal;
  /** Which table is made around an image of a single partition. Default: `mbr`, or `gpt` from 2 TiB on. */
  readonly partitionTable?: 'mbr' | 'gpt';
}

/** One row of the table that {@link openImport} tries in order. */
export interface ImportFormat {
  /** For "looked for": `Clonezilla folder`. */
  readonly name: string;
  recognises(place: Place): boolean;
  open(place: Place, options: ImportOptions): Promise<Import>;
}
