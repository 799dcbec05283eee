import { MimeoError } from '../../errors.ts';

/** Where something stands in a file of the share's folder `profiles`. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters, as editors count. */
  readonly column: number;
}

/** One thing wrong with the profiles, for the person who can open them in an editor. */
export interface ProfileProblem {
  /** Null when no line of a file is at fault, but a host. */
  readonly at: Place | null;
  /** What is wrong, one whole sentence or more. */
  readonly message: string;
  /** What to do. */
  readonly next: string;
}

/** `win11.toml, line 4, column 9`. */
export function placeWords(at: Place): string {
  return `${at.file}, line ${at.line}, column ${at.column}`;
}

/** A problem in one line of text. */
export function profileProblemWords(problem: ProfileProblem): string {
  const where = problem.at === null ? '' : `${placeWords(problem.at)}: `;
  return `${where}${problem.message} ${problem.next}`;
}

/** No one reads more; the rest is counted. */
const MAX_PROBLEMS = 100;

/** All problems at once, one per line, in the order of the files. */
export function profileError(problems: readonly ProfileProblem[]): MimeoError {
  const lines = problems.toSorted(byPlace).map(profileProblemWords);
  const shown = [...new Set(lines)];
  const rest = shown.length - MAX_PROBLEMS;
  const more = rest > 0 ? [`There are ${rest} more problems.`] : [];
  return new MimeoError('profile-invalid', [...shown.slice(0, MAX_PROBLEMS), ...more].join('\n'));
}

function byPlace(a: ProfileProblem, b: ProfileProblem): number {
  if (a.at === null || b.at === null) return Number(a.at === null) - Number(b.at === null);
  return compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column;
}

/** The order of file names: the same on every machine, `10` behind `9`. */
export function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : Number(a > b));
}
