import { MimeoError } from '../../../errors.ts';
import { dwordData, REG_TYPES, type RegistryData, textData } from '../registry-data.ts';
import { foldName } from '../registry-name.ts';
import { LONGEST_VALUE_NAME, type RegistryOperation } from '../registry-operation.ts';
import { readHexBytes } from './hex-bytes.ts';
import { readKeyLine } from './key-line.ts';
import { readQuoted } from './quoted.ts';
import { decodeRegistry, type Fail, HEADER_4, HEADER_5, versionOf } from './registry-encoding.ts';
import { TextCursor } from './text-cursor.ts';

export interface RegistryText {
  readonly version: 4 | 5;
  readonly operations: readonly RegistryOperation[];
  /** What regedit takes, and somebody may not have meant: line, column and words. */
  readonly warnings: readonly string[];
}

export interface ParseRegistryOptions {
  /** HKLM, HKCU… stand for the roots they mean. regedit does not know them. Default: refused. */
  readonly aliases?: boolean;
  /** Of the letters of an ANSI file, by its name for TextDecoder. Default: `windows-1252`, western Europe. */
  readonly codePage?: string;
}

const DWORD = /dword:[ \t]*([0-9A-Fa-f]{1,8})(?![^\s;])/y;
const HEX = /hex(?:\(([0-9A-Fa-f]{1,8})\))?:/y;
const MINUS = /-/y;
const END_OF_VALUE = /[ \t]*(?:;[^\r\n]*)?(?=[\r\n]|$)/y;
const NO_VALUE = 'The value is none of "text", dword:, hex: (or hex(n):), or - to delete it.';

/**
 * Reads a .reg file: `Windows Registry Editor Version 5.00` in UTF-16LE (or UTF-8, or ANSI), or `REGEDIT4` in ANSI.
 *
 * @param bytes of the file
 * @param name of the file, for messages
 * @throws MimeoError `registry-file-invalid` with file, line and column, for whatever regedit would pass over in silence
 */
export function parseRegistryFile(
  bytes: Uint8Array,
  name: string,
  options: ParseRegistryOptions = {},
): RegistryText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = failIn(name);
  const codePage = options.codePage ?? 'windows-1252';
  const source = decodeRegistry(buffer, fail);
  const text = source.encoding === 'ansi' ? new TextDecoder(codePage).decode(buffer) : source.text;
  const parsed = parseRegistryText(text, fail, { ...options, codePage });
  if (source.encoding !== 'utf-8') return parsed;
  const warning = `${name} is in UTF-8, which regedit takes for ANSI: save it as Unicode (UTF-16LE).`;
  return { ...parsed, warnings: [warning, ...parsed.warnings] };
}

/**
 * @param text of the whole file, header included
 * @param fail makes the error for a 1-based line and column
 */
export function parseRegistryText(
  text: string,
  fail: Fail,
  options: ParseRegistryOptions = {},
): RegistryText {
  const cursor = new TextCursor(text, fail);
  const version = versionOf(cursor.restOfLine());
  if (version === null) {
    throw fail(1, 1, `The first line has to be "${HEADER_5}" (or "${HEADER_4}"), nothing before it.`);
  }
  cursor.nextLine();
  const operations: RegistryOperation[] = [];
  const warnings: string[] = [];
  const seen = new Set<string>();
  let key: string | null = null;
  let state: 'none' | 'open' | 'used' | 'deleted' = 'none';
  const closeKey = (): void => {
    if (state === 'open' && key !== null) operations.push({ kind: 'ensure-key', key });
  };
  for (; !cursor.ended; cursor.nextLine()) {
    cursor.skipBlanks();
    const start = cursor.at;
    const rest = cursor.restOfLine();
    // regedit passes over what it does not know; "#" has become a way to write comments for that.
    if (rest.trim() === '' || rest.startsWith(';') || rest.startsWith('#')) continue;
    if (rest.startsWith('[')) {
      closeKey();
      const line = readKeyLine(cursor, options.aliases === true);
      key = line.key;
      state = line.deletes ? 'deleted' : 'open';
      if (line.deletes) operations.push({ kind: 'delete-key', key });
      continue;
    }
    if (!rest.startsWith('"') && !rest.startsWith('@')) throw cursor.invalid(start, NO_LINE);
    if (key === null) throw cursor.invalid(start, 'A value stands before the first key.');
    if (state === 'deleted')
      throw cursor.invalid(start, 'The value belongs to a key that is deleted above it.');
    const operation = readValueLine(cursor, key, version, options.codePage ?? 'windows-1252');
    operations.push(operation);
    state = 'used';
    const place = `${foldName(key)}\0${foldName(operation.name)}`;
    if (seen.has(place)) {
      const { line, column } = cursor.position(start);
      warnings.push(
        `line ${line}, column ${column}: ${key}, ${operation.name || '@'} was set before; the later one wins.`,
      );
    }
    seen.add(place);
  }
  closeKey();
  return { version, operations, warnings };
}

const NO_LINE = 'This is neither a comment, nor a [key], nor "name"=value.';

type ValueOperation = Extract<RegistryOperation, { name: string }>;

function readValueLine(cursor: TextCursor, key: string, version: 4 | 5, codePage: string): ValueOperation {
  const start = cursor.at;
  const name = readName(cursor);
  cursor.skipBlanks();
  if (name === null || cursor.here !== '=') throw cursor.invalid(start, NO_LINE);
  if (name.length > LONGEST_VALUE_NAME) {
    throw cursor.invalid(
      start,
      `The name of the value has ${name.length} characters; ${LONGEST_VALUE_NAME} are the most.`,
    );
  }
  cursor.at += 1;
  cursor.skipBlanks();
  const at = cursor.at;
  if (cursor.take(MINUS) !== null) {
    if (cursor.take(END_OF_VALUE) === null) throw cursor.invalid(at, NO_VALUE);
    return { kind: 'delete-value', key, name };
  }
  const data = readData(cursor, at, version, codePage);
  if (cursor.take(END_OF_VALUE) === null) {
    // A text that went over its line and ends in the middle of another has lost its mark, not its meaning.
    const lines = cursor.position(cursor.at).line - cursor.position(at).line;
    throw cursor.invalid(
      at,
      lines > 0 && data.type === REG_TYPES.sz ? 'A closing quotation mark is missing.' : NO_VALUE,
    );
  }
  return { kind: 'set-value', key, name, data };
}

function readName(cursor: TextCursor): string | null {
  if (cursor.here === '"') return readQuoted(cursor, false);
  cursor.at += 1;
  return '';
}

function readData(cursor: TextCursor, at: number, version: 4 | 5, codePage: string): RegistryData {
  if (cursor.here === '"') {
    const text = readQuoted(cursor, true);
    if (text === null) throw cursor.invalid(at, 'A closing quotation mark is missing.');
    return textData(text);
  }
  const dword = cursor.take(DWORD);
  if (dword !== null) return dwordData(Number.parseInt(dword[1] ?? '', 16));
  const hex = cursor.take(HEX);
  if (hex === null) {
    if (
      /^(?:dword|hex(?:\([0-9a-f]+\))?):/i.test(cursor.restOfLine()) &&
      !/^(?:dword|hex)/.test(cursor.restOfLine())
    ) {
      throw cursor.invalid(at, 'dword: and hex: have to be in small letters.');
    }
    throw cursor.invalid(at, NO_VALUE);
  }
  const type = hex[1] === undefined ? REG_TYPES.binary : Number.parseInt(hex[1], 16);
  const bytes = readHexBytes(cursor);
  return {
    type,
    bytes: isString(type) ? terminated(version === 4 ? widened(bytes, codePage) : bytes) : bytes,
  };
}

function isString(type: number): boolean {
  return type === REG_TYPES.sz || type === REG_TYPES.expandSz || type === REG_TYPES.multiSz;
}

/** Strings of REGEDIT4 are ANSI also in their bytes. */
function widened(bytes: Buffer, codePage: string): Buffer {
  return Buffer.from(new TextDecoder(codePage).decode(bytes), 'utf16le');
}

/** regedit adds the terminator of a string that has none (but not to one without any bytes). */
function terminated(bytes: Buffer): Buffer {
  const complete = bytes.length === 0 || bytes.length % 2 === 1 || bytes.readUInt16LE(bytes.length - 2) === 0;
  return complete ? bytes : Buffer.concat([bytes, Buffer.alloc(2)]);
}

/** Errors with the file's name and, where the encoding is at fault, what to do about it. */
export function failIn(name: string): (line: number, column: number, words: string) => MimeoError {
  return (line, column, words) => {
    const message = `${name}, line ${line}, column ${column}: ${words}`;
    if (!/ANSI|UTF-16|no text/.test(words)) return new MimeoError('registry-file-invalid', message);
    const next =
      'Open the file in Notepad and save it as Unicode (UTF-16LE) with the header of version 5.00, then retry.';
    return new MimeoError('registry-file-invalid', message, { next });
  };
}
