/** NTFS file attributes, as in FILE_ATTRIBUTE_*. */
export const ATTRIBUTE = {
  readOnly: 0x1,
  hidden: 0x2,
  system: 0x4,
  archive: 0x20,
  compressed: 0x800,
} as const;

/** What a file of a master holds. */
export type Content =
  /** The bytes of a file of this machine. */
  | { readonly copyOf: string }
  | { readonly bytes: Buffer }
  /** A file of `size` bytes with holes between its pieces. */
  | { readonly size: number; readonly pieces: readonly { readonly at: number; readonly bytes: Buffer }[] };

interface Common {
  /** Path below the volume's root, with `/`. Parent folders need no entries of their own. */
  readonly path: string;
  readonly attributes?: number;
  /** Alternate data streams by name. */
  readonly streams?: Readonly<Record<string, Buffer>>;
}

/** One file or folder of a master's tree. */
export type TreeEntry =
  | (Common & { readonly kind: 'file'; readonly content: Content; readonly hardLinks?: readonly string[] })
  | (Common & { readonly kind: 'folder'; readonly reparseData?: Buffer });
