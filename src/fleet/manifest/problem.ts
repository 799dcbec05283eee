export type ManifestProblemCode =
  | 'not-text'
  | 'empty'
  | 'missing-column'
  | 'repeated-column'
  | 'bad-quote'
  | 'missing-value'
  | 'bad-mac'
  | 'duplicate-mac'
  | 'bad-name'
  | 'duplicate-name'
  | 'unknown-image'
  | 'bad-lab'
  | 'too-many';

/** One thing wrong with a manifest, for the person who can open it in an editor. */
export interface ManifestProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters, as editors count. */
  readonly column: number;
  readonly code: ManifestProblemCode;
  /** What is wrong, a whole sentence. */
  readonly message: string;
  /** What to do. */
  readonly next: string;
}

/** A problem in one line of text, after the file's name. */
export function problemWords(problem: ManifestProblem): string {
  return `line ${problem.line}, column ${problem.column}: ${problem.message} ${problem.next}`;
}

/** No one reads more; the rest is counted. */
export const MAX_PROBLEMS = 100;

/** The first problems in the order of the file, and one that counts the rest. */
export function capProblems(problems: readonly ManifestProblem[]): ManifestProblem[] {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const rest = sorted[MAX_PROBLEMS];
  if (rest === undefined) return sorted;
  return [
    ...sorted.slice(0, MAX_PROBLEMS),
    {
      line: rest.line,
      column: rest.column,
      code: 'too-many',
      message: `There are ${sorted.length - MAX_PROBLEMS} more problems from here on.`,
      next: 'Correct the ones above first; the same mistake may run through the whole file.',
    },
  ];
}
