/** A line of INI or INF text, taken apart without changing it; offsets are into the whole text. */
export interface IniLine {
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
  /** Ends in a backslash, so that setup's INF reader takes the next line for its continuation. */
  readonly continues: boolean;
}

export interface IniEntry {
  /** As written. */
  readonly key: string;
  /** Behind everything up to the value, such as `  ComputerName = `. */
  readonly valueStart: number;
  /** Behind the value, its closing quote included. */
  readonly valueEnd: number;
  readonly quoted: boolean;
}

/** Ended a text file in DOS, and stands at the end of some still; what is behind it is not read. */
export const CTRL_Z = '\u001a';

/** Every line of a text, in order. */
export function* linesOf(text: string): Generator<IniLine> {
  let start = 0;
  while (start < text.length) {
    let end = start;
    while (end < text.length && text[end] !== '\r' && text[end] !== '\n') end += 1;
    const isCrLf = text[end] === '\r' && text[end + 1] === '\n';
    const next = Math.min(text.length, end + (isCrLf ? 2 : 1));
    yield new TextLine(text.slice(start, end), start, next);
    start = next;
  }
}

class TextLine implements IniLine {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  readonly section: string | null;
  readonly speaks: boolean;
  readonly continues: boolean;
  readonly #content: string;

  constructor(content: string, start: number, next: number) {
    const trimmed = content.trim();
    const header = trimmed.startsWith('[') ? /^\[([^\]]*)\]/.exec(trimmed) : null;
    this.start = start;
    this.end = start + content.length;
    this.next = next;
    this.section = header === null ? null : (header[1] ?? '').trim().toLowerCase();
    this.speaks = trimmed !== '' && !trimmed.startsWith(';') && !trimmed.startsWith(CTRL_Z);
    this.continues = this.speaks && trimmed.endsWith('\\');
    this.#content = content;
  }

  /** Taken apart when it is asked for: most lines are of a section that nobody looks at. */
  get entry(): IniEntry | null {
    return this.speaks && this.section === null ? entryOf(this.#content, this.start) : null;
  }
}

/** `  Key = "value"  ; comment` taken apart; null for a line without an equals sign. */
function entryOf(content: string, at: number): IniEntry | null {
  const match = /^([ \t]*([^=]*?)[ \t]*=[ \t]*)(.*)$/s.exec(content);
  if (match === null) return null;
  const [, before = '', key = '', rest = ''] = match;
  const quoted = /^"(?:[^"]|"")*"(?=[ \t]*(?:;|$))/.exec(rest)?.[0];
  // A semicolon between quotes begins no comment, also where the closing quote was forgotten;
  // one behind a blank or a closing quote does.
  const value = quoted ?? /^(?:"(?:[^"]|"")*(?:"|$)|(?![ \t]+;|[ \t]*$|(?<=");).)*/s.exec(rest)?.[0] ?? '';
  const valueStart = at + before.length;
  return { key, valueStart, valueEnd: valueStart + value.length, quoted: quoted !== undefined };
}
