import type { Workstation } from '../workstation.ts';

/** Tells a person what happens, each line with the minutes and seconds since the start. */
export class Narrator {
  readonly #write: (text: string) => void;
  readonly #start = performance.now();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A new chapter. */
  chapter(title: string): void {
    this.#write(`\n── ${title}\n`);
  }

  say(words: string): void {
    this.#write(`${this.#clock()}  ${words}\n`);
  }

  /** Passes on what a host's serial line says, as far as it is news. Ends with the function returned. */
  follow(name: string, host: Workstation): () => void {
    const news = new HostNews();
    let rest = '';
    return host.serial.follow((text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const words = news.of(line);
        if (words !== null) this.say(`${name.padEnd(12)} ${words}`);
      }
    });
  }

  #clock(): string {
    const seconds = Math.floor((performance.now() - this.#start) / 1000);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
}

/** What of a host's serial line is worth telling: its agent's lines, progress at each quarter, the boot line. */
export class HostNews {
  #last = '';

  /** The news in one line, or null. */
  of(line: string): string | null {
    const said = /^MIMEO (.+)$/.exec(line)?.[1] ?? /MIMEO-\w+-MASTER.*$/.exec(line)?.[0];
    if (said === undefined) return null;
    const progress = /^phase=(\w+)(?: (\d+) %(.*))?$/.exec(said);
    const words = progress === null ? said : progressWords(progress);
    const key = progress === null ? said : quarter(progress);
    if (key === this.#last) return null;
    this.#last = key;
    return words;
  }
}

function quarter([, phase = '', percent]: RegExpExecArray): string {
  return percent === undefined ? phase : `${phase} ${Math.floor(Number(percent) / 25)}`;
}

function progressWords([, phase = '', percent, rest = '']: RegExpExecArray): string {
  return percent === undefined ? phase : `${phase} ${percent.padStart(3)} %${rest}`;
}
