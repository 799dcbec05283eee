import { windowsPath } from '../locate.ts';
import type { HostSettings } from '../settings.ts';
import type { FolderEntry } from '../types.ts';
import { type AnswerFile, findAll } from './answer-file.ts';
import { isOurs, LOGON_COMMANDS, type SetupCommand } from './commands.ts';
import type { WindowsFacts } from './facts.ts';
import { findMasterFile } from './master-file.ts';
import { LOGON_FOLDER, SETUP_FOLDER, waitsForLogon } from './registry-drop.ts';
import { ANSWER_FILE, answerFilePlaces, samePath } from './search-order.ts';

/**
 * What the first-boot service removes when Windows' setup is over, if it is there: everything that may hold a
 * password, the key or the domain join of this host. Paths from the root of drive C:, files and folders.
 *
 * Windows itself puts `*SENSITIVE*DATA*DELETED*` in the place of passwords in its copy after each pass; nobody promises
 * it for the join's AccountData, and a .reg file it leaves alone. The answer file is not among the paths while commands wait in it for the
 * first logon: then the last of these removes it.
 */
export function pathsToRemove(
  settings: HostSettings,
  facts: WindowsFacts,
  view: FolderEntry,
): (readonly string[])[] {
  const waits = waitsForFirstLogon(findMasterFile(view, facts).file, settings);
  const places = answerFilePlaces(facts.unattendFile).filter(
    (path) => !waits || !samePath(path, ANSWER_FILE),
  );
  return [...places, ['Windows', 'Panther', 'unattend-original.xml'], SETUP_FOLDER];
}

/** The last command of the first logon; none where the first-boot service removes the file before. */
export function cleanUpCommands(
  file: AnswerFile,
  settings: HostSettings,
  facts: WindowsFacts,
): SetupCommand[] {
  if (facts.firstBootCommand !== null && !waitsForFirstLogon(file, settings)) return [];
  const answers = `del /f /q ${windowsPath(ANSWER_FILE, 'C:')}`;
  const imported = settings.registryFiles.some(waitsForLogon)
    ? ` & rd /s /q ${windowsPath(LOGON_FOLDER, 'C:')}`
    : '';
  return [{ what: 'remove the answer file', command: `cmd /d /c ${answers}${imported}` }];
}

/** Whether Windows still needs its answer file at the first logon: it reads FirstLogonCommands from it then. */
function waitsForFirstLogon(file: AnswerFile, settings: HostSettings): boolean {
  const { place, path } = LOGON_COMMANDS;
  return settings.registryFiles.some(waitsForLogon) || findAll(file, place, path).some((one) => !isOurs(one));
}
