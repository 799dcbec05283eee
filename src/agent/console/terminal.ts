import { closeSync, constants, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import type { Size } from './stack.ts';

/** A console of the machine: what it shows, and what is typed at it. */
export interface Terminal {
  /** `screen` is drawn whole, `lines` gets plain lines (a serial port, a log). */
  readonly kind: 'screen' | 'lines';
  readonly input: Readable | null;
  readonly output: Writable;
  readonly size: () => Size;
  readonly close: () => void;
}

const USUAL: Size = { columns: 80, rows: 25 };

/**
 * Opens a tty of the machine with its keyboard in raw mode; null when there is none behind that name (the kernel has
 * nodes for serial ports that do not exist).
 */
export function openTerminal(path: string, kind: Terminal['kind']): Terminal | null {
  const fd = tryOpen(path);
  if (fd === null) return null;
  try {
    const input = new ReadStream(fd);
    const output = new WriteStream(fd);
    input.setRawMode(true);
    const close = (): void => {
      input.setRawMode(false);
      input.destroy();
      output.destroy();
      release(fd);
    };
    return { kind, input, output, size: () => measure(path), close };
  } catch {
    // The line failed between the check and now; a machine without that console goes on.
    release(fd);
    return null;
  }
}

function tryOpen(path: string): number | null {
  try {
    // Non-blocking: a serial line without carrier would hold up the open for ever.
    const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    if (isatty(fd)) return fd;
    closeSync(fd);
    return null;
  } catch {
    return null;
  }
}

/** The size right now: a graphics driver that loads late changes it without telling us. */
function measure(path: string): Size {
  const fd = tryOpen(path);
  if (fd === null) return USUAL;
  try {
    const stream = new WriteStream(fd);
    const { columns, rows } = stream;
    stream.destroy();
    return columns >= 20 && rows >= 8 ? { columns, rows } : USUAL;
  } catch {
    return USUAL;
  } finally {
    release(fd);
  }
}

/** A stream of a tty opens it once more, and closes only that: the number it was given stays open unless it could not. */
function release(fd: number): void {
  if (isatty(fd)) closeSync(fd);
}
