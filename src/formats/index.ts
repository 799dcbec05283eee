export type { Import, ImportOptions } from './import.ts';
export { openImport } from './open-import.ts';
