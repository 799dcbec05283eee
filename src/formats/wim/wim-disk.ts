import type { SourceDisk } from '../../image/index.ts';
import type { ImportOptions } from '../import.ts';
import type { WimImage } from './wim-images.ts';

/** What a disk is made for. */
export interface DiskRequest extends ImportOptions {
  /** For temporary files that live as long as the disk. */
  readonly folder: string;
  /** The WIM, for errors. */
  readonly path: string;
  readonly windows: WimImage['windows'];
}

export interface WimDisk {
  readonly disk: SourceDisk;
  /** Whole sentences. */
  readonly warnings: readonly string[];
}
