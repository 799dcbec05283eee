import { type AnswerFile, type Place, readSetting, writeSetting } from './answer-file.ts';
import { BUILD, type WindowsFacts } from './facts.ts';
import { ENCRYPTION, SHELL } from './names.ts';

export const WELCOME: Place = { pass: 'oobeSystem', component: SHELL };

interface Answer {
  readonly name: string;
  readonly value: string;
  /** The build that knows it first: an older one stops at a setting that it does not know. */
  readonly from: number;
  /** The build from which it is no longer asked. */
  readonly until?: number;
  /** A choice: the master's own stands. */
  readonly choice?: true;
}

/**
 * The pages of the first start and what hides them. Source: Unattended Windows Setup Reference of each version.
 * SkipMachineOOBE and SkipUserOOBE are not used: Microsoft calls them for tests only, and the accounts they leave
 * out are missing afterwards. ProtectYourPC 3 switches nothing on that nobody chose (updates of 7, "express
 * settings" of 10).
 */
const ANSWERS: readonly Answer[] = [
  { name: 'HideEULAPage', value: 'true', from: 0 },
  { name: 'HideLocalAccountScreen', value: 'true', from: BUILD.eight },
  { name: 'HideOEMRegistrationScreen', value: 'true', from: BUILD.eight },
  { name: 'HideOnlineAccountScreens', value: 'true', from: BUILD.eightOne },
  { name: 'HideWirelessSetupInOOBE', value: 'true', from: BUILD.seven },
  { name: 'NetworkLocation', value: 'Work', from: 0, until: BUILD.eight, choice: true },
  { name: 'ProtectYourPC', value: '3', from: 0, choice: true },
];

/** Answers what the first start would ask. */
export function withAnswers(file: AnswerFile, facts: WindowsFacts): AnswerFile {
  return ANSWERS.filter(({ from, until = Infinity }) => facts.build >= from && facts.build < until).reduce(
    (changed, { name, value, choice }) => {
      const path = ['OOBE', name];
      if (choice === true && readSetting(changed, WELCOME, path) !== null) return changed;
      return writeSetting(changed, WELCOME, path, value);
    },
    file,
  );
}

/**
 * Keeps Windows from encrypting its disk by itself. Version 8.1 brought both the habit and the setting, and only for
 * 64 bits.
 */
export function withoutEncryption(file: AnswerFile, facts: WindowsFacts): AnswerFile {
  if (facts.build < BUILD.eightOne || facts.architecture === 'x86') return file;
  const place: Place = { pass: 'oobeSystem', component: ENCRYPTION };
  return writeSetting(file, place, ['PreventDeviceEncryption'], 'true');
}
