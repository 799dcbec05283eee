import { ANY, type SymbolSet, symbolIndex } from './alphabet.ts';
import { PatternFault, type PatternNode, parsePattern } from './parse-pattern.ts';

/** A set of states, sorted. */
export type States = readonly number[];

type State =
  | { readonly kind: 'symbols'; readonly set: SymbolSet; readonly next: number }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'split'; readonly next: number; readonly other: number }
  | { readonly kind: 'match' };

const MAX_STATES = 2000;

/**
 * A regular expression over computer names. It finds its text anywhere in the name unless `^` and `$` hold it, as
 * regular expressions do, and it minds no case. It runs as an automaton: the time for a name is at most the length of
 * the name times the number of states, whatever the pattern.
 */
export class NamePattern {
  readonly #states: State[] = [];
  readonly #first: number;

  /** @throws PatternFault */
  constructor(pattern: string) {
    const match = this.#add({ kind: 'match' });
    // Whatever stands in front of and behind the pattern's own text.
    const behind = this.#skip(match);
    this.#first = this.#skip(this.#compile(parsePattern(pattern), behind));
  }

  /** Whether a name has the pattern in it. */
  matches(name: string): boolean {
    let states = this.start();
    for (const character of name) states = this.step(states, symbolIndex(character));
    return this.accepts(states);
  }

  /** The states in front of the first character. */
  start(): States {
    return this.#closure([this.#first], { atStart: true, atEnd: false });
  }

  /** @param symbol index into the alphabet; -1 is one that fits nothing but an end */
  step(states: States, symbol: number): States {
    const next: number[] = [];
    for (const index of states) {
      const state = this.#states[index];
      if (state?.kind === 'symbols' && (state.set[symbol] === true || (symbol < 0 && state.set === ANY))) {
        next.push(state.next);
      }
    }
    return this.#closure(next, { atStart: false, atEnd: false });
  }

  /** Whether a name that ends here has the pattern in it. */
  accepts(states: States): boolean {
    return this.#closure(states, { atStart: false, atEnd: true }).some(
      (index) => this.#states[index]?.kind === 'match',
    );
  }

  /** Symbols with the same mark are one to every state. */
  markOf(symbol: number): string {
    return this.#states
      .map((state) => (state.kind === 'symbols' && state.set[symbol] === true ? '1' : '0'))
      .join('');
  }

  #closure(from: Iterable<number>, where: { atStart: boolean; atEnd: boolean }): States {
    const seen = new Set<number>();
    const waiting = [...from];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const state = this.#states[index];
      if (state === undefined) continue;
      if (state.kind === 'split') waiting.push(state.next, state.other);
      else if (state.kind === 'start' && where.atStart) waiting.push(state.next);
      else if (state.kind === 'end' && where.atEnd) waiting.push(state.next);
    }
    return [...seen].filter((index) => this.#stays(index)).sort((a, b) => a - b);
  }

  /** What has been gone through already says nothing more. */
  #stays(index: number): boolean {
    const kind = this.#states[index]?.kind;
    return kind === 'symbols' || kind === 'end' || kind === 'match';
  }

  #add(state: State): number {
    if (this.#states.length >= MAX_STATES) {
      throw new PatternFault('is too complicated; write it with fewer repetitions inside each other', 0);
    }
    return this.#states.push(state) - 1;
  }

  /** Any number of any characters, then `next`. */
  #skip(next: number): number {
    const loop = this.#add({ kind: 'split', next, other: next });
    const any = this.#add({ kind: 'symbols', set: ANY, next: loop });
    this.#states[loop] = { kind: 'split', next, other: any };
    return loop;
  }

  /** @returns the state from which the node leads to `next` */
  #compile(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'symbols':
        return this.#add({ kind: 'symbols', set: node.set, next });
      case 'start':
      case 'end':
        return this.#add({ kind: node.kind, next });
      case 'sequence':
        return node.parts.reduceRight((behind, part) => this.#compile(part, behind), next);
      case 'choice':
        return node.parts
          .map((part) => this.#compile(part, next))
          .reduceRight((other, first) => this.#add({ kind: 'split', next: first, other }));
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
    let here = next;
    if (node.most === Number.POSITIVE_INFINITY) {
      const loop = this.#add({ kind: 'split', next, other: next });
      this.#states[loop] = { kind: 'split', next, other: this.#compile(node.part, loop) };
      here = loop;
    } else {
      for (let count = node.least; count < node.most; count += 1) {
        here = this.#add({ kind: 'split', next, other: this.#compile(node.part, here) });
      }
    }
    for (let count = 0; count < node.least; count += 1) here = this.#compile(node.part, here);
    return here;
  }
}
