/**
 * Where glibc writes the script behind the locale's name; all others have one script only (glibc's localedata/SUPPORTED).
 */
const MODIFIERS: Readonly<Record<string, string>> = {
  'sr-Latn': '@latin',
  'be-Latn': '@latin',
  'uz-Cyrl': '@cyrillic',
  'tt-Latn': '@iqtelif',
  'sd-Deva': '@devanagari',
  'ks-Deva': '@devanagari',
};

/**
 * The name of a locale in Linux, in UTF-8: `de-DE` → `de_DE.UTF-8`, `sr-Latn-RS` → `sr_RS.UTF-8@latin`. A missing region
 * is the likely one (CLDR's likely subtags: `de` → `de_DE`).
 *
 * @returns null when it is no BCP 47 tag of a language
 */
export function localeName(tag: string): string | null {
  const locale = parse(tag);
  const region = locale?.maximize().region;
  if (locale === null || region === undefined) return null;
  const variant = /-valencia$/i.test(tag) ? '@valencia' : '';
  const script = MODIFIERS[`${locale.language}-${locale.script ?? ''}`] ?? '';
  return `${locale.language}_${region}.UTF-8${variant === '' ? script : variant}`;
}

/** Language and region of a tag, the likely region where it has none; null when it is no tag. */
export function languageAndRegion(
  tag: string,
): { readonly language: string; readonly region: string } | null {
  const locale = parse(tag);
  const region = locale?.maximize().region;
  return locale === null || region === undefined ? null : { language: locale.language, region };
}

function parse(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}
