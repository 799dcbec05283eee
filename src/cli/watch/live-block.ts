const UP_AND_CLEAR = (lines: number): string => (lines > 0 ? `\u001b[${lines}F\u001b[J` : '');
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/** Lines at the end of a terminal that are drawn over again; more than fit are left out, and said so. */
export class LiveBlock {
  readonly #write: (text: string) => void;
  readonly #rows: number;
  #drawn = 0;

  constructor(write: (text: string) => void, rows: number) {
    this.#write = write;
    this.#rows = rows;
  }

  draw(lines: readonly string[]): void {
    const fit = Math.max(1, this.#rows - 1);
    const shown =
      lines.length <= fit
        ? lines
        : [...lines.slice(0, fit - 1), `… and ${lines.length - fit + 1} more lines`];
    // A line that wraps would count as two; the terminal cuts it instead.
    this.#write(
      `${UP_AND_CLEAR(this.#drawn)}${WRAP_OFF}${shown.map((line) => `${line}\n`).join('')}${WRAP_ON}`,
    );
    this.#drawn = shown.length;
  }
}
