import { LONGEST_NAME, SYMBOLS } from './alphabet.ts';
import type { NamePattern, States } from './name-pattern.ts';

/** So many prefixes are tried; past them nothing is said. */
const MAX_TRIED = 3000;

interface Prefix {
  readonly name: string;
  readonly states: readonly States[];
}

/**
 * Looks for a name that a pattern matches and none of the others does: the shortest, tried letter by letter on all
 * automata at once.
 *
 * @returns null when there is none; undefined when the search was given up
 */
export function findName(pattern: NamePattern, others: readonly NamePattern[]): string | null | undefined {
  const all = [pattern, ...others];
  const symbols = unlikeSymbols(all);
  let layer: Prefix[] = [{ name: '', states: all.map((one) => one.start()) }];
  const seen = new Set<string>();
  for (let length = 1; length <= LONGEST_NAME && layer.length > 0; length += 1) {
    const next: Prefix[] = [];
    for (const prefix of layer) {
      for (const symbol of symbols) {
        const name = prefix.name + SYMBOLS[symbol];
        if (name === '-') continue;
        const states = all.map((one, at) => one.step(prefix.states[at] ?? [], symbol));
        if (states[0]?.length === 0) continue;
        const key = `${name.endsWith('-')} ${/^\d+$/.test(name)} ${states.map((set) => set.join(',')).join(' ')}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > MAX_TRIED) return undefined;
        if (isName(name) && all.every((one, at) => one.accepts(states[at] ?? []) === (at === 0))) return name;
        next.push({ name, states });
      }
    }
    layer = next;
  }
  return null;
}

/** The rule for names that are whole, as far as it is not in the alphabet. */
function isName(name: string): boolean {
  return !name.endsWith('-') && !/^\d+$/.test(name);
}

/** One of each kind of symbol that the patterns treat alike. */
function unlikeSymbols(patterns: readonly NamePattern[]): number[] {
  const kinds = new Map<string, number>();
  for (const [index, symbol] of SYMBOLS.split('').entries()) {
    const kind = `${symbol === '-'} ${/\d/.test(symbol)} ${patterns.map((one) => one.markOf(index)).join(' ')}`;
    if (!kinds.has(kind)) kinds.set(kind, index);
  }
  return [...kinds.values()];
}
