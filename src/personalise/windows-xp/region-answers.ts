import { type WindowsLocale, windowsLocale, windowsLocales } from '../locales.ts';
import type { Region } from '../settings.ts';
import { windowsTimeZone } from '../time-zones.ts';
import {
  type Answer,
  type Answers,
  hexAnswer,
  listAnswer,
  noAnswers,
  textAnswer,
  wordAnswer,
} from './answer.ts';
import { readIni } from './ini.ts';
import { isAlwaysInstalled, languageGroup } from './language-groups.ts';
import { xpTimeZone } from './xp-time-zones.ts';

const SECTION = 'RegionalSettings';

/** [GuiUnattended] TimeZone, a number. */
export function timeZoneAnswers({ timeZone }: Region): Answers {
  if (timeZone === null) return { answers: [], warnings: [] };
  const windowsName = windowsTimeZone(timeZone);
  const number = windowsName === null ? null : xpTimeZone(windowsName);
  if (number !== null) {
    return { answers: [wordAnswer('GuiUnattended', 'TimeZone', String(number))], warnings: [] };
  }
  return {
    answers: [],
    warnings: [
      `Windows XP has no time zone for ${timeZone}; the one in the image stays. Choose one it has, such as Etc/GMT-3 for three hours east of Greenwich.`,
    ],
  };
}

/**
 * [RegionalSettings]. The language of menus is the image's own: these are the languages of old programs
 * (SystemLocale), of dates and numbers (UserLocale), and the keyboard (InputLocale). A `Language` in the file would make
 * setup pass over all three (Ref.chm), so it is taken out and what it stood for is written in full.
 */
export function regionAnswers(region: Region, sysprepInf: string): Answers {
  const warnings: string[] = [];
  const known = (tag: string | null, what: string): WindowsLocale | null => {
    const locale = tag === null ? null : windowsLocale(tag);
    if (tag !== null && locale === null) {
      warnings.push(`Windows does not know ${tag} as a ${what}; the one in the image stays.`);
    }
    return locale;
  };
  const language = known(region.language, 'language');
  const formats = known(region.formats, 'format of dates and numbers');
  const keyboard = keyboardOf(region.keyboard, known, warnings);
  if (language === null && formats === null && keyboard === null) return { answers: [], warnings };

  const instead = languageInFile(sysprepInf);
  const system = language ?? instead;
  const user = formats ?? language ?? instead;
  const input = keyboard ?? language?.keyboard ?? instead?.keyboard ?? null;
  const answers: Answer[] = noAnswers(SECTION, ['Language']);
  const groups = new Set(
    [system, user].flatMap((locale) => (locale === null ? [] : languageGroup(locale.lcid))),
  );
  answers.push(...groupAnswer(sysprepInf, [...groups]));
  if (system !== null) answers.push(hexAnswer(SECTION, 'SystemLocale', system.lcid));
  const has = (key: string): boolean => readIni(sysprepInf, SECTION, key) !== null;
  if (user !== null) {
    answers.push(hexAnswer(SECTION, 'UserLocale', user.lcid));
    if (has('UserLocale_DefaultUser')) answers.push(hexAnswer(SECTION, 'UserLocale_DefaultUser', user.lcid));
  }
  if (input !== null) {
    answers.push(keyboardAnswer('InputLocale', input));
    if (has('InputLocale_DefaultUser')) answers.push(keyboardAnswer('InputLocale_DefaultUser', input));
  }
  const missing = [...groups].filter((group) => !isAlwaysInstalled(group));
  if (missing.length > 0) {
    warnings.push(
      `The language wanted is of group ${missing.join(' and ')}: its files must be installed in the image, or lie in the folder that InstallFilesPath names.`,
    );
  }
  return { answers, warnings };
}

function keyboardAnswer(key: string, keyboard: string): Answer {
  const answer = textAnswer(SECTION, key, keyboard, 'The keyboard');
  // Nothing but digits, letters and a colon: it is written as Setup Manager does, without quotes.
  return { ...answer, written: keyboard, sameAs: (found) => found.toLowerCase() === keyboard.toLowerCase() };
}

function keyboardOf(
  wanted: string | null,
  known: (tag: string, what: string) => WindowsLocale | null,
  warnings: string[],
): string | null {
  if (wanted === null) return null;
  if (!wanted.includes(':')) return known(wanted, 'keyboard')?.keyboard ?? null;
  if (/^[0-9a-f]{4}:[0-9a-f]{8}$/i.test(wanted)) return wanted.toLowerCase();
  warnings.push(`Windows XP takes no keyboard like ${wanted} from sysprep.inf; the one in the image stays.`);
  return null;
}

/** What `Language` in the file stands for. */
function languageInFile(sysprepInf: string): WindowsLocale | null {
  const found = readIni(sysprepInf, SECTION, 'Language')?.value ?? '';
  if (!/^[0-9a-f]{3,8}$/i.test(found)) return null;
  const lcid = Number.parseInt(found, 16);
  return windowsLocales().find((locale) => locale.lcid === lcid) ?? null;
}

/** LanguageGroup with these groups in it; those that were there stay, in their form: `1,9` or `"1","9"`. */
function groupAnswer(sysprepInf: string, groups: readonly number[]): Answer[] {
  const found = readIni(sysprepInf, SECTION, 'LanguageGroup')?.written.trim() ?? '';
  const there = found
    .replaceAll('"', '')
    .split(',')
    .map((group) => group.trim());
  const missing = groups.filter((group) => !there.some((one) => one !== '' && Number(one) === group));
  if (missing.length === 0) return [];
  const kept = found.replaceAll('"', '').trim() === '' ? [] : [found];
  const quote = found.includes('"') ? '"' : '';
  const written = [...kept, ...missing.map((group) => `${quote}${group}${quote}`)].join(',');
  return [listAnswer(SECTION, 'LanguageGroup', written)];
}
