import type { HostSettings } from '../settings.ts';
import { type Answer, type Answers, NO_ANSWERS, wordAnswer } from './answer.ts';
import { iniEntries, readIni } from './ini.ts';

/** The answers that keep Mini-Setup from asking; a page is passed over when its answer is there, too. */
export function setupAnswers(settings: HostSettings, sysprepInf: string): Answers {
  if (!settings.windows.skipQuestions) return NO_ANSWERS;
  const answers: Answer[] = [
    wordAnswer('Unattended', 'OemSkipEula', 'Yes'),
    wordAnswer('GuiUnattended', 'OEMSkipRegional', '1'),
    wordAnswer('GuiUnattended', 'OemSkipWelcome', '1'),
  ];
  if (iniEntries(sysprepInf, 'Networking').length === 0) {
    answers.push(wordAnswer('Networking', 'InstallDefaultComponents', 'Yes'));
  }
  return { answers, warnings: [] };
}

/** The keys of which one has to be there, or Mini-Setup stops at a page. Source: Ref.chm, "Sysprep.inf". */
const ASKED: readonly (readonly [string, string, readonly string[]])[] = [
  ['the name of the owner', 'UserData', ['FullName']],
  ['the product key', 'UserData', ['ProductKey', 'ProductID']],
  ["the administrator's password", 'GuiUnattended', ['AdminPassword']],
  ['the time zone', 'GuiUnattended', ['TimeZone']],
  ['the workgroup or domain', 'Identification', ['JoinWorkgroup', 'JoinDomain']],
];

/** What Mini-Setup will stop and ask for although nobody sits in front of it, in words. */
export function questionsLeft(sysprepInf: string): string[] {
  const answered = (section: string, keys: readonly string[]): boolean =>
    keys.some((key) => (readIni(sysprepInf, section, key)?.value.trim() ?? '') !== '');
  return ASKED.filter(([, section, keys]) => !answered(section, keys)).map(([words]) => words);
}
