/**
 * Edits INI and INF text line by line and leaves everything else as it is: comments, order, line ends, blanks and
 * quotes around the value. Sections and keys are found as GetPrivateProfileString finds them: without case, the first
 * section of that name, the first key in it. (Setup's own INF reader joins sections of one name; the first key wins
 * there too.)
 */
import { CTRL_Z, type IniEntry, type IniLine, linesOf } from './ini-lines.ts';

export interface IniValue {
  /** Without its quotes. */
  readonly value: string;
  /** With them. */
  readonly written: string;
  /** A comment behind the value on its line: some readers take it for a part of the value. */
  readonly comment: boolean;
}

/** The value of a key, or null. */
export function readIni(text: string, section: string, key: string): IniValue | null {
  const entry = findKey(sectionLines(text, section), key);
  if (entry === null) return null;
  const written = text.slice(entry.valueStart, entry.valueEnd);
  const rest = /^[^\r\n]*/.exec(text.slice(entry.valueEnd))?.[0] ?? '';
  return { value: entry.quoted ? written.slice(1, -1) : written, written, comment: rest.trim() !== '' };
}

/** Sets a key of a section, in quotes if it was; either is added where it is missing. */
export function writeIni(text: string, section: string, key: string, value: string): string {
  const quoted = findKey(sectionLines(text, section), key)?.quoted === true;
  return writeIniAs(text, section, key, quoted ? `"${value}"` : value);
}

/** Sets a key of a section to a value as it has to be written, its quotes included. */
export function writeIniAs(text: string, section: string, key: string, written: string): string {
  const found = findKey(sectionLines(text, section), key);
  if (found !== null) return text.slice(0, found.valueStart) + written + text.slice(found.valueEnd);
  return addIniLine(text, section, `${key}${equalsOf(text, section)}${written}`);
}

/** The lines of a section that say something, trimmed. */
export function iniSection(text: string, section: string): string[] {
  return sectionLines(text, section)
    .slice(1)
    .filter((line) => line.speaks)
    .map((line) => text.slice(line.start, line.end).trim());
}

/** The section's keys and their values, in order, duplicates and all. */
export function iniEntries(text: string, section: string): { key: string; value: string }[] {
  return sectionLines(text, section)
    .slice(1)
    .flatMap(({ entry }) =>
      entry ? [{ key: entry.key, value: text.slice(entry.valueStart, entry.valueEnd) }] : [],
    );
}

/**
 * Adds a line behind the last one of a section that says something; the section itself at the end if it is missing.
 * A line that ends in a backslash is not followed by it: setup's INF reader would join the two.
 */
export function addIniLine(text: string, section: string, content: string): string {
  const eol = commonEol(text);
  const lines = sectionLines(text, section);
  const last = lines.findLast((line) => line.speaks && !line.continues);
  if (last === undefined) {
    let end = text.length;
    while (text[end - 1] === CTRL_Z) end -= 1;
    const body = text.slice(0, end);
    const gap = body === '' ? '' : /[\r\n]$/.test(body) ? eol : eol + eol;
    return `${body}${gap}[${section}]${eol}${content}${eol}${text.slice(end)}`;
  }
  const indent = /^[ \t]*/.exec(text.slice(last.start, last.end))?.[0] ?? '';
  const line = `${indent}${content}`;
  return last.next > last.end
    ? text.slice(0, last.next) + line + eol + text.slice(last.next)
    : text.slice(0, last.end) + eol + line + text.slice(last.end);
}

/** Takes out the lines of a section for which `unwanted` holds, with their line ends. */
export function removeIniLines(text: string, section: string, unwanted: (line: string) => boolean): string {
  return without(
    text,
    sectionLines(text, section)
      .slice(1)
      .filter((line) => line.speaks && unwanted(text.slice(line.start, line.end).trim())),
  );
}

/** Takes keys out of every section of that name, with their lines. */
export function removeIniKeys(text: string, section: string, keys: readonly string[]): string {
  const unwanted = new Set(keys.map((key) => key.toLowerCase()));
  const gone: IniLine[] = [];
  let here: string | null = null;
  for (const line of linesOf(text)) {
    if (line.section !== null) here = line.section;
    else if (here === section.toLowerCase() && line.entry && unwanted.has(line.entry.key.toLowerCase())) {
      gone.push(line);
    }
  }
  return without(text, gone);
}

function without(text: string, lines: readonly IniLine[]): string {
  let result = '';
  let copied = 0;
  for (const line of lines) {
    result += text.slice(copied, line.start);
    copied = line.next;
  }
  return result + text.slice(copied);
}

/** The first section of that name with its header line first; empty when there is none. */
function sectionLines(text: string, section: string): IniLine[] {
  const wanted = section.toLowerCase();
  const result: IniLine[] = [];
  for (const line of linesOf(text)) {
    if (line.section !== null && result.length > 0) break;
    if (line.section === wanted || result.length > 0) result.push(line);
  }
  return result;
}

function findKey(lines: readonly IniLine[], key: string): IniEntry | null {
  return lines.find((line) => line.entry?.key.toLowerCase() === key.toLowerCase())?.entry ?? null;
}

/** How the file writes its equals sign: like the last key of the section, else of the file, else bare. */
function equalsOf(text: string, section: string): string {
  const lines = [...linesOf(text)];
  const model =
    sectionLines(text, section).findLast((line) => line.entry) ?? lines.findLast((line) => line.entry);
  if (!model?.entry) return '=';
  const before = text.slice(model.start, model.entry.valueStart);
  return /[ \t]*=[ \t]*$/.exec(before)?.[0] ?? '=';
}

/** The line end most lines have; a file of Windows without any gets CRLF. */
function commonEol(text: string): string {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const [crlf, lf] = [count(/\r\n/g), count(/(?<!\r)\n/g)];
  return lf > crlf ? '\n' : '\r\n';
}
