import type { TextCursor } from './text-cursor.ts';

const BYTE = /[0-9a-f]{1,2}(?![0-9a-f])/iy;
const REST_OF_LINE = /[ \t]*(?:;[^\r\n]*)?(?=[\r\n]|$)/y;

/**
 * Reads the bytes behind `hex:`: two digits (or one) each, commas between, one more at the end if one likes. Behind a
 * comma a backslash carries on to the next line; empty lines and comments in between do not matter. This is what
 * Windows takes, by the tests that Wine's regedit is measured with.
 *
 * @param cursor behind the colon; left at the end of the last line
 */
export function readHexBytes(cursor: TextCursor): Buffer {
  const bytes: number[] = [];
  let wantsByte = true;
  for (;;) {
    cursor.skipBlanks();
    const byte = wantsByte ? cursor.take(BYTE) : null;
    if (byte !== null) {
      bytes.push(Number.parseInt(byte[0], 16));
      wantsByte = cursor.here === ',';
      if (wantsByte) cursor.at += 1;
      continue;
    }
    if (wantsByte && cursor.here === '\\') {
      skipToContinuation(cursor);
      if (!/[0-9a-f]/i.test(cursor.here))
        throw cursor.invalid(cursor.at, 'Hexadecimal bytes should go on here, and they do not.');
      continue;
    }
    const at = cursor.at;
    if (cursor.take(REST_OF_LINE) !== null) return Buffer.from(bytes);
    throw cursor.invalid(at, fault(cursor, wantsByte));
  }
}

function skipToContinuation(cursor: TextCursor): void {
  const slash = cursor.at;
  cursor.at += 1;
  if (cursor.take(REST_OF_LINE) === null) {
    throw cursor.invalid(
      slash,
      'A backslash carries hexadecimal bytes on to the next line, and must be the last in its own.',
    );
  }
  do {
    cursor.nextLine();
    cursor.skipBlanks();
    if (cursor.ended)
      throw cursor.invalid(slash, 'The file ends behind this backslash: the rest of the bytes is missing.');
  } while (cursor.here === ';' || cursor.here === '\r' || cursor.here === '\n');
}

function fault(cursor: TextCursor, wantsByte: boolean): string {
  if (cursor.here === '\\')
    return 'A comma has to stand before the backslash that carries on to the next line.';
  if (wantsByte && cursor.here === ',') return 'A byte is missing between two commas.';
  return 'This is no list of hexadecimal bytes, such as 0d,0a,ff.';
}
