import type { Size } from './stack.ts';
import { encodeRow, type Row } from './style.ts';

/** Cursor away, no wrap at the edge, and a Linux console that never goes dark by itself. */
const OPEN = '\x1b[?25l\x1b[?7l\x1b[9;0]\x1b[14;0]';
const CLEAR = '\x1b[0m\x1b[2J';
/** Colours, wrap and cursor back as they were; the picture stays. */
const CLOSE = '\x1b[0m\x1b[?7h\x1b[?25h';

/** Turns frames into what a VT100 has to be sent: only the rows that differ, so that nothing flickers. */
export class Painter {
  #shown: readonly string[] | null = null;
  #columns = 0;

  /** @param whole draw every row: something else (the kernel) may have written over them */
  paint(frame: readonly Row[], size: Size, whole = false): string {
    const rows = frame.map(encodeRow);
    const before = this.#shown;
    const resized = before !== null && (before.length !== rows.length || this.#columns !== size.columns);
    this.#shown = rows;
    this.#columns = size.columns;
    const opening = before === null ? OPEN + CLEAR : resized ? CLEAR : '';
    const all = whole || resized;
    const changed = rows.map((row, i) => (!all && before?.[i] === row ? '' : `\x1b[${i + 1};1H${row}`));
    return opening + changed.join('');
  }

  close(): string {
    this.#shown = null;
    return CLOSE;
  }
}
