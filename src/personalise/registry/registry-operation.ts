import type { RegistryData } from './registry-data.ts';

/**
 * One step of what a .reg file does, as regedit does it: in order, each on what the ones before have left. A key is
 * named from its root on, backslashes between: `HKEY_LOCAL_MACHINE\SOFTWARE\School`. Values make their key, with all
 * keys above it, also when they are only deleted.
 */
export type RegistryOperation =
  | { readonly kind: 'ensure-key'; readonly key: string }
  /** With all that is in it; nothing is done where there is none. */
  | { readonly kind: 'delete-key'; readonly key: string }
  | { readonly kind: 'set-value'; readonly key: string; readonly name: string; readonly data: RegistryData }
  | { readonly kind: 'delete-value'; readonly key: string; readonly name: string };

/** What regedit calls the roots, and the short names that only people and reg.exe use. */
export const ROOTS: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKU: 'HKEY_USERS',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCC: 'HKEY_CURRENT_CONFIG',
};

/** Windows: 255 letters for a key, 16383 for a value. */
export const LONGEST_KEY_NAME = 255;
export const LONGEST_VALUE_NAME = 16_383;
