import type { InfEntry } from './inf-sections.ts';

/** What `%tokens%` stand for, by their names in lower case. */
export type InfStrings = ReadonlyMap<string, string>;

/**
 * The strings of an .inf file. Without a language, or when it has none of it: those of `[Strings]`, and where one is
 * missing there, of the first `[Strings.0407]` that has it, as a file may be written for one language only.
 *
 * @param language a language id as `0407`, or null; then Windows' order ("INF Strings Section") is: that very one,
 * the language without its country, any other country of the language, `[Strings]`
 */
export function readInfStrings(
  sections: ReadonlyMap<string, readonly InfEntry[]>,
  language: string | null = null,
): InfStrings {
  const strings = new Map<string, string>();
  for (const name of namesInOrder([...sections.keys()], language)) {
    for (const { key, values } of sections.get(name) ?? []) {
      const token = key?.toLowerCase().replaceAll('%%', '%');
      if (token !== undefined && !strings.has(token)) strings.set(token, values[0] ?? '');
    }
  }
  return strings;
}

/** A field with its `%tokens%` replaced, `%%` being a percent sign. A token without a string stays as it is. */
export function expand(field: string, strings: InfStrings): string {
  if (!field.includes('%')) return field;
  return field.replace(/%([^%]*)%/g, (whole, token: string) =>
    token === '' ? '%' : (strings.get(token.trim().toLowerCase()) ?? whole),
  );
}

/** The names of the sections of strings, the one that speaks first in front. */
function namesInOrder(names: readonly string[], language: string | null): string[] {
  const wanted = language === null ? Number.NaN : Number.parseInt(language, 16);
  const weight = (name: string): number => {
    const id = Number.parseInt(name.slice('strings.'.length), 16);
    if (name === 'strings') return 3;
    if (id === wanted) return 0;
    // The lower ten bits are the language, the upper six its country (MAKELANGID).
    if ((id & 0x3ff) !== (wanted & 0x3ff) || Number.isNaN(wanted)) return 4;
    return id >> 10 === 0 ? 1 : 2;
  };
  return names.filter((name) => /^strings(\.[0-9a-f]+)?$/.test(name)).sort((a, b) => weight(a) - weight(b));
}
