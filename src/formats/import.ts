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

export type ImportFormatName = 'raw' | 'qcow2' | 'vhd' | 'vhdx' | 'vmdk';

export interface ImportOptions {
  readonly signal: AbortSignal;
  /** Which table is made around an image of a single partition. Default: `mbr`, or `gpt` from 2 TiB on. */
  readonly partitionTable?: 'mbr' | 'gpt';
  /** A file with the first sectors of the disk that a lone partition comes from, for its boot code. */
  readonly mbr?: string;
  /** What the file is, when it could be two things. */
  readonly format?: ImportFormatName;
  /** Virtual disks that the one to be imported is a difference to: no other base is ever read. */
  readonly backing?: readonly string[];
  /** Of a file with several images (WIM): its number from 1, or its name. */
  readonly index?: string;
  /** A folder for large temporary files. Default: /var/tmp. */
  readonly workFolder?: string;
}

/** One row of the table that {@link openImport} tries in order. */
export interface ImportFormat {
  /** For "looked for": `Clonezilla folder`. */
  readonly name: string;
  recognises(place: Place): boolean;
  open(place: Place, options: ImportOptions): Promise<Import>;
}
