import { MimeoError } from '../../../errors.ts';
import { numberOf, REG_TYPES, type RegistryData, textOf } from '../registry-data.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import { foreignIn, HEADER_4, HEADER_5, utf16WithMark } from './registry-encoding.ts';

/** Columns of a line of bytes before the backslash, as regedit breaks them. */
const HEX_LINE = 77;
const TERMINATED = Buffer.alloc(2);

/**
 * Writes a .reg file that leads regedit to exactly these operations: version 5.00 in UTF-16LE, in the form of
 * regedit's own exports; or `REGEDIT4` in ASCII for what is older than Windows 2000.
 *
 * @throws MimeoError `registry-file-invalid` when a name cannot be written in such a file (a line end in the name of a
 * key, a control character, letters beyond ASCII for version 4)
 */
export function writeRegistryFile(operations: readonly RegistryOperation[], version: 4 | 5 = 5): Buffer {
  const text = writeRegistryText(operations, version);
  if (version === 5) return utf16WithMark(text);
  if (foreignIn(text) === '') return Buffer.from(text, 'latin1');
  throw refused(
    `REGEDIT4 is written in ASCII only, and there are letters beyond it: ${foreignIn(text).slice(0, 20)}`,
  );
}

/** The text of {@link writeRegistryFile}, with CRLF. */
export function writeRegistryText(operations: readonly RegistryOperation[], version: 4 | 5 = 5): string {
  const lines = [version === 5 ? HEADER_5 : HEADER_4];
  let open: string | null = null;
  for (const operation of operations) {
    const { key } = operation;
    if (/[\r\n\0]/.test(key))
      throw refused(`The key ${JSON.stringify(key)} has a line end or a zero in its name`);
    if (operation.kind === 'delete-key') {
      lines.push('', `[-${key}]`);
      open = null;
      continue;
    }
    if (operation.kind === 'ensure-key' || open !== key) lines.push('', `[${key}]`);
    open = operation.kind === 'ensure-key' ? null : key;
    if (operation.kind === 'set-value') lines.push(valueLine(operation.name, operation.data, version));
    if (operation.kind === 'delete-value') lines.push(`${quotedName(operation.name)}=-`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function valueLine(name: string, data: RegistryData, version: 4 | 5): string {
  const start = `${quotedName(name)}=`;
  const text = plainText(data);
  if (text !== null) return `${start}"${escaped(text)}"`;
  const number = data.type === REG_TYPES.dword ? numberOf(data) : null;
  if (number !== null) return `${start}dword:${number.toString(16).padStart(8, '0')}`;
  const kind = data.type === REG_TYPES.binary ? 'hex:' : `hex(${data.type.toString(16)}):`;
  return hexLines(`${start}${kind}`, version === 4 ? narrowed(data) : data.bytes);
}

/** Null unless quotation marks around it say all of it: REG_SZ with one terminator, and nothing that ends a line. */
function plainText(data: RegistryData): string | null {
  if (data.type !== REG_TYPES.sz || data.bytes.length % 2 === 1) return null;
  const bytes = Buffer.from(data.bytes);
  if (bytes.length < 2 || !bytes.subarray(-2).equals(TERMINATED)) return null;
  const text = textOf(data);
  if (text === null || text.length * 2 + 2 !== bytes.length) return null;
  return hasControl(text) ? null : text;
}

function quotedName(name: string): string {
  if (name === '') return '@';
  const visible = name.replaceAll(/[\r\n]/g, '');
  if (hasControl(visible))
    throw refused(`The value ${JSON.stringify(name)} has a control character in its name`);
  return `"${escaped(name).replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, (character) => `\\${character}`);
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) < 0x20 && text.charAt(at) !== '\t') return true;
  }
  return false;
}

function hexLines(start: string, bytes: Uint8Array): string {
  let text = start;
  let column = start.length;
  for (const [index, byte] of bytes.entries()) {
    const last = index === bytes.length - 1;
    const digits = byte.toString(16).padStart(2, '0');
    text += last ? digits : `${digits},`;
    column += 3;
    if (!last && column >= HEX_LINE) {
      text += '\\\r\n  ';
      column = 2;
    }
  }
  return text;
}

/** The bytes of a string as version 4 has them. */
function narrowed(data: RegistryData): Uint8Array {
  const isString =
    data.type === REG_TYPES.sz || data.type === REG_TYPES.expandSz || data.type === REG_TYPES.multiSz;
  if (!isString) return data.bytes;
  const text = Buffer.from(data.bytes).toString('utf16le');
  if (data.bytes.length % 2 === 0 && foreignIn(text) === '') return Buffer.from(text, 'latin1');
  throw refused(`REGEDIT4 is written in ASCII only, and a value has letters beyond it`);
}

function refused(words: string): MimeoError {
  return new MimeoError('registry-file-invalid', `${words}.`, {
    next: 'Rename it where it comes from, then retry.',
  });
}
