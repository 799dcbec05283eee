import { nearest } from '../../fleet/index.ts';
import { windowsLocale } from '../locales.ts';
import { issueProblems } from './issue-words.ts';
import type { Place, ProfileProblem } from './problem.ts';
import { FORGETTABLE, type SheetContent, sheetSchema } from './sheet-schema.ts';
import { unknownPlaceholders } from './template.ts';
import { readToml, type TomlTree } from './toml-tree.ts';

/** One file of the share's folder `profiles`, found good by itself. */
export interface Sheet {
  readonly file: string;
  readonly content: SheetContent;
  readonly tree: TomlTree;
}

export interface SheetFile {
  /** Relative to the folder, `/` between its parts. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SheetReading {
  /** Null when there are problems. */
  readonly sheet: Sheet | null;
  readonly problems: readonly ProfileProblem[];
  /** What a technician should know although it works. */
  readonly warnings: readonly ProfileProblem[];
}

/** A file has a few hundred lines; more is something else under a wrong name. */
const MAX_BYTES = 256 * 1024;

/** Reads one file and says all that is wrong with it at once. */
export function readSheet({ name: file, bytes }: SheetFile): SheetReading {
  const text = decode(file, bytes);
  if (typeof text !== 'string') return { sheet: null, problems: [text], warnings: [] };
  const tree = readToml(file, text);
  if ('problem' in tree) return { sheet: null, problems: [tree.problem], warnings: [] };
  const problems = placeholderProblems(tree, tree.value, []);
  const parsed = sheetSchema.safeParse(tree.value);
  if (!parsed.success) {
    return { sheet: null, problems: [...problems, ...issueProblems(tree, parsed.error)], warnings: [] };
  }
  const sheet: Sheet = { file, content: parsed.data, tree };
  problems.push(...forgetProblems(sheet));
  return {
    sheet: problems.length > 0 ? null : sheet,
    problems,
    warnings: [...plainSecrets(sheet), ...strangeLocales(sheet)],
  };
}

function decode(file: string, bytes: Uint8Array): string | ProfileProblem {
  const at: Place = { file, line: 1, column: 1 };
  if (bytes.length > MAX_BYTES) {
    const message = `The file has ${bytes.length} bytes; ${MAX_BYTES} is the most.`;
    return { at, message, next: 'Divide it into several files.' };
  }
  const isUtf16 = bytes[0] === 0xff ? bytes[1] === 0xfe : bytes[0] === 0xfe && bytes[1] === 0xff;
  const next = 'Save it as UTF-8.';
  if (isUtf16) return { at, message: 'The file is UTF-16 ("Unicode" in Notepad).', next };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // What comes before the first bad byte is the same in both.
    const loose = new TextDecoder('utf-8').decode(bytes);
    const before = loose.slice(0, loose.indexOf('\ufffd')).split('\n');
    const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return { at: place, message: 'This character is not UTF-8; the file seems to be saved as ANSI.', next };
  }
}

function placeholderProblems(tree: TomlTree, value: unknown, path: readonly PropertyKey[]): ProfileProblem[] {
  if (typeof value === 'string') {
    return unknownPlaceholders(value).map(({ piece, words, next }) => ({
      at: tree.placeInside(path, piece),
      message: words,
      next,
    }));
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  const children: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return children.flatMap(([name, child]) => placeholderProblems(tree, child, [...path, name]));
}

/** Passwords that stand in the share as plain text. */
function plainSecrets({ content, tree }: Sheet): ProfileProblem[] {
  const paths: [unknown, PropertyKey[]][] = [
    [content.windows?.administrator_password, ['windows', 'administrator_password']],
    [content.windows?.auto_logon?.password, ['windows', 'auto_logon', 'password']],
    [content.domain?.password, ['domain', 'password']],
    ...(content.accounts ?? []).map(({ password }, at): [unknown, PropertyKey[]] => [
      password,
      ['accounts', at, 'password'],
    ]),
  ];
  return paths
    .filter(([value]) => typeof value === 'string')
    .map(([, path]) => ({
      at: tree.placeOf(path),
      message: 'The password stands here in plain text, for everybody who can read the share.',
      next: 'Put it into a file of the folder secrets on the server and write { secret = "name of the file" }.',
    }));
}

/** Languages that Windows does not have: fine for Linux, a slip otherwise. */
function strangeLocales({ content, tree }: Sheet): ProfileProblem[] {
  return (['language', 'formats', 'keyboard'] as const).flatMap((key) => {
    const value = content.region?.[key];
    if (value === undefined || value.includes(':') || value.includes('{{') || windowsLocale(value) !== null) {
      return [];
    }
    const message = `Windows has no ${value}; on Windows this is left as the image has it.`;
    return [{ at: tree.placeOf(['region', key]), message, next: 'Look at the spelling.' }];
  });
}

function forgetProblems({ content, tree }: Sheet): ProfileProblem[] {
  return [...(content.for?.forget ?? []).entries()].flatMap(([index, name]) => {
    if (FORGETTABLE.includes(name)) return [];
    const close = nearest(name, new Set(FORGETTABLE));
    const next = close === null ? `There are: ${FORGETTABLE.join(', ')}.` : `Did you mean ${close}?`;
    return [{ at: tree.placeOf(['for', 'forget', index]), message: `There is no ${name} to forget.`, next }];
  });
}
