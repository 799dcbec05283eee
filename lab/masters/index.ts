export { BIOS_LAYOUT, DISK_SECTORS, UEFI_LAYOUT } from './layout.ts';
export { type Master, masters } from './masters.ts';
export { SYSPREP_INF } from './tree/windows-files.ts';
export { STALE_MARK, VOLUME_BYTES } from './volume.ts';
