import { isWindowsKeyboard, windowsLocale } from '../locales.ts';
import type { Region } from '../settings.ts';
import { type AnswerFile, readSetting, writeSetting } from './answer-file.ts';
import type { WindowsFacts } from './facts.ts';
import { INTERNATIONAL, type Pass } from './names.ts';

/**
 * Languages, formats and keyboard. They are needed twice: from specialize the system has them, and from oobeSystem
 * Windows knows that it need not ask.
 *
 * @param answered whether nobody is to be asked: then the image's own language answers what the settings leave open
 */
export function withRegion(
  file: AnswerFile,
  region: Region,
  facts: WindowsFacts,
  answered: boolean,
): AnswerFile {
  const wanted = valuesOf(region);
  const passes: readonly Pass[] = ['specialize', 'oobeSystem'];
  let changed = file;
  for (const pass of passes) {
    const place = { pass, component: INTERNATIONAL };
    for (const [name, value] of wanted) {
      if (value !== null) {
        changed = writeSetting(changed, place, [name], value);
      } else if (answered && pass === 'oobeSystem' && facts.language !== null) {
        const fallback = localeName(region.language ?? facts.language);
        if (readSetting(changed, place, [name]) === null) {
          changed = writeSetting(changed, place, [name], fallback);
        }
      }
    }
  }
  return changed;
}

function valuesOf({ language, formats, keyboard }: Region): [string, string | null][] {
  const typing = keyboard ?? language;
  return [
    ['InputLocale', typing === null ? null : typing.split(';').map(keyboardName).join(';')],
    ['SystemLocale', language === null ? null : localeName(language)],
    ['UILanguage', language === null ? null : localeName(language)],
    ['UserLocale', (formats ?? language) === null ? null : localeName(formats ?? language ?? '')],
  ];
}

/** Vista and later take a locale's name for its usual keyboard or input method, so no layout is written for it. */
function keyboardName(keyboard: string): string {
  return isWindowsKeyboard(keyboard.trim()) ? keyboard.trim() : localeName(keyboard.trim());
}

/** In the spelling of Windows; a locale that is not in the table may be one that came after it. */
function localeName(tag: string): string {
  return windowsLocale(tag)?.name ?? tag;
}
