/**
 * The language groups of Windows 2000, XP and 2003 (`LanguageGroup` in sysprep.inf), by the lower ten bits of a
 * language identifier; what is not named is of group 1, Western Europe. Sources: Ref.chm of the XP deployment tools,
 * [RegionalSettings]; Microsoft's list of the XP/2003 locales and their language groups.
 */
const GROUPS: readonly (readonly [number, string])[] = [
  [2, '05 0e 15 18 1a 1b 1c 24'],
  [3, '25 26 27'],
  [4, '08'],
  [5, '02 19 22 23 2f 3f 40 44 50'],
  [6, '1f 2c 43'],
  [7, '11'],
  [8, '12'],
  [11, '1e'],
  [12, '0d'],
  [13, '01 20 29 5a 65'],
  [14, '2a'],
  [15, '39 45 46 47 48 49 4a 4b 4c 4d 4e 4f 57'],
  [16, '37'],
  [17, '2b'],
];

const byLanguage: ReadonlyMap<number, number> = new Map(
  GROUPS.flatMap(([group, languages]) =>
    languages.split(' ').map((language) => [Number.parseInt(language, 16), group] as const),
  ),
);

/** One language, two scripts: Serbian and Bosnian, Azeri, Uzbek in Cyrillic. */
const CYRILLIC: ReadonlySet<number> = new Set([0x0c1a, 0x1c1a, 0x201a, 0x281a, 0x301a, 0x082c, 0x0843]);
/** Chinese in traditional characters: Taiwan, Hong Kong, Macao. */
const TRADITIONAL: ReadonlySet<number> = new Set([0x0404, 0x0c04, 0x1404]);

/** The language group a language belongs to. */
export function languageGroup(lcid: number): number {
  if (CYRILLIC.has(lcid)) return 5;
  const language = lcid & 0x3ff;
  if (language === 0x04) return TRADITIONAL.has(lcid) ? 9 : 10;
  return byLanguage.get(language) ?? 1;
}

/** The first six are in every Windows; the files of the others are only where they were installed. */
export function isAlwaysInstalled(group: number): boolean {
  return group <= 6;
}
