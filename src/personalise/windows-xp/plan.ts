import { MimeoError } from '../../errors.ts';
import { nameProblem } from '../../fleet/index.ts';
import { fileBytes, locate, windowsPath } from '../locate.ts';
import type { HostSettings } from '../settings.ts';
import type { Edit, FolderEntry, PersonalisePlan } from '../types.ts';
import { readWindowsText } from '../windows-text.ts';
import { isAnswered, writeAnswer } from './answer.ts';
import { answersFor } from './answers-for.ts';
import { type FileToRun, filesToRun } from './files-to-run.ts';
import { readIni, writeIni } from './ini.ts';
import { hasSecretAnswers } from './paths-to-remove.ts';
import { questionsLeft } from './setup-answers.ts';
import {
  fileNameFor,
  LOGON_FOLDER,
  SETUP_FOLDER,
  SETUP_SCRIPT,
  withLogonCommands,
  withSetupCommands,
} from './setup-commands.ts';
import { DEFAULT_SETUP_FILES, readSetupFiles, type SetupFiles } from './setup-files.ts';
import type { XpFacts } from './xp-facts.ts';
import { editedBytes, textToEdit } from './xp-text.ts';

export const SYSPREP_INF = ['Sysprep', 'sysprep.inf'] as const;
const OEM = '$OEM$';

/** The paths whose content {@link planXp} looks at, as far as the view tells already. */
export function pathsOfXp(settings: HostSettings, view: FolderEntry): (readonly string[])[] {
  const bytes = fileBytes(view, SYSPREP_INF);
  const setup = setupFilesOf(bytes === null ? '' : readWindowsText(bytes, 'sysprep.inf').text);
  const home = [...(setup ?? DEFAULT_SETUP_FILES).path, OEM];
  const names = [SETUP_SCRIPT, ...settings.registryFiles.map(fileNameFor)];
  return [
    SYSPREP_INF,
    [...home, 'cmdlines.txt'],
    ...names.flatMap((name) => [
      [...home, SETUP_FOLDER, name],
      [LOGON_FOLDER, name],
    ]),
  ];
}

/**
 * Plans what makes a volume with a sealed Windows 2000, XP or 2003 this host's own: the answers in sysprep.inf; the .reg
 * files, and a script for what sysprep.inf cannot say, with the commands that run them. Planned again over its own
 * result it changes nothing.
 *
 * @throws MimeoError `personalise-order`, `personalise-ambiguous`, `sysprep-inf-invalid`, `registry-file-invalid`
 */
export function planXp(settings: HostSettings, facts: XpFacts, view: FolderEntry): PersonalisePlan {
  const refusal = nameProblem(settings.computerName);
  if (refusal !== null) {
    throw new MimeoError('personalise-order', `The computer name ${settings.computerName} ${refusal}.`);
  }
  const { path, entry } = locate(view, SYSPREP_INF);
  const where = windowsPath(path, 'C:');
  const before = fileBytes(view, SYSPREP_INF);
  if (entry !== null && before === null) throw new MimeoError('internal', `${where} was not read`);
  const original = textToEdit(before, where);
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

  const wanted = answersFor(settings, facts, original.text);
  warnings.push(...wanted.warnings);
  const changed = wanted.answers.filter((answer) => !isAnswered(original.text, answer)).map(({ key }) => key);
  let text = wanted.answers.reduce(writeAnswer, original.text);
  const unread = wanted.answers.find((answer) => !isAnswered(text, answer));
  if (unread !== undefined) {
    throw new MimeoError('internal', `${where} does not read back the ${unread.key} that was written`);
  }
  const commented = wanted.answers
    .filter(({ section, key }) => readIni(text, section, key)?.comment === true)
    .map(({ key }) => key);
  if (commented.length > 0) {
    warnings.push(
      `${where} has a comment behind ${commented.join(' and ')} on its line, which Windows may take for a part of the value.`,
    );
  }

  const setup = setupFilesOf(text);
  const dropped = filesToRun(settings);
  const late = dropped.filter(({ atLogon }) => setup === null || atLogon);
  const inSetup = dropped.filter((one) => !late.includes(one));
  const starts = facts.firstBootCommand === null ? [] : [facts.firstBootCommand];
  if (setup === null && (late.some(({ atLogon }) => !atLogon) || starts.length > 0)) {
    warnings.push(
      `InstallFilesPath in ${where} is no folder of drive C:, so the .reg files are imported, and all else is done, at the first logon instead, by whoever logs on: let that be an administrator.`,
    );
  }
  const edits: Edit[] = [];
  const drop =
    (folder: readonly string[], staysForLogon: boolean) =>
    ({ name, bytes, why, command, secret, warnings: words }: FileToRun): string => {
      if (!staysForLogon) warnings.push(...words);
      const target = [...folder, name];
      edits.push({
        path: locate(view, target).path,
        before: fileBytes(view, target),
        after: bytes,
        why,
        readers: staysForLogon && !secret ? 'everyone' : 'administrators',
      });
      return command(windowsPath(target, 'C:'));
    };
  if (setup !== null && inSetup.length + starts.length > 0) {
    const home = [...setup.path, OEM];
    const commands = inSetup.map(drop([...home, SETUP_FOLDER], false));
    edits.push(cmdlinesEdit(view, [...home, 'cmdlines.txt'], [...commands, ...starts]));
    if (readSetupFiles(text) === 'missing') {
      text = writeIni(text, 'Unattended', 'InstallFilesPath', windowsPath(setup.path, setup.drive));
    }
  }
  const atLogon = [...late.map(drop([LOGON_FOLDER], true)), ...(setup === null ? starts : [])];
  text = withLogonCommands(text, atLogon);

  const asks = settings.windows.skipQuestions ? questionsLeft(text) : [];
  if (asks.length > 0) {
    warnings.push(
      `Mini-Setup will stop and ask for ${asks.join(', ')}: neither ${where} nor the profile says.`,
    );
  }
  const others = changed.filter((key) => key !== 'ComputerName');
  edits.push({
    path,
    before,
    after: text === original.text && before !== null ? before : editedBytes(original, text, where),
    why: `the computer name ${settings.computerName}${others.length === 0 ? '' : `; also ${others.join(', ')}`}`,
    readers: hasSecretAnswers(settings) ? 'administrators' : 'everyone',
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
  const original = textToEdit(before, 'cmdlines.txt');
  const text = withSetupCommands(original.text, commands);
  return {
    path: locate(view, wanted).path,
    before,
    after: text === original.text && before !== null ? before : editedBytes(original, text, 'cmdlines.txt'),
    why: 'the commands that are run at the end of Mini-Setup',
    readers: 'administrators',
  };
}
