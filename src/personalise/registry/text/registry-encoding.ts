/** How the letters of a .reg file are stored. */
export type RegistryEncoding =
  | 'ascii'
  /** One code page of Windows, which the file does not tell. */
  | 'ansi'
  | 'utf-8'
  | 'utf-16le';

export interface RegistrySource {
  /** Of an `ansi` file: one character for one byte, as if it were Latin-1, so that nothing is lost. */
  readonly text: string;
  readonly encoding: RegistryEncoding;
}

export const HEADER_5 = 'Windows Registry Editor Version 5.00';
export const HEADER_4 = 'REGEDIT4';

/** Makes the error for a 1-based line and column of the file. */
export type Fail = (line: number, column: number, words: string) => Error;

/** @throws what `fail` makes, when the bytes are no text that regedit reads */
export function decodeRegistry(bytes: Buffer, fail: Fail): RegistrySource {
  const mark = bytes.toString('hex', 0, 3);
  if (mark.startsWith('feff'))
    throw fail(1, 1, 'It is UTF-16 in big-endian order, which regedit does not read.');
  if (mark.startsWith('fffe')) {
    if (bytes.length % 2 === 1) throw fail(1, 1, 'It is UTF-16 that ends in the middle of a character.');
    return { text: bytes.toString('utf16le', 2), encoding: 'utf-16le' };
  }
  if (bytes.includes(0)) throw fail(1, 1, 'It is no text, or UTF-16 without its byte order mark.');
  const latin1 = bytes.toString('latin1');
  if (foreignIn(latin1) === '') return { text: latin1, encoding: 'ascii' };
  try {
    // Notepad of Windows 10 and later saves UTF-8, which regedit would take for ANSI.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, encoding: 'utf-8' };
  } catch {
    return { text: latin1, encoding: 'ansi' };
  }
}

/** UTF-16LE with its mark, as regedit exports. */
export function utf16WithMark(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

/** The characters of a text beyond ASCII. */
export function foreignIn(text: string): string {
  return text.replaceAll(/\p{ASCII}/gu, '');
}

/**
 * Which version the first line says; null when it says neither. Blanks before it do not matter to regedit.
 *
 * @param firstLine without its line end
 */
export function versionOf(firstLine: string): 4 | 5 | null {
  const header = firstLine.trim();
  if (header === HEADER_5) return 5;
  return header === HEADER_4 ? 4 : null;
}
