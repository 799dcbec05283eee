import { fileBytes, locate, windowsPath } from '../locate.ts';
import { makeRegistryFile } from '../registry/make-registry-file.ts';
import type { HostSettings } from '../settings.ts';
import type { Edit, FolderEntry, RegistryTemplate } from '../types.ts';
import type { SetupCommand } from './commands.ts';

/** For what is imported as SYSTEM, in specialize. */
export const SETUP_FOLDER = ['Mimeo', 'registry'];
/** For what waits for the first user, who has to be able to read it. */
export const LOGON_FOLDER = ['Mimeo', 'first-logon'];

/** What is written of a setup that went on: a command that fails must not stop Windows on every host. */
export const SETUP_LOG = 'C:\\Windows\\Panther\\mimeo-setup.log';

export interface RegistryDrop {
  readonly edits: readonly Edit[];
  readonly system: readonly SetupCommand[];
  readonly logon: readonly SetupCommand[];
  readonly warnings: readonly string[];
}

/** Where each .reg file of the settings goes, in the order of their import. */
export function registryPaths(settings: HostSettings): string[][] {
  return settings.registryFiles.map((file, index) => [
    ...(waitsForLogon(file) ? LOGON_FOLDER : SETUP_FOLDER),
    fileNameFor(file, index),
  ]);
}

/** The .reg files filled in for this host, and the commands that import them. */
export function dropRegistryFiles(settings: HostSettings, view: FolderEntry): RegistryDrop {
  const paths = registryPaths(settings);
  const dropped = settings.registryFiles.map((template, index) => {
    const wanted = paths[index] ?? [];
    const atLogon = waitsForLogon(template);
    const made = makeRegistryFile(template, settings.fields);
    const edit: Edit = {
      path: locate(view, wanted).path,
      before: fileBytes(view, wanted),
      after: made.bytes,
      why: `${template.name} of the share, filled in for this host`,
      readers: atLogon ? 'everyone' : 'administrators',
    };
    const file = windowsPath(wanted, 'C:');
    const command = atLogon ? `reg import ${file}` : logged(`reg import ${file}`);
    return {
      edit,
      atLogon,
      command: { what: `import ${template.name}`, command },
      warnings: atLogon ? [] : made.warnings,
    };
  });
  return {
    edits: dropped.map(({ edit }) => edit),
    system: dropped.filter(({ atLogon }) => !atLogon).map(({ command }) => command),
    logon: dropped.filter(({ atLogon }) => atLogon).map(({ command }) => command),
    warnings: dropped.flatMap(({ warnings }) => warnings),
  };
}

/** The command with its words in the log, and an exit status that lets Windows go on. */
export function logged(command: string): string {
  return `cmd /d /c ${command} >>${SETUP_LOG} 2>&1 & exit 0`;
}

/** Whether a file of the share waits for the first user, by its name: `desktop.first-logon.reg`. */
export function waitsForLogon(template: RegistryTemplate): boolean {
  return /\.first-logon\.reg$/i.test(template.name);
}

/** `01-school.reg`: in order, and without a character that a command line would have to quote. */
function fileNameFor(template: RegistryTemplate, index: number): string {
  const base = template.name
    .replace(/\.reg$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 60);
  return `${String(index + 1).padStart(2, '0')}-${base === '' ? 'registry' : base}.reg`;
}
