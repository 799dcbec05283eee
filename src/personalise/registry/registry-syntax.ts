import type { Fail } from './fill-template.ts';

const KEY =
  /^\[-?(?:HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKEY_USERS|HKEY_CLASSES_ROOT|HKEY_CURRENT_CONFIG)(?:\\.*)?\]\s*(?:;.*)?$/i;
/** A value's name, its equals sign, and what follows. */
const VALUE = /^(\s*(?:@|"(?:[^"\\]|\\.)*")\s*=\s*)(.*)$/s;
const WHOLE_STRING = /^"(?:[^"\\]|\\.)*"\s*(?:;.*)?$/s;
const DWORD = /^dword:[0-9a-f]{1,8}\s*(?:;.*)?$/i;
const HEX = /^hex(?:\([0-9a-f]+\))?:\s*(?:[0-9a-f]{1,2}(?:\s*,\s*[0-9a-f]{1,2})*\s*,?)?\s*(?:;.*)?$/i;

/**
 * Checks what regedit /s would otherwise pass over in silence: every line has to be a comment, a key of a known hive
 * or a well-formed value below a key.
 *
 * @param lines without their line ends, the header first
 * @param fail makes the error for a 1-based line and column
 */
export function checkRegistryText(lines: readonly string[], fail: Fail): void {
  let key = false;
  for (let index = 1; index < lines.length; index += 1) {
    const number = index + 1;
    const line = lines[index] ?? '';
    const start = line.trimStart();
    const column = line.length - start.length + 1;
    if (start === '' || start.startsWith(';')) continue;
    if (start.startsWith('[')) {
      if (!KEY.test(start)) throw fail(number, column, keyFault(start));
      key = true;
      continue;
    }
    if (!key) throw fail(number, column, 'A value stands before the first key.');
    const match = VALUE.exec(line);
    if (match === null)
      throw fail(number, column, 'This is neither a comment, nor a [key], nor "name"=value.');
    const [, before = '', rest = ''] = match;
    const end = lastLineOf(lines, index, rest);
    if (end === null) throw fail(number, before.length + 1, 'A closing quotation mark is missing.');
    const joined = rest.startsWith('"')
      ? [rest, ...lines.slice(index + 1, end + 1)].join('\r\n')
      : [rest, ...lines.slice(index + 1, end + 1)]
          .map((piece) => piece.replace(/\\\s*$/, '').trim())
          .join('');
    if (!isData(joined)) {
      throw fail(
        number,
        before.length + 1,
        'The value is none of "text", dword:, hex: (or hex(n):), or - to delete it.',
      );
    }
    index = end;
  }
}

function isData(text: string): boolean {
  return /^-\s*(?:;.*)?$/.test(text) || WHOLE_STRING.test(text) || DWORD.test(text) || HEX.test(text);
}

/** The last line of a value: hex data goes on behind a backslash, a string until its closing quote; null: never ends. */
function lastLineOf(lines: readonly string[], first: number, rest: string): number | null {
  if (!rest.startsWith('"')) {
    let last = first;
    while (/\\\s*$/.test(lines[last] ?? '') && last + 1 < lines.length) last += 1;
    return last;
  }
  let text = rest;
  for (let last = first; last < lines.length; last += 1) {
    if (last > first) text += `\r\n${lines[last]}`;
    if (/^"(?:[^"\\]|\\.)*"/s.test(text)) return last;
  }
  return null;
}

function keyFault(line: string): string {
  if (!line.includes(']')) return 'The closing bracket of the key is missing.';
  if (/^\[-?(?:HKLM|HKCU|HKU|HKCR|HKCC)\b/i.test(line)) {
    return 'regedit wants the hive in full, such as HKEY_LOCAL_MACHINE.';
  }
  return 'The key is in none of the hives HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, HKEY_USERS, HKEY_CLASSES_ROOT, HKEY_CURRENT_CONFIG.';
}
