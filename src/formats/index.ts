export { type ClonezillaExport, exportClonezilla } from './clonezilla/export-clonezilla.ts';
export type { Import, ImportOptions } from './import.ts';
export { openImport } from './open-import.ts';
export { ofImport } from './view-error.ts';
export { type DiskExport, exportQcow2, exportRaw } from './virtual-disk/export-disk.ts';
export type { ExportProgress } from './virtual-disk/write-disk.ts';
export { noRoom, type WorkFolder, workFolder } from './work-room.ts';
