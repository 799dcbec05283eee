import { damaged } from './damaged.ts';

/** A value of LVM's text format: `key = 5`, `key = "words"`, `key = ["a", 1]`, `name { … }`. */
export type LvmValue = string | number | readonly LvmValue[] | LvmSection;
export type LvmSection = ReadonlyMap<string, LvmValue>;

const SPACE = /(?:\s|#[^\n]*(?:\n|$))*/y;
const TOKEN = /[{}[\]=,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]=,"#]+/sy;
const DEEPEST = 12;

/**
 * Parses the text that LVM keeps about a group.
 * @throws MimeoError `volume-damaged` with the place of what is not of that format
 */
export function parseLvmText(text: string): LvmSection {
  const tokens = new Tokens(text);
  const section = parseSection(tokens, 0);
  if (tokens.take() !== null) throw tokens.unexpected();
  return section;
}

class Tokens {
  readonly #text: string;
  #at = 0;
  #ahead: string | null | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token, which stays; null at the end. */
  peek(): string | null {
    if (this.#ahead !== undefined) return this.#ahead;
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#text)?.[0] ?? null;
    if (token === null && this.#at < this.#text.length) throw this.unexpected();
    this.#at += token?.length ?? 0;
    this.#ahead = token;
    return this.#ahead;
  }

  take(): string | null {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  expect(wanted: string): void {
    if (this.take() !== wanted) throw this.unexpected();
  }

  unexpected(): Error {
    return damaged(`its text makes no sense before character ${this.#at}`);
  }
}

function parseSection(tokens: Tokens, depth: number): LvmSection {
  if (depth > DEEPEST) throw tokens.unexpected();
  const section = new Map<string, LvmValue>();
  for (let key = tokens.peek(); key !== null && key !== '}'; key = tokens.peek()) {
    if ('{[]=,"'.includes(key.charAt(0)) || section.has(key)) throw tokens.unexpected();
    tokens.take();
    const next = tokens.take();
    if (next === '=') {
      section.set(key, parseValue(tokens, depth));
    } else if (next === '{') {
      section.set(key, parseSection(tokens, depth + 1));
      tokens.expect('}');
    } else {
      throw tokens.unexpected();
    }
  }
  return section;
}

function parseValue(tokens: Tokens, depth: number): LvmValue {
  const token = tokens.take();
  if (token === '[') return parseList(tokens, depth);
  if (token?.startsWith('"')) return token.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
  const number = Number(token ?? Number.NaN);
  if (token === null || !Number.isFinite(number)) throw tokens.unexpected();
  return number;
}

function parseList(tokens: Tokens, depth: number): LvmValue[] {
  if (depth > DEEPEST) throw tokens.unexpected();
  const list: LvmValue[] = [];
  while (tokens.peek() !== ']') {
    list.push(parseValue(tokens, depth + 1));
    if (tokens.peek() === ',') tokens.take();
    else if (tokens.peek() !== ']') throw tokens.unexpected();
  }
  tokens.take();
  return list;
}
