import { MimeoError } from '../../errors.ts';

/** What a path in a detection may begin with or hold; any other `%` would be expanded to something unexpected. */
const VARIABLES =
  /%(SystemDrive|SystemRoot|windir|ProgramFiles|ProgramFiles\(x86\)|ProgramData|CommonProgramFiles|AllUsersProfile|Public)%/gi;

/**
 * A value as one quoted word of a .cmd file. cmd.exe has no quoting that would carry a quote, a percent sign or a line
 * break, and reads the file in a code page that nobody knows here: such values are refused, not bent.
 *
 * @param what names the value in an error
 * @throws MimeoError `first-boot-text`
 */
export function cmdWord(value: string, what: string): string {
  const bad = /[^\x20-\x7e]|["%!^&|<>]/.exec(value)?.[0];
  if (bad !== undefined) throw refused(what, value, bad);
  // A backslash in front of the closing quote would take the quote into the value in most programs.
  return `"${value}${value.endsWith('\\') ? '\\' : ''}"`;
}

/** A path as one quoted word of a .cmd file; may name folders as Windows does, `%ProgramFiles%\School`. */
export function cmdPath(path: string, what: string): string {
  cmdWord(path.replaceAll(VARIABLES, ''), what);
  return `"${path}"`;
}

/**
 * A command of the technician's own as one line of a .cmd file: cmd.exe reads it as he wrote it.
 *
 * @throws MimeoError `first-boot-text` for a line break, or a character whose byte depends on the host's code page
 */
export function cmdCommand(command: string, what: string): string {
  const bad = /[^\x20-\x7e\t]/.exec(command)?.[0];
  if (bad !== undefined) throw refused(what, command, bad);
  if (command.trim() === '') throw new MimeoError('first-boot-text', `${what} is empty.`);
  return command;
}

/** A text as a JSON string of letters, digits and escapes alone, so that every script may carry it as it is. */
export function jsonWord(value: string): string {
  const escaped = value.replaceAll(
    /[^A-Za-z0-9 ._-]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/** A value as a string of PowerShell in single quotes, where nothing but the quote itself means anything. */
export function powershellString(value: string, what: string): string {
  const bad = /\p{Cc}/u.exec(value)?.[0];
  if (bad !== undefined) throw refused(what, value, bad);
  // PowerShell takes the typographic quotes for quotes, too.
  return `'${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}

/** A .cmd file: ASCII, each line ended as cmd.exe wants it (it misses labels in files with bare line feeds). */
export function cmdFile(text: string): Buffer {
  return Buffer.from(windowsLines(text), 'latin1');
}

/** A file that regedit, schtasks or PowerShell read whatever language Windows has: UTF-16 with its mark. */
export function unicodeFile(text: string): Buffer {
  return Buffer.from(`\ufeff${windowsLines(text)}`, 'utf16le');
}

function windowsLines(text: string): string {
  return text.trimStart().replaceAll(/\r?\n/g, '\r\n');
}

function refused(what: string, value: string, bad: string): MimeoError {
  const code = bad.codePointAt(0) ?? 0;
  const shown = code > 0x20 && code !== 0x7f ? bad : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return new MimeoError('first-boot-text', `${what} (${JSON.stringify(value)}) has the character ${shown}.`);
}
