import type { TextCursor } from './text-cursor.ts';

/** Everything up to a backslash, a quotation mark or a line end. */
const PLAIN = /[^"\\\r\n]+/y;
const LINE_END = /\r\n|\n|\r/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', r: '\r' };

/**
 * Reads a quoted string: the name of a value, or its data. `\\` and `\"` stand for the second character (and `\n` and
 * `\r` for the ends of lines, as Wine writes them); regedit drops any other backslash, which nobody means.
 *
 * @param cursor on the opening quotation mark; left behind the closing one
 * @param overLines whether the text may go on over the end of a line, as regedit writes such data
 * @returns null when it does not end
 */
export function readQuoted(cursor: TextCursor, overLines: boolean): string | null {
  cursor.at += 1;
  const pieces: string[] = [];
  while (!cursor.ended) {
    const plain = cursor.take(PLAIN);
    if (plain !== null) pieces.push(plain[0]);
    if (cursor.here === '"') {
      cursor.at += 1;
      return pieces.join('');
    }
    if (cursor.here === '\\') {
      const escaped = cursor.text.charAt(cursor.at + 1);
      const character = ESCAPES[escaped];
      if (character === undefined) {
        const found = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(escaped) ? `\\${escaped}` : 'A single backslash';
        throw cursor.invalid(cursor.at, `${found} is nothing in a text; for a backslash write two: \\\\.`);
      }
      pieces.push(character);
      cursor.at += 2;
    } else if (!cursor.ended) {
      const end = overLines ? cursor.take(LINE_END) : null;
      if (end === null) return null;
      pieces.push(end[0]);
    }
  }
  return null;
}
