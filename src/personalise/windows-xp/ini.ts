/**
 * Edits INI and INF text line by line and leaves everything else as it is: comments, order, line ends, blanks and
 * quotes around the value. Sections and keys are found as GetPrivateProfileString finds them: without case, the first
 * section of that name, the first key in it. (Setup's own INF reader joins sections of one name; the first key wins
 * there too.)
 */
interface IniLine {
  readonly start: number;
  /** Behind the last character before the line end. */
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
  /** The section's folded name, or null. */
  readonly section: string | null;
  readonly entry: IniEntry | null;
  /** Neither blank nor a comment. */
  readonly speaks: boolean;
}

interface IniEntry {
  /** As written. */
  readonly key: string;
  /** Everything up to the value, such as `  ComputerName = `. */
  readonly valueStart: number;
  /** Behind the value, its closing quote included. */
  readonly valueEnd: number;
  readonly quoted: boolean;
}

export interface IniValue {
  readonly value: string;
  /** A comment behind the value on its line: some readers take it for a part of the value. */
  readonly comment: boolean;
}

/** Ended a text file in DOS, and stands at the end of some still; what is behind it is not read. */
const CTRL_Z = '\u001a';

/** The value of a key without its quotes, or null. */
export function readIni(text: string, section: string, key: string): IniValue | null {
  const entry = findKey(sectionLines(text, section), key)?.entry;
  if (!entry) return null;
  const value = text.slice(entry.valueStart, entry.valueEnd);
  const rest = /^[^\r\n]*/.exec(text.slice(entry.valueEnd))?.[0] ?? '';
  return { value: entry.quoted ? value.slice(1, -1) : value, comment: rest.trim() !== '' };
}

/** Sets a key of a section; either is added where it is missing. */
export function writeIni(text: string, section: string, key: string, value: string): string {
  const found = findKey(sectionLines(text, section), key)?.entry;
  if (found) {
    const written = found.quoted ? `"${value}"` : value;
    return text.slice(0, found.valueStart) + written + text.slice(found.valueEnd);
  }
  return addIniLine(text, section, `${key}${equalsOf(text, section)}${value}`);
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

/** Adds a line behind the last one of a section that says something; the section itself at the end if it is missing. */
export function addIniLine(text: string, section: string, content: string): string {
  const eol = commonEol(text);
  const lines = sectionLines(text, section);
  const last = lines.findLast((line) => line.speaks);
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
  let result = '';
  let copied = 0;
  for (const line of sectionLines(text, section).slice(1)) {
    if (!line.speaks || !unwanted(text.slice(line.start, line.end).trim())) continue;
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

function findKey(lines: readonly IniLine[], key: string): IniLine | undefined {
  return lines.find((line) => line.entry?.key.toLowerCase() === key.toLowerCase());
}

function* linesOf(text: string): Generator<IniLine> {
  for (const match of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    const [whole, content = ''] = match;
    if (whole === '') return;
    const end = match.index + content.length;
    const trimmed = content.trim();
    const header = /^\[([^\]]*)\]/.exec(trimmed);
    const speaks = trimmed !== '' && !trimmed.startsWith(';') && !trimmed.startsWith(CTRL_Z);
    yield {
      start: match.index,
      end,
      next: match.index + whole.length,
      section: header === null ? null : (header[1] ?? '').trim().toLowerCase(),
      entry: speaks && header === null ? entryOf(content, match.index) : null,
      speaks,
    };
  }
}

/** `  Key = "value"  ; comment` taken apart; null for a line without an equals sign. */
function entryOf(content: string, at: number): IniEntry | null {
  const match = /^([ \t]*([^=]*?)[ \t]*=[ \t]*)(.*)$/s.exec(content);
  if (match === null) return null;
  const [, before = '', key = '', rest = ''] = match;
  const quoted = /^"[^"]*"(?=[ \t]*(?:;|$))/.exec(rest)?.[0];
  const value = quoted ?? /^(?:(?![ \t]+;|[ \t]*$).)*/s.exec(rest)?.[0] ?? '';
  const valueStart = at + before.length;
  return { key, valueStart, valueEnd: valueStart + value.length, quoted: quoted !== undefined };
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
