import type { ParseError } from 'toml-eslint-parser';
import type { ProfileProblem } from './problem.ts';

/** What a slip in TOML's grammar most probably is, in a technician's words. */
export function syntaxWords(file: string, text: string, error: ParseError): ProfileProblem {
  const lines = text.split(/\r\n|\n|\r/);
  let line = error.lineNumber;
  let column = error.column + 1;
  // A value that is missing is noticed at whatever comes next, often lines below.
  const index = findDangling(lines, line);
  if (index !== null) {
    line = index + 1;
    column = (lines[index] ?? '').trimEnd().length + 1;
    const message = 'Behind the equals sign there is no value.';
    return { at: { file, line, column }, message, next: 'Write one, or delete the line.' };
  }
  const { message, next } = explain(error.message, lines[line - 1] ?? '', column);
  return { at: { file, line, column }, message, next };
}

/** The nearest line with content above a place, if it ends in an equals sign. */
function findDangling(lines: readonly string[], line: number): number | null {
  for (let at = line - 1; at >= 0; at -= 1) {
    const content = (lines[at] ?? '').replace(/\s#.*$/, '').trim();
    if (/^[A-Za-z0-9_.\s"'-]+=$/.test(content)) return at;
    if (content !== '' && at < line - 1) return null;
  }
  return null;
}

function explain(reason: string, line: string, column: number): { message: string; next: string } {
  if (/escape sequence/.test(reason)) {
    return {
      message: 'In "double quotes" a backslash begins a special character.',
      next: "Write Windows paths in single quotes: 'C:\\Program Files'.",
    };
  }
  if (/Unterminated string/.test(reason)) {
    return { message: 'A closing quotation mark is missing.', next: 'Add it.' };
  }
  if (/Expected comma/.test(reason)) {
    return { message: 'A comma is missing in front of this.', next: 'Add it.' };
  }
  if (/multiple times/.test(reason)) {
    return {
      message: 'This is the second time that this key or table is in the file.',
      next: 'Keep one of the two; a list of things of one kind has [[double brackets]].',
    };
  }
  if (/Unexpected character/.test(reason)) {
    const before = line.slice(0, column - 1);
    const isBareText = /=\s*$/.test(before) && /^[A-Za-z\\{(]/.test(line.slice(column - 1));
    if (isBareText) return { message: 'Text has to stand in quotes.', next: 'Write name = "text".' };
    const found = line.slice(column - 1, column).trim();
    const what = found === '' ? 'The end of the line' : `The character ${found}`;
    return { message: `${what} is not expected here.`, next: 'Look for a missing quote, comma or bracket.' };
  }
  return { message: `${reason}.`, next: 'Correct the line; docs/profiles.md has examples of all there is.' };
}
