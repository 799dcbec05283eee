import { decodeWindows1252, encodeWindows1252 } from './windows-1252.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface TextForm {
  readonly encoding: Encoding;
  /** Bytes of the byte order mark at the start: 0, 2 or 3. */
  readonly bomBytes: 0 | 2 | 3;
}

/** A file's text (without the byte order mark) and how it was encoded, or what the file is instead. */
export type DecodedText = { readonly text: string; readonly form: TextForm } | { readonly notText: string };

/** First bytes of files that people save under the wrong name, and what to call them. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['ffd8ff', 'a JPEG picture'],
  ['89504e47', 'a PNG picture'],
  ['47494638', 'a GIF picture'],
  ['25504446', 'a PDF document'],
  ['504b0304', 'an Excel workbook (.xlsx) or another ZIP archive'],
  ['d0cf11e0', 'an old Excel workbook (.xls) or another Office document'],
  ['1f8b', 'a gzip archive'],
];

/** Larger than any manifest: ten times 10,000 long lines. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Decodes a text file by its byte order mark, else by what its bytes allow. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = buffer.toString('hex', 0, 8);
  const signature = SIGNATURES.find(([hex]) => start.startsWith(hex));
  if (signature !== undefined) return { notText: signature[1] };
  if (buffer.length > MAX_BYTES) return { notText: `larger than ${MAX_BYTES / 1024 / 1024} MiB` };
  const form = formOf(buffer);
  if (form.encoding.startsWith('utf-16') && buffer.length % 2 === 1) {
    return { notText: 'a UTF-16 text that ends in the middle of a character' };
  }
  const body = buffer.subarray(form.bomBytes);
  const text = decode(body, form.encoding);
  // Tabs and line ends apart, text has no control characters (C1 is left to the odd byte of Windows-1252).
  const strange = /(?![\t\n\r\u0080-\u009f])\p{Cc}/u.exec(text);
  if (strange !== null) return { notText: `binary data (byte ${strange[0].charCodeAt(0)} in it)` };
  return { text, form };
}

/** Text in a file's own encoding, or null when that encoding lacks a character. */
export function encodeText(text: string, encoding: Encoding): Buffer | null {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'windows-1252':
      return encodeWindows1252(text);
  }
}

/** The byte at which a character of the text starts. */
export function byteOffset(text: string, at: number, form: TextForm): number {
  const start = text.slice(0, at);
  const bytes = form.encoding === 'utf-8' ? Buffer.byteLength(start) : start.length * unit(form.encoding);
  return form.bomBytes + bytes;
}

function formOf(buffer: Buffer): TextForm {
  const start = buffer.toString('hex', 0, 3);
  if (start === 'efbbbf') return { encoding: isUtf8(buffer) ? 'utf-8' : 'windows-1252', bomBytes: 3 };
  if (start.startsWith('fffe')) return { encoding: 'utf-16le', bomBytes: 2 };
  if (start.startsWith('feff')) return { encoding: 'utf-16be', bomBytes: 2 };
  // Without a mark: text is mostly ASCII, so in UTF-16 every second byte is zero.
  const head = buffer.subarray(0, 400);
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at += 1) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 4 && even === 0) return { encoding: 'utf-16le', bomBytes: 0 };
  if (even > head.length / 4 && odd === 0) return { encoding: 'utf-16be', bomBytes: 0 };
  return { encoding: isUtf8(buffer) ? 'utf-8' : 'windows-1252', bomBytes: 0 };
}

function decode(body: Buffer, encoding: Encoding): string {
  switch (encoding) {
    case 'utf-8':
      return body.toString('utf8');
    case 'utf-16le':
      return body.toString('utf16le');
    case 'utf-16be':
      return Buffer.from(body).swap16().toString('utf16le');
    case 'windows-1252':
      return decodeWindows1252(body);
  }
}

function isUtf8(buffer: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(buffer);
    return true;
  } catch {
    return false;
  }
}

function unit(encoding: Encoding): number {
  return encoding.startsWith('utf-16') ? 2 : 1;
}
