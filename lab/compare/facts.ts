/** What is known of one thing (a file, a partition), by name: compared as text. */
export type Facts = Readonly<Record<string, string>>;

/** Things by their path or place. */
export type FactSheet = ReadonlyMap<string, Facts>;

/** One fact that is not the same on both sides. */
export interface Difference {
  readonly path: string;
  /** The fact's name, or `missing` or `extra` for a whole thing. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** All differences between two sheets, in the order of paths. */
export function differences(expected: FactSheet, found: FactSheet): Difference[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return paths.flatMap((path) => {
    const before = expected.get(path);
    const after = found.get(path);
    if (after === undefined) return [{ path, what: 'missing', expected: 'there', found: '' }];
    if (before === undefined) return [{ path, what: 'extra', expected: '', found: 'there' }];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((what) => before[what] !== after[what])
      .map((what) => ({ path, what, expected: before[what] ?? '', found: after[what] ?? '' }));
  });
}

/** The differences as lines for a person. */
export function describe(found: readonly Difference[]): string {
  return found
    .map(({ path, what, expected, found: now }) => `${path}: ${what}: ${short(expected)} → ${short(now)}`)
    .join('\n');
}

function short(value: string): string {
  if (value === '') return 'nothing';
  return value.length > 80 ? `${value.slice(0, 77)}...` : value;
}
