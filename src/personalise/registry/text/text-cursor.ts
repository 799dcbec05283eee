import type { Fail } from './registry-encoding.ts';

/** A place in a text that is read from its start to its end, and what went wrong there. */
export class TextCursor {
  readonly text: string;
  at = 0;
  readonly #fail: Fail;
  /** Where each line begins; made when it is first asked for. */
  #starts: number[] | null = null;

  constructor(text: string, fail: Fail) {
    this.text = text;
    this.#fail = fail;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; empty at the end. */
  get here(): string {
    return this.text.charAt(this.at);
  }

  skipBlanks(): void {
    while (this.here === ' ' || this.here === '\t') this.at += 1;
  }

  /** What is left of this line, without its end; the cursor stays. */
  restOfLine(): string {
    LINE.lastIndex = this.at;
    return LINE.exec(this.text)?.[0] ?? '';
  }

  /** To the start of the next line. */
  nextLine(): void {
    this.at += this.restOfLine().length;
    if (this.here === '\r' && this.text.charAt(this.at + 1) === '\n') this.at += 1;
    this.at += 1;
  }

  /**
   * The match of a sticky expression here, behind which the cursor then stands; null where there is none.
   *
   * @param pattern with the flag `y`
   */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  /** The error of a place. */
  invalid(at: number, words: string): Error {
    const { line, column } = this.position(at);
    return this.#fail(line, column, words);
  }

  /** Line and column of a place, both from 1. */
  position(at: number): { readonly line: number; readonly column: number } {
    this.#starts ??= [
      0,
      ...Array.from(this.text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length),
    ];
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 };
  }
}

const LINE = /[^\r\n]*/y;
