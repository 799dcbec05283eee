/** The text part of a VMDK: which files hold the disk's content. */
export interface VmdkDescriptor {
  readonly extents: readonly VmdkExtent[];
  /** Whether it is only the difference to another disk (a snapshot's delta). */
  readonly hasParent: boolean;
}

export interface VmdkExtent {
  /** `FLAT`, `SPARSE`, `VMFS`, … as it stands there, in capitals. */
  readonly type: string;
  readonly sectors: number;
  /** As it stands there: nothing in it may be trusted. */
  readonly name: string;
  /** Where the content begins in a flat file, in sectors. */
  readonly offset: number;
}

/**
 * Reads a VMDK descriptor, rather too generously: whatever qemu could take for the name of a file must be among
 * the extents, so that it is looked at before qemu opens it. That is any quoted text after a short word after a
 * number; `ddb.uuid.1 = "…"` is none.
 */
export function parseVmdkDescriptor(text: string): VmdkDescriptor {
  // Runs of blanks are joined first, so that the pattern has no unbounded part that a stranger could make slow. A
  // tab stays in a name that had anything but a single space: qemu would open another file than we looked at.
  const joined = text.replaceAll(/\s+/g, (blanks) => {
    if (blanks === ' ' || blanks === '\n') return blanks;
    return blanks === '\r\n' ? '\n' : blanks.includes('\n') ? '\t\n' : '\t';
  });
  const extents: VmdkExtent[] = [];
  for (const match of joined.matchAll(
    /(\d{1,15})(?!\d)\s{0,2}([^\s"]{1,10})\s{0,2}"([^"\n]{0,600})"?(?:\s{1,2}(\d{1,15}))?/g,
  )) {
    const [, sectors = '', type = '', name = '', offset = '0'] = match;
    if (type === '=') continue;
    extents.push({ type: type.toUpperCase(), sectors: Number(sectors), name, offset: Number(offset) });
  }
  const parents = [...joined.matchAll(/parentCID\s{0,2}=\s{0,2}([0-9a-f]{0,8})/gi)];
  return { extents, hasParent: parents.some(([, id = '']) => id.toLowerCase() !== 'ffffffff') };
}
