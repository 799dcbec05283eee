import { MimeoError } from '../../errors.ts';
import { nameProblem } from '../../fleet/index.ts';
import { fileBytes, locate, windowsPath } from '../locate.ts';
import type { HostSettings } from '../settings.ts';
import type { Change, Edit, FolderEntry, PersonalisePlan, Removal } from '../types.ts';
import { withAccounts } from './accounts.ts';
import { type AnswerFile, readAnswerFile, readSetting, writeAnswerFile } from './answer-file.ts';
import { cleanUpCommands } from './clean-up.ts';
import { LOGON_COMMANDS, type SetupCommand, SYSTEM_COMMANDS, withCommands } from './commands.ts';
import { BUILD, type WindowsFacts } from './facts.ts';
import { IDENTITY, withIdentity } from './identity.ts';
import { withJoin } from './join.ts';
import { findMasterFile } from './master-file.ts';
import { withAnswers, withoutEncryption } from './oobe.ts';
import { withRegion } from './region.ts';
import { dropRegistryFiles, logged, registryPaths } from './registry-drop.ts';
import { ANSWER_FILE, answerFilePlaces, pathOnVolume, samePath } from './search-order.ts';
import { warningsFor } from './warnings.ts';

/** The files that {@link planWindows} has to look at. */
export function pathsOfWindows(settings: HostSettings, facts: WindowsFacts): (readonly string[])[] {
  return [...answerFilePlaces(facts.unattendFile), ...registryPaths(settings)];
}

/**
 * Plans what makes a sealed Windows (Vista to 11) this host's own: one answer file where Windows looks, made from the
 * master's own or fresh; the others removed; the .reg files that it imports. Planned again over its own result it
 * changes nothing.
 *
 * @throws MimeoError `personalise-order`, `personalise-ambiguous`, `unattend-invalid`, `registry-file-invalid`
 */
export function planWindows(
  settings: HostSettings,
  facts: WindowsFacts,
  view: FolderEntry,
): PersonalisePlan<Change> {
  const refusal = nameProblem(settings.computerName);
  if (refusal !== null) {
    throw new MimeoError('personalise-order', `The computer name ${settings.computerName} ${refusal}.`);
  }
  const master = findMasterFile(view, facts);
  const registry = dropRegistryFiles(settings, view);
  const file = answersFor(master.file, settings, facts, registry);
  const bytes = writeAnswerFile(file);
  checkReadsBack(bytes, settings, facts);
  const why =
    master.path === null
      ? `the answer file of ${settings.computerName}`
      : `the answer file of ${settings.computerName}, made from ${windowsPath(master.path, 'C:')}`;
  const written = [ANSWER_FILE, ...explicitPlace(facts)];
  return {
    edits: [
      ...registry.edits,
      ...written.map((path) => answerFileEdit(view, path, bytes, why)),
      ...staleFiles(view, facts, written),
    ],
    warnings: [...master.warnings, ...registry.warnings, ...warningsFor(settings, facts, file)],
  };
}

/** The master's answer file with everything of this host in it. */
function answersFor(
  master: AnswerFile,
  settings: HostSettings,
  facts: WindowsFacts,
  registry: { system: readonly SetupCommand[]; logon: readonly SetupCommand[] },
): AnswerFile {
  const { skipQuestions, preventEncryption } = settings.windows;
  let file = withIdentity(master, settings);
  file = withJoin(file, settings.domain, facts);
  file = withCommands(file, SYSTEM_COMMANDS, [
    ...registry.system,
    ...(settings.drivers.length === 0 ? [] : [driverCommand(facts)]),
    ...(facts.firstBootCommand === null
      ? []
      : [{ what: 'start the first-boot service', command: facts.firstBootCommand }]),
  ]);
  file = withRegion(file, settings.region, facts, skipQuestions);
  if (skipQuestions) file = withAnswers(file, facts);
  if (preventEncryption) file = withoutEncryption(file, facts);
  file = withAccounts(file, settings);
  const atLogon = [...registry.logon, ...cleanUpCommands(file, settings, facts)];
  return withCommands(file, LOGON_COMMANDS, atLogon);
}

/** pnputil learnt to look into folders and to install with version 1607. */
function driverCommand({ build }: WindowsFacts): SetupCommand {
  const command =
    build >= BUILD.ten1607
      ? 'pnputil /add-driver C:\\Drivers\\*.inf /subdirs /install'
      : // In brackets: what follows would belong to the loop otherwise, and end it after the first driver.
        '(for /r C:\\Drivers %i in (*.inf) do pnputil -i -a "%i")';
  return { what: 'add the drivers of C:\\Drivers', command: logged(command) };
}

function answerFileEdit(view: FolderEntry, wanted: readonly string[], after: Uint8Array, why: string): Edit {
  const before = fileBytes(view, wanted);
  return { path: locate(view, wanted).path, before, after, why, readers: 'administrators' };
}

/** The file that the registry names is read before every other, so it has to say the same. */
function explicitPlace({ unattendFile }: WindowsFacts): string[][] {
  const path = unattendFile === null ? null : pathOnVolume(unattendFile);
  return path === null || samePath(path, ANSWER_FILE) ? [] : [path];
}

function staleFiles(view: FolderEntry, facts: WindowsFacts, kept: readonly (readonly string[])[]): Removal[] {
  return answerFilePlaces(facts.unattendFile)
    .filter((place) => !kept.some((path) => samePath(path, place)))
    .map((place) => locate(view, place))
    .filter(({ entry }) => entry !== null)
    .map(({ path }) => ({
      kind: 'removal',
      path,
      why: `Windows would read it instead of, or after, ${windowsPath(ANSWER_FILE, 'C:')}`,
      secret: true,
    }));
}

function checkReadsBack(bytes: Uint8Array, settings: HostSettings, facts: WindowsFacts): void {
  const file = readAnswerFile(bytes, windowsPath(ANSWER_FILE, 'C:'), facts.architecture);
  if (readSetting(file, IDENTITY, ['ComputerName']) !== settings.computerName) {
    throw new MimeoError('internal', 'The answer file does not read back the name that was written');
  }
}
