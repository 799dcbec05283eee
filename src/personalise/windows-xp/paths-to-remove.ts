import type { HostSettings } from '../settings.ts';
import { LOGON_FOLDER, SETUP_SCRIPT } from './setup-commands.ts';
import { isAdministrator } from './user-answers.ts';
import type { XpFacts } from './xp-facts.ts';

/**
 * What the first-boot service has to remove when it finds it, from the root of the volume: all that could hold a password
 * of this order. Mini-Setup deletes the Sysprep folder when it ends well; cut off in the middle it does not. What it
 * leaves for certain is `$winnt$.inf`, its working copy of the answer file, which nothing reads any more.
 */
export function pathsToRemove(settings: HostSettings, facts: XpFacts): (readonly string[])[] {
  const paths = [['Sysprep'], [LOGON_FOLDER, SETUP_SCRIPT]];
  return hasSecretAnswers(settings) ? [...paths, [facts.windowsFolder, 'System32', '$winnt$.inf']] : paths;
}

/** Whether sysprep.inf will hold a password. */
export function hasSecretAnswers({ windows, domain }: HostSettings): boolean {
  return (
    domain?.kind === 'credentials' ||
    (windows.administratorPassword ?? '') !== '' ||
    (windows.autoLogon !== null && isAdministrator(windows.autoLogon.account))
  );
}
