/** One thing that was done to a disk, in the order in which it ended. `at` counts the steps. */
export type Step =
  | { readonly do: 'folder'; readonly path: string }
  | { readonly do: 'create'; readonly path: string; readonly file: number }
  | { readonly do: 'write'; readonly file: number; readonly bytes: Buffer }
  /** Covers what was written before step `from`, when it began. */
  | { readonly do: 'sync'; readonly file: number; readonly from: number }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'remove'; readonly path: string }
  /** Covers the names that came and went before step `from`. */
  | { readonly do: 'sync-folder'; readonly path: string; readonly from: number }
  /** Something the one who used the disk said meanwhile. */
  | { readonly do: 'say'; readonly words: unknown };

/** What lies on a disk. */
export interface Tree {
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What becomes of a file's bytes that were written and not synced. */
export type Fate = 'kept' | 'lost' | 'torn' | 'zeros';

/** What becomes of everything that was not synced when the power goes. */
export interface Chance {
  /** Whether a name that came or went reached the disk; each half of a rename is asked for by itself. */
  readonly name: () => boolean;
  readonly content: () => Fate;
  /** Where a torn file ends, from 0 to 1. */
  readonly tear: () => number;
}
