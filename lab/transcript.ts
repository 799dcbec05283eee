import { StringDecoder } from 'node:string_decoder';

const ESC = String.fromCharCode(0x1b);
const BELL = String.fromCharCode(0x07);

/** Terminal control sequences: CSI, OSC, charset choice, single characters. */
const SEQUENCE = new RegExp(
  [
    `${ESC}\\[[0-?]*[ -/]*[@-~]`,
    `${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)`,
    `${ESC}[()#%][0-9A-Za-z]`,
    `${ESC}[0-~]`,
  ].join('|'),
  'g',
);

/** A sequence that has begun at the end of a piece and may go on in the next. */
const UNFINISHED = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*|\\][^${BELL}${ESC}]*|[()#%]?)$`);

/**
 * Everything a program or a serial line has said, as plain text without terminal control sequences, and a
 * way to wait until it says something.
 */
export class Transcript {
  readonly name: string;
  readonly #decoder = new StringDecoder('utf8');
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(text: string) => void>();
  #text = '';
  #pending = '';
  #ended: string | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get text(): string {
    return this.#text;
  }

  /** A place to search from later: what is said from now on. */
  get here(): number {
    return this.#text.length;
  }

  append(bytes: Buffer): void {
    const raw = this.#pending + this.#decoder.write(bytes);
    const cut = UNFINISHED.exec(raw)?.index ?? raw.length;
    this.#pending = raw.slice(cut);
    const plain = raw
      .slice(0, cut)
      .replace(SEQUENCE, '')
      .replace(/\p{Cc}/gu, keepLineEnds);
    if (plain === '') return;
    this.#text += plain;
    for (const listener of this.#listeners) listener(plain);
    for (const look of this.#waiting) look();
  }

  /** Nothing will be said until further notice: who waits now is told at once. */
  end(why: string): void {
    this.#ended = why;
    for (const look of this.#waiting) look();
  }

  /** It speaks again (the machine was switched on). */
  resume(): void {
    this.#ended = null;
  }

  /** Calls `listener` with each piece of plain text; the function returned stops that. */
  follow(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves with the match as soon as the text from `from` on matches.
   *
   * @throws Error with the last lines said when time runs out or the speaker ends first
   */
  waitFor(pattern: RegExp, timeoutMs: number, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const fail = (why: string): void => {
        finish();
        reject(new Error(`${this.name}: ${why} before it said ${pattern}. Its last words:\n${this.tail()}`));
      };
      const look = (): void => {
        const match = pattern.exec(this.#text.slice(from));
        if (match) {
          finish();
          resolve(match);
        } else if (this.#ended !== null) {
          fail(this.#ended);
        }
      };
      const timer = setTimeout(() => fail(`${timeoutMs / 1000} s went by`), timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** The last lines, for error messages. */
  tail(lines = 25): string {
    return this.#text.split(/\r?\n/).slice(-lines).join('\n');
  }
}

/** Of the bare control characters only line ends and tabs are text. */
function keepLineEnds(character: string): string {
  return '\n\r\t'.includes(character) ? character : '';
}
