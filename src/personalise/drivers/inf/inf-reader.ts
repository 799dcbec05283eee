import type { InfEntry, InfSections } from './inf-sections.ts';
import { expand, type InfStrings, readInfStrings } from './inf-strings.ts';

const NONE: readonly InfEntry[] = [];

/** An .inf file by its sections, with the `%tokens%` of what is asked for replaced. */
export class InfReader {
  readonly #sections: InfSections['sections'];
  readonly #strings: InfStrings;

  constructor(sections: InfSections['sections']) {
    this.#sections = sections;
    this.#strings = readInfStrings(sections);
  }

  has(section: string): boolean {
    return this.#sections.has(section.toLowerCase());
  }

  /** The entries of a section as they are written; none when it does not exist. */
  raw(section: string): readonly InfEntry[] {
    return this.#sections.get(section.toLowerCase()) ?? NONE;
  }

  /** A field with its tokens replaced, trimmed. */
  text(field: string | null | undefined): string {
    return expand(field ?? '', this.#strings).trim();
  }

  /** The values of the first entry with that key. */
  values(section: string, key: string): readonly string[] | null {
    const wanted = key.toLowerCase();
    const entry = this.raw(section).find(
      (one) => one.key !== null && this.text(one.key).toLowerCase() === wanted,
    );
    return entry?.values.map((value) => this.text(value)) ?? null;
  }

  /** The first value of the first entry with that key; null when there is none, or nothing in it. */
  value(section: string, key: string): string | null {
    return this.values(section, key)?.[0] || null;
  }

  /** The values of all entries with that key, one after the other. */
  all(section: string, key: string): string[] {
    const wanted = key.toLowerCase();
    return this.raw(section)
      .filter((one) => one.key?.toLowerCase() === wanted)
      .flatMap((one) => one.values.map((value) => this.text(value)))
      .filter((value) => value !== '');
  }

  /** The first of these names that is a section. */
  firstOf(...names: readonly string[]): string | null {
    return names.find((name) => this.has(name)) ?? null;
  }
}
