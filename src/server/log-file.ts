import { closeSync, openSync, write } from 'node:fs';

/**
 * The server's log file. A line that cannot be written is lost: on a full disk the usual log writers try again
 * and again, and the whole server stands still with them.
 */
export class LogFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o640);
  }

  write(line: string): void {
    write(this.#file, line, () => undefined);
  }

  close(): void {
    closeSync(this.#file);
  }
}
