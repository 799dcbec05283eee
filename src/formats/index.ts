export { type ClonezillaExport, exportClonezilla } from './clonezilla/export-clonezilla.ts';
export type { Import, ImportOptions } from './import.ts';
export { openImport } from './open-import.ts';
