import { MimeoError } from '../../errors.ts';
import { nameProblem } from '../../fleet/index.ts';
import { fileBytes, locate, windowsPath } from '../locate.ts';
import { makeRegistryFile } from '../registry/make-registry-file.ts';
import type { Edit, FolderEntry, PersonaliseOrder, PersonalisePlan, RegistryTemplate } from '../types.ts';
import { readWindowsText, type WindowsText, writeWindowsText } from '../windows-text.ts';
import {
  fileNameFor,
  importCommand,
  LOGON_FOLDER,
  SETUP_FOLDER,
  waitsForLogon,
  withLogonCommands,
  withSetupCommands,
} from './first-boot.ts';
import { readIni, writeIni } from './ini.ts';
import { DEFAULT_SETUP_FILES, readSetupFiles, type SetupFiles } from './setup-files.ts';

export const SYSPREP_INF = ['Sysprep', 'sysprep.inf'] as const;
const OEM = '$OEM$';

/** The paths whose content {@link planWindowsXp} looks at, as far as the view tells already. */
export function pathsOfWindowsXp(order: PersonaliseOrder, view: FolderEntry): (readonly string[])[] {
  const bytes = fileBytes(view, SYSPREP_INF);
  const setup = setupFilesOf(bytes === null ? '' : readWindowsText(bytes, 'sysprep.inf').text);
  const home = [...(setup ?? DEFAULT_SETUP_FILES).path, OEM];
  return [
    SYSPREP_INF,
    [...home, 'cmdlines.txt'],
    ...order.registryFiles.flatMap((file, index) => [
      [...home, SETUP_FOLDER, fileNameFor(file, index)],
      [LOGON_FOLDER, fileNameFor(file, index)],
    ]),
  ];
}

/**
 * Plans what makes a volume with a sealed Windows XP (or 2003) this host's own: the name in sysprep.inf, the .reg
 * files with the commands that import them. Planned again over its own result it changes nothing.
 *
 * @throws MimeoError `personalise-order`, `personalise-ambiguous`, `sysprep-inf-invalid`, `registry-file-invalid`
 */
export function planWindowsXp(order: PersonaliseOrder, view: FolderEntry): PersonalisePlan {
  const refusal = nameProblem(order.computerName);
  if (refusal !== null) {
    throw new MimeoError('personalise-order', `The computer name ${order.computerName} ${refusal}.`);
  }
  const { path, entry } = locate(view, SYSPREP_INF);
  const where = windowsPath(path, 'C:');
  const before = fileBytes(view, SYSPREP_INF);
  if (entry !== null && before === null) throw new MimeoError('internal', `${where} was not read`);
  const original: WindowsText =
    before === null ? { text: '', encoding: 'ansi', utf8Mark: false } : readWindowsText(before, where);
  const warnings: string[] = [];
  if (original.utf8Mark) {
    warnings.push(
      `${where} starts with a UTF-8 mark, which hides its first line from Windows XP: save it as ANSI.`,
    );
  }
  if (before === null) {
    warnings.push(
      `There was no ${where}; a small one with the name was made. Mini-Setup will ask for the rest.`,
    );
  }

  let text = writeIni(original.text, 'UserData', 'ComputerName', order.computerName);
  if (readIni(text, 'UserData', 'ComputerName')?.comment === true) {
    warnings.push(
      `${where} has a comment behind ComputerName on its line, which Windows may take for a part of the name.`,
    );
  }
  const setup = setupFilesOf(text);
  const numbered = order.registryFiles.map((file, index) => ({ file, index }));
  const atLogon = numbered.filter(({ file }) => setup === null || waitsForLogon(file));
  const inSetup = setup === null ? [] : numbered.filter(({ file }) => !waitsForLogon(file));
  if (setup === null && atLogon.some(({ file }) => !waitsForLogon(file))) {
    warnings.push(
      `InstallFilesPath in ${where} is no folder of drive C:, so the .reg files are imported at the first logon instead.`,
    );
  }
  const edits: Edit[] = [];
  const drop =
    (folder: readonly string[], readers: Edit['readers']) =>
    (one: { file: RegistryTemplate; index: number }) => {
      const made = makeRegistryFile(one.file, order.fields);
      if (folder[0] !== LOGON_FOLDER) warnings.push(...made.warnings);
      const wanted = [...folder, fileNameFor(one.file, one.index)];
      edits.push({
        path: locate(view, wanted).path,
        before: fileBytes(view, wanted),
        after: made.bytes,
        why: `${one.file.name} of the share, filled in for this host`,
        readers,
      });
      return importCommand(windowsPath(wanted, 'C:'));
    };
  if (setup !== null && inSetup.length > 0) {
    const home = [...setup.path, OEM];
    const commands = inSetup.map(drop([...home, SETUP_FOLDER], 'administrators'));
    edits.push(cmdlinesEdit(view, [...home, 'cmdlines.txt'], commands));
    if (readSetupFiles(text) === 'missing') {
      text = writeIni(text, 'Unattended', 'InstallFilesPath', windowsPath(setup.path, setup.drive));
    }
  }
  if (atLogon.length > 0) text = withLogonCommands(text, atLogon.map(drop([LOGON_FOLDER], 'everyone')));
  if (readIni(text, 'UserData', 'ComputerName')?.value !== order.computerName) {
    throw new MimeoError('internal', `${where} does not read back the name that was written`);
  }
  edits.push({
    path,
    before,
    after: text === original.text && before !== null ? before : writeWindowsText(text, original.encoding),
    why: `the computer name ${order.computerName}`,
    readers: 'everyone',
  });
  return { edits, warnings };
}

/** Null when InstallFilesPath leads away from the volume. */
function setupFilesOf(sysprepInf: string): SetupFiles | null {
  const found = readSetupFiles(sysprepInf);
  if (found === 'elsewhere') return null;
  return found === 'missing' ? DEFAULT_SETUP_FILES : found;
}

function cmdlinesEdit(view: FolderEntry, wanted: readonly string[], commands: readonly string[]): Edit {
  const before = fileBytes(view, wanted);
  const original: WindowsText =
    before === null
      ? { text: '', encoding: 'ansi', utf8Mark: false }
      : readWindowsText(before, 'cmdlines.txt');
  const text = withSetupCommands(original.text, commands);
  return {
    path: locate(view, wanted).path,
    before,
    after: text === original.text && before !== null ? before : writeWindowsText(text, original.encoding),
    why: 'the commands that import the .reg files at the end of Mini-Setup',
    readers: 'administrators',
  };
}
