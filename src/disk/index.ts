export { placeFallbackLoader, registerBootEntry } from './boot-entry.ts';
export { chooseDisk } from './choose-disk.ts';
export type { DiskInfo, DiskRule, DiskTransport } from './disk-info.ts';
export { type Recognised, recogniseFilesystem, SNIFF_BYTES } from './filesystem.ts';
export {
  type FitRequest,
  type FittedLayout,
  fitLayout,
  type Growth,
  isExtended,
  neededBytes,
  refuseUnfit,
} from './fit.ts';
export { fixBootSectors } from './fix-boot-sectors.ts';
export { flushDisk } from './flush.ts';
export { checkNtfs, growNtfs } from './grow-ntfs.ts';
export { announceLayout, readDiskLayout, readLayout, writeLayout } from './layout.ts';
export { listDisks } from './list-disks.ts';
export { makeUnbootable, readSavedTable } from './make-unbootable.ts';
export { withNtfs } from './mount-ntfs.ts';
export { type Disk, openDisk, readAt, readInto, writeAt } from './open-disk.ts';
export { type PartitionContent, readContent } from './partition-content.ts';
export type { PartitionView } from './partition-view.ts';
export { refuseDynamic } from './refuse-dynamic.ts';
export { releaseDisk } from './release-disk.ts';
export { decodeSavedTable, encodeSavedTable, type SavedTable } from './saved-table.ts';
export { encodeLayout } from './table/encode-layout.ts';
export { readLayoutFrom, type TableSource } from './table/read-layout.ts';
export { refuseUnwritable } from './table/refuse-unwritable.ts';
export { withReadOnly } from './with-read-only.ts';
