import { languageAndRegion } from './locale-name.ts';

/** A keyboard as X and Wayland call it, and as the text console does. */
export interface Keyboard {
  readonly layout: string;
  readonly variant: string;
  /** How one goes between several layouts. */
  readonly options: string;
  readonly keymap: string;
}

/**
 * Layout, variant and keymap for each language with its region; one alone stands for all its regions, or its languages.
 * Layouts as xkeyboard-config's rules/base.lst names them, keymaps as kbd does, paired as systemd's kbd-model-map does.
 */
const KEYBOARDS: Readonly<Record<string, readonly [layout: string, variant: string, keymap: string]>> = {
  'de-CH': ['ch', '', 'sg'],
  'fr-CH': ['ch', 'fr', 'fr_CH'],
  'it-CH': ['ch', '', 'sg'],
  'fr-BE': ['be', '', 'be-latin1'],
  'nl-BE': ['be', '', 'be-latin1'],
  'fr-CA': ['ca', '', 'cf'],
  'en-CA': ['us', '', 'us'],
  'en-GB': ['gb', '', 'uk'],
  'en-IE': ['ie', '', 'uk'],
  'pt-BR': ['br', 'abnt2', 'br-abnt2'],
  'es-ES': ['es', '', 'es'],
  'ca-ES': ['es', 'cat', 'es'],
  'de-AT': ['at', '', 'de-latin1'],
  'nl-NL': ['us', 'intl', 'us-acentos'],
  'sr-Latn': ['rs', 'latin', 'slovene'],
  bg: ['us,bg', ',phonetic', 'bg_pho-utf8'],
  bs: ['ba', '', 'croat'],
  cs: ['cz', '', 'cz-lat2'],
  da: ['dk', '', 'dk-latin1'],
  de: ['de', '', 'de-latin1-nodeadkeys'],
  el: ['us,gr', '', 'gr'],
  en: ['us', '', 'us'],
  es: ['latam', '', 'la-latin1'],
  et: ['ee', '', 'et'],
  fi: ['fi', '', 'fi'],
  fr: ['fr', '', 'fr-latin9'],
  he: ['us,il', '', 'il'],
  hr: ['hr', '', 'croat'],
  hu: ['hu', '', 'hu'],
  is: ['is', '', 'is-latin1'],
  it: ['it', '', 'it'],
  ja: ['jp', '', 'jp106'],
  ko: ['kr', '', 'us'],
  lt: ['lt', '', 'lt'],
  lv: ['lv', '', 'lv'],
  mk: ['us,mk', '', 'mk-utf'],
  nb: ['no', '', 'no'],
  nn: ['no', '', 'no'],
  no: ['no', '', 'no'],
  pl: ['pl', '', 'pl2'],
  pt: ['pt', '', 'pt-latin1'],
  ro: ['ro', '', 'ro'],
  ru: ['us,ru', '', 'ruwin_alt-UTF-8'],
  sk: ['sk', '', 'sk-qwertz'],
  sl: ['si', '', 'slovene'],
  sr: ['us,rs', '', 'sr-cy'],
  sv: ['se', '', 'sv-latin1'],
  tr: ['tr', '', 'trq'],
  uk: ['us,ua', '', 'ua-utf'],
  zh: ['us', '', 'us'],
};

/** The usual keyboard of a language (BCP 47); null when it is not known. */
export function keyboardOf(tag: string): Keyboard | null {
  const found = languageAndRegion(tag);
  if (found === null) return null;
  const script = /^[a-z]+-latn\b/i.test(tag) ? 'Latn' : found.region;
  const row = KEYBOARDS[`${found.language}-${script}`] ?? KEYBOARDS[found.language];
  if (row === undefined) return null;
  const [layout, variant, keymap] = row;
  return { layout, variant, options: layout.includes(',') ? 'grp:alt_shift_toggle' : '', keymap };
}
