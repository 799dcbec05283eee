import { damaged } from './damaged.ts';
import type { LvmSection, LvmValue } from './metadata-text.ts';

/** A whole number that is not negative. */
export function numberIn(section: LvmSection, key: string): number {
  const value = section.get(key);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw damaged(`its text has no number for ${key}`);
}

export function textIn(section: LvmSection, key: string): string {
  const value = section.get(key);
  if (typeof value === 'string') return value;
  throw damaged(`its text has no words for ${key}`);
}

export function sectionIn(section: LvmSection, key: string): LvmSection {
  const value = section.get(key);
  if (value instanceof Map) return value;
  throw damaged(`its text has no section ${key}`);
}

/** The sections within a section, with their names. */
export function* sectionsIn(section: LvmSection): Generator<[string, LvmSection]> {
  for (const [key, value] of section) if (value instanceof Map) yield [key, value];
}

/** A list; empty when it is missing. */
export function listIn(section: LvmSection, key: string): readonly LvmValue[] {
  const value = section.get(key);
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw damaged(`its text has no list for ${key}`);
}
