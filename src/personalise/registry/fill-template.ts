import type { Fail } from './text/registry-encoding.ts';

/** `{{host.name}}`; a GUID in double braces is none, as a field's name has no dash. */
const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9_.]*)\s*\}\}/g;

type Place = 'comment' | 'key' | 'string' | 'data';

/**
 * Fills the placeholders of a .reg file, each value escaped for the place it stands in, so that no value can end a
 * string, a key or a line.
 *
 * @param fail makes the error for a 1-based line and column
 */
export function fillTemplate(
  lines: readonly string[],
  fields: Readonly<Record<string, string>>,
  fail: Fail,
): string[] {
  let open = false; // inside a string that began on an earlier line
  return lines.map((line, index) => {
    let filled = '';
    let copied = 0;
    let scanned = 0;
    let quoted = open;
    const fixed: Place | null = quoted ? null : placeOf(line);
    for (const match of line.matchAll(PLACEHOLDER)) {
      const [whole, field = ''] = match;
      quoted = fixed === null && scanQuotes(line.slice(scanned, match.index), quoted);
      scanned = match.index + whole.length;
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      const stop = (words: string): Error => fail(index + 1, match.index + 1, words);
      if (value === undefined) {
        throw stop(`There is no field ${field}; the fields are ${Object.keys(fields).sort().join(', ')}.`);
      }
      filled +=
        line.slice(copied, match.index) +
        escapeFor(fixed ?? (quoted ? 'string' : 'data'), field, value, stop);
      copied = scanned;
    }
    open = fixed === null && scanQuotes(line.slice(scanned), quoted);
    return filled + line.slice(copied);
  });
}

/** Comments and key lines are one place from end to end; value lines have to be scanned. */
function placeOf(line: string): Place | null {
  const start = line.trimStart();
  if (start.startsWith(';')) return 'comment';
  return start.startsWith('[') ? 'key' : null;
}

/** Whether the end of a piece of a value line is inside a string. */
function scanQuotes(piece: string, quoted: boolean): boolean {
  let inside = quoted;
  for (let at = 0; at < piece.length; at += 1) {
    if (inside && piece[at] === '\\') at += 1;
    else if (piece[at] === '"') inside = !inside;
  }
  return inside;
}

function escapeFor(place: Place, field: string, value: string, stop: (words: string) => Error): string {
  if (/\p{Cc}/u.test(value)) throw stop(`The field ${field} has a control character in it.`);
  switch (place) {
    case 'string':
      return value.replaceAll(/[\\"]/g, (character) => `\\${character}`);
    case 'comment':
      return value;
    case 'key':
      if (/[\\[\]]/.test(value))
        throw stop(`The field ${field} is ${value}, which cannot stand in the name of a key.`);
      return value;
    case 'data':
      if (!/^[0-9A-Fa-f,]+$/.test(value))
        throw stop(`The field ${field} is ${value}, which needs quotes around it here.`);
      return value;
  }
}
