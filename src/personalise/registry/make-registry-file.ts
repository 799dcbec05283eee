import { MimeoError } from '../../errors.ts';
import type { RegistryTemplate } from '../types.ts';
import { fillTemplate } from './fill-template.ts';
import { checkRegistryText } from './registry-syntax.ts';

export interface RegistryFile {
  /** What regedit is given: CRLF; UTF-16LE with its mark, or ANSI. */
  readonly bytes: Buffer;
  readonly warnings: readonly string[];
}

const HEADER_5 = 'Windows Registry Editor Version 5.00';
const HEADER_4 = 'REGEDIT4';

/**
 * Makes a .reg file of the share this host's own: fills its placeholders, checks that regedit will take it, and writes
 * it in an encoding that regedit of XP reads (never UTF-8).
 *
 * @throws MimeoError `registry-file-invalid` naming the file, and the line and column where there is one
 */
export function makeRegistryFile(
  template: RegistryTemplate,
  fields: Readonly<Record<string, string>>,
): RegistryFile {
  const { name } = template;
  const source = decode(Buffer.from(template.content, 'base64'), name);
  const lines = source.text.split(/\r\n|\n|\r/);
  const header = lines[0]?.trimEnd();
  if (header !== HEADER_5 && header !== HEADER_4) {
    throw invalid(
      name,
      1,
      1,
      `The first line has to be "${HEADER_5}" (or "${HEADER_4}"), nothing before it.`,
    );
  }
  const fail = (line: number, column: number, words: string): MimeoError =>
    invalid(name, line, column, words);
  const filled = fillTemplate(lines, fields, fail);
  checkRegistryText(filled, fail);
  const text = filled.join('\r\n');
  return { bytes: encode(text, source, header === HEADER_4, name), warnings: warningsOf(name, filled) };
}

interface Source {
  readonly text: string;
  /** `ansi` text is one character for one byte, of a code page that only the image's Windows knows. */
  readonly encoding: 'ascii' | 'ansi' | 'utf-8' | 'utf-16le';
}

function decode(bytes: Buffer, name: string): Source {
  const mark = bytes.toString('hex', 0, 3);
  if (mark.startsWith('feff'))
    throw invalid(name, 1, 1, 'It is UTF-16 in big-endian order, which regedit does not read.');
  if (mark.startsWith('fffe')) {
    if (bytes.length % 2 === 1)
      throw invalid(name, 1, 1, 'It is UTF-16 that ends in the middle of a character.');
    return { text: bytes.toString('utf16le', 2), encoding: 'utf-16le' };
  }
  if (bytes.includes(0)) throw invalid(name, 1, 1, 'It is no text, or UTF-16 without its byte order mark.');
  const latin1 = bytes.toString('latin1');
  if (isAscii(latin1)) return { text: latin1, encoding: 'ascii' };
  try {
    // Notepad of Windows 10 and later saves UTF-8, which regedit would take for ANSI: read it, write UTF-16.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, encoding: 'utf-8' };
  } catch {
    return { text: latin1, encoding: 'ansi' };
  }
}

function encode(text: string, source: Source, version4: boolean, name: string): Buffer {
  if (source.encoding === 'utf-16le') return utf16(text);
  if (isAscii(text)) return Buffer.from(text, 'latin1');
  if (source.encoding === 'ansi') {
    if (foreignIn(text) === foreignIn(source.text)) return Buffer.from(text, 'latin1');
    throw invalid(name, 1, 1, 'It is written in ANSI, and a field of this host has letters beyond ASCII.');
  }
  // Version 4 means ANSI, also inside its hex values, so its encoding cannot be changed under it.
  if (version4) throw invalid(name, 1, 1, `${HEADER_4} takes ANSI only, and there are letters beyond ASCII.`);
  return utf16(text);
}

function isAscii(text: string): boolean {
  return foreignIn(text) === '';
}

/** The characters beyond ASCII: filling the placeholders of an ANSI file must not bring in any of its own. */
function foreignIn(text: string): string {
  return text.replaceAll(/\p{ASCII}/gu, '');
}

function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

function warningsOf(name: string, lines: readonly string[]): string[] {
  if (!lines.some((line) => /^\s*\[-?HKEY_CURRENT_USER[\\\]]/i.test(line))) return [];
  return [
    `${name} has keys of HKEY_CURRENT_USER: they are imported without a user, so they become the defaults of new ` +
      'users. Name the file *.first-logon.reg to import it when the first user logs on.',
  ];
}

function invalid(name: string, line: number, column: number, words: string): MimeoError {
  const message = `${name}, line ${line}, column ${column}: ${words}`;
  if (!/ANSI|UTF-16|no text/.test(words)) return new MimeoError('registry-file-invalid', message);
  const next =
    'Open the file in Notepad and save it as Unicode (UTF-16LE) with the header of version 5.00, then retry.';
  return new MimeoError('registry-file-invalid', message, { next });
}
