import { MimeoError } from '../errors.ts';

/**
 * A text file of Windows XP as one string that stands for its bytes exactly. ANSI is read as Latin-1: which code page
 * it really is, nobody says, and only ASCII is ever put in.
 */
export interface WindowsText {
  readonly text: string;
  readonly encoding: 'ansi' | 'utf-16le';
  /** A UTF-8 byte order mark, which XP takes for three characters in front of the first line. */
  readonly utf8Mark: boolean;
}

/**
 * @param what names the file in an error
 * @throws MimeoError `sysprep-inf-invalid` for UTF-16 in big-endian order or cut in half, which XP cannot read either
 */
export function readWindowsText(bytes: Uint8Array, what: string): WindowsText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const mark = buffer.toString('hex', 0, 3);
  if (mark.startsWith('feff')) {
    throw new MimeoError(
      'sysprep-inf-invalid',
      `${what} is UTF-16 in big-endian order, which Windows does not read.`,
    );
  }
  if (!mark.startsWith('fffe')) {
    return { text: buffer.toString('latin1'), encoding: 'ansi', utf8Mark: mark === 'efbbbf' };
  }
  if (buffer.length % 2 === 1) {
    throw new MimeoError('sysprep-inf-invalid', `${what} is UTF-16 that ends in the middle of a character.`);
  }
  return { text: buffer.toString('utf16le', 2), encoding: 'utf-16le', utf8Mark: false };
}

/** The bytes of a changed text in the encoding it had. What was put in must be ASCII. */
export function writeWindowsText(text: string, encoding: WindowsText['encoding']): Buffer {
  return encoding === 'ansi' ? Buffer.from(text, 'latin1') : Buffer.from(`\ufeff${text}`, 'utf16le');
}
