import type { HostSettings } from '../settings.ts';
import type { FolderEntry, PersonaliseOrder, PersonalisePlan } from '../types.ts';
import { pathsOfXp, planXp } from './plan.ts';

/** The paths whose content {@link planWindowsXp} looks at, as far as the view tells already. */
export function pathsOfWindowsXp(order: PersonaliseOrder, view: FolderEntry): (readonly string[])[] {
  return pathsOfXp(settingsOf(order), view);
}

/** Plans for an order that knows no more than a name and .reg files. */
export function planWindowsXp(order: PersonaliseOrder, view: FolderEntry): PersonalisePlan {
  const facts = { version: 'xp', windowsFolder: 'WINDOWS', firstBootCommand: null } as const;
  return planXp(settingsOf(order), facts, view);
}

function settingsOf({ computerName, fields, registryFiles }: PersonaliseOrder): HostSettings {
  return {
    computerName,
    fields,
    registryFiles,
    region: { language: null, formats: null, keyboard: null, timeZone: null },
    windows: {
      productKey: null,
      owner: null,
      organisation: null,
      administratorPassword: null,
      autoLogon: null,
      skipQuestions: false,
      preventEncryption: false,
    },
    accounts: [],
    domain: null,
    drivers: [],
    firstBoot: null,
    linux: { account: null, sshKeys: [], commands: [], cloudInit: false },
  };
}
