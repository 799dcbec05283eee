import { LONGEST_KEY_NAME, ROOTS } from '../registry-operation.ts';
import type { TextCursor } from './text-cursor.ts';

export interface KeyLine {
  readonly key: string;
  readonly deletes: boolean;
}

const FULL_ROOTS = new Set(Object.values(ROOTS));

/**
 * Reads `[key]` or `[-key]`. The last bracket of the line closes it, as names may have brackets; blanks before it
 * belong to the name, blanks behind the first make regedit pass over the line.
 *
 * @param cursor on the opening bracket; left behind the line's last character
 * @param aliases whether HKLM and the like are taken for the roots they mean
 */
export function readKeyLine(cursor: TextCursor, aliases: boolean): KeyLine {
  const start = cursor.at;
  const line = cursor.restOfLine();
  const close = line.lastIndexOf(']');
  if (close === -1) throw cursor.invalid(start, 'The closing bracket of the key is missing.');
  const deletes = line[1] === '-';
  const path = line.slice(deletes ? 2 : 1, close);
  if (!/^\s*(?:;.*)?$/.test(line.slice(close + 1))) {
    throw cursor.invalid(start + close + 1, 'Something stands behind the closing bracket of the key.');
  }
  if (/\]\s*;/.test(path)) {
    throw cursor.invalid(
      start,
      'The comment has a bracket, so regedit takes it for a part of the key’s name.',
    );
  }
  const [first = '', ...names] = path.replace(/\\+$/, '').split('\\');
  const root = aliases ? (ROOTS[first.toUpperCase()] ?? first.toUpperCase()) : first.toUpperCase();
  if (!FULL_ROOTS.has(root)) throw cursor.invalid(start, rootFault(first));
  if (deletes && names.length === 0) throw cursor.invalid(start, 'A whole hive cannot be deleted.');
  for (const name of names) {
    if (name === '')
      throw cursor.invalid(start, 'Two backslashes follow each other; in a key there is only one.');
    if (name.length > LONGEST_KEY_NAME) {
      throw cursor.invalid(
        start,
        `The name of a key has ${name.length} characters; ${LONGEST_KEY_NAME} are the most.`,
      );
    }
  }
  cursor.at += line.length;
  return { key: [root, ...names].join('\\'), deletes };
}

function rootFault(first: string): string {
  if (ROOTS[first.toUpperCase()] !== undefined)
    return 'regedit wants the hive in full, such as HKEY_LOCAL_MACHINE.';
  if (first !== first.trim())
    return 'A blank stands in front of the hive’s name; regedit passes over such a key.';
  return `The key is in none of the hives ${[...FULL_ROOTS].join(', ')}.`;
}
