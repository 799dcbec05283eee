import type { RegistryTemplate } from '../types.ts';
import { fillTemplate } from './fill-template.ts';
import { REG_TYPES } from './registry-data.ts';
import type { RegistryOperation } from './registry-operation.ts';
import { failIn, parseRegistryText } from './text/parse-registry.ts';
import {
  decodeRegistry,
  type Fail,
  foreignIn,
  HEADER_4,
  HEADER_5,
  type RegistrySource,
  utf16WithMark,
  versionOf,
} from './text/registry-encoding.ts';

export interface RegistryFile {
  /** What regedit is given: CRLF; UTF-16LE with its mark, or ANSI. */
  readonly bytes: Buffer;
  readonly warnings: readonly string[];
}

/**
 * Makes a .reg file of the share this host's own: fills its placeholders, checks that regedit will take it, and writes
 * it in an encoding that regedit of XP reads (never UTF-8). Nothing else in it changes but the ends of its lines
 * and blanks beside its header.
 *
 * @throws MimeoError `registry-file-invalid` naming the file, and the line and column where there is one
 */
export function makeRegistryFile(
  template: RegistryTemplate,
  fields: Readonly<Record<string, string>>,
): RegistryFile {
  const { name } = template;
  const fail = failIn(name);
  const source = decodeRegistry(Buffer.from(template.content, 'base64'), fail);
  const lines = source.text.split(/\r\n|\n|\r/);
  if (versionOf(lines[0] ?? '') === null) {
    throw fail(1, 1, `The first line has to be "${HEADER_5}" (or "${HEADER_4}"), nothing before it.`);
  }
  // Wine's regedit takes no blank beside the header; what Windows' own does with one is nowhere written.
  const text = [lines[0]?.trim(), ...fillTemplate(lines, fields, fail).slice(1)].join('\r\n');
  const parsed = parseRegistryText(text, source.encoding === 'ansi' ? inAnsi(fail) : fail);
  return {
    bytes: encode(text, source, parsed.version, parsed.operations, fail),
    warnings: [
      ...parsed.warnings.map((warning) => `${name}, ${warning}`),
      ...warningsOf(name, parsed.operations),
    ],
  };
}

/** In the code pages of East Asia the second byte of a letter may be a backslash: nobody knows what is meant. */
function inAnsi(fail: Fail): Fail {
  return (line, column, words) => {
    const doubt = words.includes('backslash')
      ? ' Or a letter of an ANSI file of East Asia was taken for one.'
      : '';
    return fail(line, column, `${words}${doubt}`);
  };
}

function encode(
  text: string,
  source: RegistrySource,
  version: 4 | 5,
  operations: readonly RegistryOperation[],
  fail: Fail,
): Buffer {
  if (source.encoding === 'utf-16le') return utf16WithMark(text);
  const plain = foreignIn(text) === '';
  // Wine takes the bytes of strings for ANSI in any file that is not UTF-16: leave nothing to be taken.
  if (plain && version === 5 && operations.some(isStringInBytes)) return utf16WithMark(text);
  if (plain) return Buffer.from(text, 'latin1');
  if (source.encoding === 'ansi') {
    // Filling the placeholders of an ANSI file must not bring in any letters of its own.
    if (foreignIn(text) === foreignIn(source.text)) return Buffer.from(text, 'latin1');
    throw fail(1, 1, 'It is written in ANSI, and a field of this host has letters beyond ASCII.');
  }
  // Version 4 means ANSI, also inside its hex values, so its encoding cannot be changed under it.
  if (version === 4) throw fail(1, 1, `${HEADER_4} takes ANSI only, and there are letters beyond ASCII.`);
  return utf16WithMark(text);
}

function isStringInBytes(operation: RegistryOperation): boolean {
  if (operation.kind !== 'set-value') return false;
  const { type } = operation.data;
  return type === REG_TYPES.expandSz || type === REG_TYPES.multiSz;
}

function warningsOf(name: string, operations: readonly RegistryOperation[]): string[] {
  if (!operations.some(({ key }) => /^HKEY_CURRENT_USER(?:\\|$)/.test(key))) return [];
  return [
    `${name} has keys of HKEY_CURRENT_USER: they are imported without a user, so they become the defaults of new ` +
      'users. Name the file *.first-logon.reg to import it when the first user logs on.',
  ];
}
