import { MimeoError } from '../../errors.ts';
import type { FolderPlace } from '../place.ts';
import { readWords } from './read-words.ts';

/** @throws MimeoError `import-unsupported` for what only Clonezilla itself can put back on a disk */
export async function refuseUnsupported(place: FolderPlace): Promise<void> {
  const has = (name: string): boolean => place.entries.includes(name);
  if (
    place.entries.some((name) => name.startsWith('ecryptfs')) ||
    place.entries.some((name) => name.startsWith('ECRYPTFS_'))
  ) {
    throw refused(
      place,
      "is encrypted (Clonezilla's option -enc)",
      'Restore it to a disk with Clonezilla, and capture that disk.',
    );
  }
  for (const [list, words] of [
    ['lvm_vg_dev.list', 'was made of a disk with LVM, whose volumes are in files of their own'],
    ['luks-dev.list', 'was made of a disk with LUKS, whose opened volumes are in files of their own'],
    ['luks_dev.list', 'was made of a disk with LUKS, whose opened volumes are in files of their own'],
  ] as const) {
    if (!has(list) || (await readWords(place, list)).length === 0) continue;
    throw refused(place, words, 'Restore it to a disk with Clonezilla, and capture that disk with Mimeo.');
  }
}

function refused(place: FolderPlace, words: string, next: string): MimeoError {
  return new MimeoError('import-unsupported', `${place.path} ${words}.`, { next });
}
