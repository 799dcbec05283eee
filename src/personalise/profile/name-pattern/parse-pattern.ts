import { ANY, complement, DIGITS, type SymbolSet, setOf, WORD } from './alphabet.ts';

/** A regular expression taken apart. */
export type PatternNode =
  | { readonly kind: 'symbols'; readonly set: SymbolSet }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number };

/** What is wrong with a pattern: words for a person, and where in the pattern (0-based). */
export class PatternFault extends Error {
  readonly at: number;

  constructor(words: string, at: number) {
    super(words);
    this.at = at;
  }
}

const MAX_PATTERN = 200;
const MAX_DEPTH = 20;
const MAX_REPEAT = 15;

/**
 * Reads the regular expressions that name patterns are written in: letters, digits, `.`, `[a-z]`, `[^…]`, `\d \w \D
 * \W`, `(…)`, `(?:…)`, `|`, `* + ? {n} {n,} {n,m}`, `^`, `$`. Back references and look-around are refused: with them a
 * match could take years, without them it takes a step per character.
 *
 * @throws PatternFault
 */
export function parsePattern(pattern: string): PatternNode {
  if (pattern.length > MAX_PATTERN) {
    throw new PatternFault(`has ${pattern.length} characters; ${MAX_PATTERN} is the most`, MAX_PATTERN);
  }
  const reader = new Reader(pattern);
  const node = reader.choice(0);
  if (!reader.isAtEnd) throw new PatternFault('has a ) without a ( before it', reader.at);
  return node;
}

class Reader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  choice(depth: number): PatternNode {
    if (depth > MAX_DEPTH) throw new PatternFault('has too many brackets inside each other', this.at);
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.isAtEnd && !'|)'.includes(this.#peek())) parts.push(this.#repeated(depth));
    return { kind: 'sequence', parts };
  }

  #repeated(depth: number): PatternNode {
    const from = this.at;
    const part = this.#atom(depth);
    const count = this.#count();
    if (count === null) return part;
    if (part.kind === 'start' || part.kind === 'end') {
      throw new PatternFault('repeats ^ or $, which means nothing', from);
    }
    this.#take('?'); // the least that fits: what fits at all is the same
    if (this.#count() !== null) {
      throw new PatternFault('has two repetitions in a row; put brackets around the first', this.at - 1);
    }
    return { kind: 'repeat', part, ...count };
  }

  #count(): { least: number; most: number } | null {
    if (this.#take('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (this.#peek() !== '{') return null;
    const [whole, first, comma, last] = /^\{(\d{1,3})(,?)(\d{0,3})\}/.exec(this.#text.slice(this.at)) ?? [];
    if (whole === undefined) {
      throw new PatternFault('has a { that is no repetition such as {2} or {1,3}', this.at);
    }
    const least = Number(first);
    const unbounded = comma === ',' && last === '';
    const upper = comma === ',' ? Number(last) : least;
    const most = unbounded ? Number.POSITIVE_INFINITY : upper;
    if (least > MAX_REPEAT || (most > MAX_REPEAT && !unbounded)) {
      throw new PatternFault(`repeats more often than ${MAX_REPEAT} times, the length of a name`, this.at);
    }
    if (most < least) throw new PatternFault(`has ${whole}, which begins above its end`, this.at);
    this.at += whole.length;
    return { least, most };
  }

  #atom(depth: number): PatternNode {
    const from = this.at;
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'symbols', set: ANY };
      case '[':
        return { kind: 'symbols', set: this.#bracket(from) };
      case '\\':
        return { kind: 'symbols', set: this.#escape(from) };
      case '(': {
        if (this.#peek() === '?' && !this.#text.startsWith('?:', this.at)) {
          throw new PatternFault('has (?…, which is not supported; only (…) and (?:…) are', from);
        }
        if (this.#take('?')) this.#take(':');
        const inside = this.choice(depth + 1);
        if (!this.#take(')')) throw new PatternFault('has a ( without a )', from);
        return inside;
      }
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternFault(`has a ${character} with nothing before it to repeat`, from);
      default:
        return { kind: 'symbols', set: literal(character) };
    }
  }

  #bracket(from: number): SymbolSet {
    const negated = this.#take('^');
    let set: SymbolSet = setOf(() => false);
    for (let isFirst = true; ; isFirst = false) {
      if (this.isAtEnd) throw new PatternFault('has a [ without a ]', from);
      if (!isFirst && this.#take(']')) break;
      const here = this.at;
      const first = this.#next();
      let piece: SymbolSet;
      if (first === '\\') {
        piece = this.#escape(here);
      } else if (this.#peek() === '-' && this.#text[this.at + 1] !== ']' && this.at + 1 < this.#text.length) {
        this.at += 1;
        const last = this.#next();
        if (last === '\\' || last < first) {
          throw new PatternFault(`has the range ${first}-${last}, which begins above its end`, here);
        }
        piece = setOf((symbol) => within(symbol, first, last) || within(symbol.toUpperCase(), first, last));
      } else {
        piece = literal(first);
      }
      set = set.map((isIn, at) => isIn || piece[at] === true);
    }
    return negated ? complement(set) : set;
  }

  #escape(from: number): SymbolSet {
    if (this.isAtEnd) throw new PatternFault('ends in a backslash', from);
    const character = this.#next();
    if (character === 'd') return DIGITS;
    if (character === 'D') return complement(DIGITS);
    if (character === 'w') return WORD;
    if (character === 'W') return complement(WORD);
    if (/[A-Za-z0-9]/.test(character)) {
      throw new PatternFault(`has \\${character}, which is not supported; \\d and \\w are`, from);
    }
    return literal(character);
  }

  #peek(): string {
    return this.#text[this.at] ?? '';
  }

  #next(): string {
    const character = this.#peek();
    this.at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character || character === '') return false;
    this.at += 1;
    return true;
  }
}

/** One character in either case; of a character that no name has the set is empty. */
function literal(character: string): SymbolSet {
  return setOf((symbol) => symbol === character.toLowerCase());
}

function within(symbol: string, first: string, last: string): boolean {
  return symbol >= first && symbol <= last;
}
