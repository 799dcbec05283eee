import { MimeoError } from '../../../errors.ts';

/**
 * How a file's text stands for its bytes. `single-byte` is any code page the file names: each byte is one character
 * here, ASCII is read as such, and what is written into it beyond ASCII becomes a character reference.
 */
export type XmlEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'single-byte';

export interface XmlText {
  /** Without its byte order mark. */
  readonly text: string;
  readonly encoding: XmlEncoding;
  readonly mark: boolean;
}

/** Answer files are kilobytes; what is larger is none. */
const MAX_BYTES = 4 * 1024 * 1024;

const SINGLE_BYTE = /^(?:iso-8859-\d+|latin\d|windows-125\d|us-ascii|ascii|cp\d+|ibm\d+)$/i;

/**
 * @param name of the file, for the error
 * @throws MimeoError `unattend-invalid` for what is no text, or not in the encoding it says it has
 */
export function readXmlBytes(bytes: Uint8Array, name: string): XmlText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const invalid = (words: string): MimeoError => new MimeoError('unattend-invalid', `${name}: ${words}`);
  if (buffer.length > MAX_BYTES) {
    throw invalid(`It has ${buffer.length} bytes, far more than an answer file can have.`);
  }
  const start = buffer.toString('hex', 0, 4);
  const wide = start.startsWith('fffe') || start === '3c003f00' || start === '3c007500' ? 'utf-16le' : null;
  const swapped =
    start.startsWith('feff') || start === '003c003f' || start === '003c0075' ? 'utf-16be' : null;
  const encoding = wide ?? swapped;
  if (encoding !== null) {
    if (buffer.length % 2 === 1) throw invalid('It is UTF-16 that ends in the middle of a character.');
    const mark = start.startsWith('fffe') || start.startsWith('feff');
    const little = encoding === 'utf-16le' ? buffer : Buffer.from(buffer).swap16();
    return { text: little.toString('utf16le', mark ? 2 : 0), encoding, mark };
  }
  const declared = /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']/.exec(
    buffer.toString('latin1', 0, 200),
  )?.[1];
  if (declared !== undefined && SINGLE_BYTE.test(declared)) {
    return { text: buffer.toString('latin1'), encoding: 'single-byte', mark: false };
  }
  const mark = start.startsWith('efbbbf');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      buffer.subarray(mark ? 3 : 0),
    );
    return { text, encoding: 'utf-8', mark };
  } catch {
    throw invalid('It is not in UTF-8, although it does not name another encoding in its first line.');
  }
}

/** The bytes of a changed text in the form it had. */
export function writeXmlBytes({ text, encoding, mark }: XmlText): Buffer {
  const marked = mark ? `\ufeff${text}` : text;
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(marked, 'utf8');
    case 'utf-16le':
      return Buffer.from(marked, 'utf16le');
    case 'utf-16be':
      return Buffer.from(marked, 'utf16le').swap16();
    case 'single-byte':
      return Buffer.from(text, 'latin1');
  }
}
