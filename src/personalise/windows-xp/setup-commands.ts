import type { RegistryTemplate } from '../types.ts';
import { addIniLine, iniEntries, iniSection, removeIniLines } from './ini.ts';

/** Folder of ours beside cmdlines.txt. It is gone with the whole Sysprep folder when Mini-Setup ends. */
export const SETUP_FOLDER = 'mimeo';
/** Folder of ours in the root for what has to live until the first logon. */
export const LOGON_FOLDER = 'Mimeo';
export const SETUP_SCRIPT = 'setup.vbs';

/** Whether a file of the share waits for the first user, by its name: `desktop.first-logon.reg`. */
export function waitsForLogon(template: RegistryTemplate): boolean {
  return /\.first-logon\.reg$/i.test(template.name);
}

/** `01-school.reg`: in the order of the share, and without a character that a command line would have to quote. */
export function fileNameFor(template: RegistryTemplate, index: number): string {
  const base = template.name
    .replace(/\.reg$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 60);
  return `${String(index + 1).padStart(2, '0')}-${base === '' ? 'registry' : base}.reg`;
}

export function importCommand(path: string): string {
  return `regedit /s ${path}`;
}

/** In batch mode: a message box would wait for ever where nobody sits. */
export function scriptCommand(path: string): string {
  return `cscript //b //nologo ${path}`;
}

/**
 * cmdlines.txt with exactly these commands of ours, behind those that were there. Lines of ours from an earlier order
 * are taken out; the same order again changes nothing.
 */
export function withSetupCommands(cmdlines: string, commands: readonly string[]): string {
  const wanted = commands.map(quoted);
  const isOurs = (line: string): boolean => OURS.test(line) || wanted.includes(line);
  const ours = iniSection(cmdlines, 'Commands').filter(isOurs);
  if (ours.length === wanted.length && ours.every((line, at) => line === wanted[at])) return cmdlines;
  const cleared = removeIniLines(cmdlines, 'Commands', isOurs);
  return wanted.reduce((text, line) => addIniLine(text, 'Commands', line), cleared);
}

/**
 * sysprep.inf with these commands in [GuiRunOnce], behind those that were there; none is added twice. Ours from an
 * earlier order are taken out.
 */
export function withLogonCommands(sysprepInf: string, commands: readonly string[]): string {
  const wanted = commands.map(quoted);
  const cleared = removeIniLines(
    sysprepInf,
    'GuiRunOnce',
    (line) => OURS_AT_LOGON.test(line) && !wanted.some((command) => line.includes(command)),
  );
  return wanted.reduce((text, command) => {
    if (iniSection(text, 'GuiRunOnce').some((line) => line.includes(command))) return text;
    const numbers = iniEntries(text, 'GuiRunOnce').map(({ key }) =>
      Number(/^command(\d+)$/i.exec(key)?.[1] ?? -1),
    );
    return addIniLine(text, 'GuiRunOnce', `Command${Math.max(-1, ...numbers) + 1}=${command}`);
  }, cleared);
}

/** Both lists want quotes around the whole command and, as in every INF file, its own doubled. */
function quoted(command: string): string {
  return `"${command.replaceAll('"', '""')}"`;
}

/** In the folder beside cmdlines.txt, or the first-boot service's: nobody but us puts anything there. */
const OURS = /^"[^"]*\\(?:\$oem\$\\mimeo|mimeo\\first-boot)\\/i;
const OURS_AT_LOGON = /"[^"]*\bC:\\Mimeo\\(?:first-boot\\|setup\.vbs|\d{2,}-[^"\\]+\.reg")/i;
