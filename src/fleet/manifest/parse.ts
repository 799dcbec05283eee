import type { ManifestRow } from '../types.ts';
import { type CheckedLine, checkCells } from './check-line.ts';
import { type DataLine, type Layout, type ManifestForm, readLayout } from './layout.ts';
import { capProblems, type ManifestProblem } from './problem.ts';

export interface ManifestContext {
  /** Names of the images there are; null when they cannot be told now, then images are not checked. */
  readonly knownImages: ReadonlySet<string> | null;
}

/** A line that was not taken, as far as it could be read. */
export interface BadLine {
  readonly line: number;
  readonly mac: string | null;
  readonly name: string | null;
}

export interface ParsedManifest {
  /** The good lines, in the order of the file. */
  readonly rows: readonly (ManifestRow & { readonly line: number })[];
  readonly badLines: readonly BadLine[];
  /** In the order of the file, capped: see `capProblems`. */
  readonly problems: readonly ManifestProblem[];
  /** How the file is written; null when it is no manifest at all, and then nothing of it is in force. */
  readonly form: ManifestForm | null;
}

/**
 * Reads a manifest.csv in any of the forms that spreadsheets and editors save: comma, semicolon or tab; UTF-8,
 * UTF-16 or Windows-1252; with or without a header line. Never throws: whatever is wrong becomes a problem with line
 * and column, and the good lines are taken all the same.
 */
export function parseManifest(bytes: Uint8Array, context: ManifestContext): ParsedManifest {
  const layout = readLayout(bytes);
  if ('notText' in layout)
    return unusable('not-text', 1, 1, `The file is ${layout.notText}, not a manifest.`, SAVE_AS_CSV);
  const fault = headerFault(layout);
  if (fault !== null) return fault;
  if (layout.header === null && layout.data.length === 0) {
    return unusable(
      'empty',
      1,
      1,
      'The file is empty.',
      'Keep a header line (mac,image,name) if really no host is to be assigned; until then nothing changes.',
    );
  }
  const checked = layout.data.map((line) => checkCells(line, layout.form.columns, context.knownImages));
  const problems = [...repeatedColumns(layout), ...checked.flatMap((line) => line.problems)];
  const rejected = new Set(checked.filter((line) => line.problems.length > 0));
  for (const key of ['mac', 'name'] as const) problems.push(...rejectDuplicates(checked, key, rejected));
  return {
    rows: checked
      .filter((line) => !rejected.has(line))
      .map(({ line, cells }) => ({
        mac: cells.mac.value,
        image: cells.image.value,
        name: cells.name.value,
        lab: cells.lab.value === '' ? null : cells.lab.value,
        line,
      })),
    badLines: [...rejected]
      .map(({ line, mac, name }) => ({ line, mac, name }))
      .sort((a, b) => a.line - b.line),
    problems: capProblems(problems),
    form: layout.form,
  };
}

const SAVE_AS_CSV =
  'Save the list as CSV (text) under this name; the last good version stays in force until then.';

/**
 * Lines that claim one MAC or one name: which of them is meant cannot be told, so none is taken. A line that only
 * repeats an earlier one leaves that one in force.
 */
function rejectDuplicates(
  checked: readonly CheckedLine[],
  key: 'mac' | 'name',
  rejected: Set<CheckedLine>,
): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const firsts = new Map<string, CheckedLine>();
  for (const line of checked) {
    const value = line[key];
    if (value === null) continue;
    const first = firsts.get(value.toLowerCase());
    if (first === undefined) {
      firsts.set(value.toLowerCase(), line);
      continue;
    }
    if (key === 'name' && first.mac !== null && first.mac === line.mac) continue; // told as a duplicate MAC
    const repeats = sameCells(first, line);
    rejected.add(line);
    if (!repeats) rejected.add(first);
    problems.push({
      line: line.line,
      column: line.cells[key].column,
      code: key === 'mac' ? 'duplicate-mac' : 'duplicate-name',
      message: `The ${key === 'mac' ? 'MAC' : 'name'} ${value} is already on line ${first.line}.`,
      next: repeats
        ? 'Delete one of the two lines.'
        : 'Change or delete one of the two; until then the last good version of both lines stays in force.',
    });
  }
  return problems;
}

function sameCells(a: CheckedLine, b: CheckedLine): boolean {
  return (['mac', 'image', 'name', 'lab'] as const).every((key) => a.cells[key].value === b.cells[key].value);
}

function headerFault({ header, form }: Layout): ParsedManifest | null {
  if (header === null) return null;
  const missing = (['mac', 'image', 'name'] as const).filter((key) => form.columns[key] < 0);
  if (missing.length === 0) return null;
  return unusable(
    'missing-column',
    header.line.number,
    1,
    `The header line names no column for: ${missing.join(', ')}.`,
    'Name the columns mac, image and name (lab if you like), in any order, or leave the header line out.',
  );
}

function repeatedColumns({ header, repeated }: Layout): ManifestProblem[] {
  return repeated.map(({ field, key }) => ({
    line: header?.line.number ?? 1,
    column: columnIn(header, field.start),
    code: 'repeated-column',
    message: `${field.value} is a second column for ${key}; the first one is used.`,
    next: 'Rename or delete one of the two columns.',
  }));
}

function columnIn(line: DataLine | null, at: number): number {
  return at - (line?.line.start ?? 0) + 1;
}

function unusable(
  code: ManifestProblem['code'],
  line: number,
  column: number,
  message: string,
  next: string,
): ParsedManifest {
  return { rows: [], badLines: [], problems: [{ line, column, code, message, next }], form: null };
}
