/** One entry of a section, its fields without blanks and quotes around them; `%tokens%` are still in place. */
export interface InfEntry {
  /** Before the equals sign; null when the line has none. */
  readonly key: string | null;
  /** Between the commas. */
  readonly values: readonly string[];
  /** From 1; where the entry starts. */
  readonly line: number;
}

/** What is wrong with an .inf file. */
export interface InfProblem {
  /** From 1; 0 when it is the file as a whole. */
  readonly line: number;
  /** A whole sentence without the file's name. */
  readonly text: string;
  /** Windows reads nothing of such a file. */
  readonly fatal: boolean;
}

export interface InfSections {
  /** By name in lower case; sections of one name are joined. */
  readonly sections: ReadonlyMap<string, readonly InfEntry[]>;
  readonly problems: readonly InfProblem[];
}

/** Ended a text file in DOS, and stands at the end of some still. */
const BLANKS = ' \t\u0000\u001a\u000b\u000c\u00a0\ufeff';
/** A run of characters that mean nothing special inside a field. */
const PLAIN = /[^\p{Cc} \u00a0\ufeff;",=%\\]+/uy;
/** More of them than that is no .inf file; the rest would only fill the report. */
const MOST_PROBLEMS = 20;

/**
 * Takes the text of an .inf file apart by Windows' rules ("General Syntax Rules for INF Files" of the driver
 * documentation): names without case, `;` starts a comment outside quotes and `%tokens%`, `""` is a quote inside
 * quotes, a backslash at a line's end joins the next one. Never throws and takes time in proportion to the text.
 */
export function readInfSections(text: string): InfSections {
  return new InfScanner(text).read();
}

class InfScanner {
  readonly #text: string;
  readonly #sections = new Map<string, InfEntry[]>();
  readonly #problems: InfProblem[] = [];
  #at = 0;
  #line = 1;
  /** No backslash in front of this place joins lines. */
  #literalUntil = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): InfSections {
    let section: InfEntry[] | null = null;
    while (this.#at < this.#text.length) {
      this.#skipBlanks();
      const char = this.#text[this.#at];
      if (char === undefined) break;
      if (char === '\r' || char === '\n') this.#nextLine();
      else if (char === ';') this.#skipLine();
      else if (char === '[') section = this.#header();
      else {
        // Text in front of the first section is passed over: Microsoft's own samples have their licence there.
        const entry = this.#entry();
        section?.push(entry);
      }
    }
    return { sections: this.#sections, problems: this.#problems };
  }

  #header(): InfEntry[] {
    const end = this.#lineEnd();
    const rest = this.#text.slice(this.#at + 1, end);
    const close = rest.indexOf(']');
    if (close === -1) this.#complain(this.#line, 'The name of a section has no closing bracket.', true);
    const raw = close === -1 ? rest : rest.slice(0, close);
    const name = raw
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .toLowerCase();
    this.#at = end;
    const known = this.#sections.get(name);
    if (known) return known;
    const made: InfEntry[] = [];
    this.#sections.set(name, made);
    return made;
  }

  #entry(): InfEntry {
    const line = this.#line;
    let key: string | null = null;
    const values: string[] = [];
    let field = '';
    let blanks = '';
    const add = (part: string): void => {
      field += blanks + part;
      blanks = '';
    };
    const finish = (): string => {
      const whole = field;
      field = '';
      blanks = '';
      this.#skipBlanks();
      return whole;
    };
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\r' || char === '\n') break;
      if (char === ';') {
        this.#at = this.#lineEnd();
      } else if (char === '"') {
        add(this.#quoted());
      } else if (char === ',') {
        this.#at += 1;
        values.push(finish());
      } else if (char === '=' && key === null && values.length === 0) {
        this.#at += 1;
        key = finish();
      } else if (char === '%') {
        add(this.#token());
      } else if (char === '\\') {
        const next = this.#continuation();
        if (next === null) {
          add(char);
          this.#at += 1;
        } else {
          this.#at = next;
          this.#nextLine();
          this.#skipBlanks();
        }
      } else if (BLANKS.includes(char)) {
        // Inside a field they stay, at its ends they do not; at its start there is nothing to add them to.
        if (field !== '') blanks += char;
        this.#at += 1;
      } else {
        PLAIN.lastIndex = this.#at;
        const run = PLAIN.exec(this.#text)?.[0] ?? char;
        add(run);
        this.#at += run.length;
      }
    }
    values.push(field);
    return { key, values, line };
  }

  /** A quoted part, from its opening quote to behind its closing one; the line's end closes it too. */
  #quoted(): string {
    const end = this.#lineEnd();
    let result = '';
    this.#at += 1;
    for (;;) {
      const close = this.#text.indexOf('"', this.#at);
      if (close === -1 || close >= end) {
        this.#complain(this.#line, 'A closing quotation mark is missing.', false);
        result += this.#text.slice(this.#at, end);
        this.#at = end;
        return result;
      }
      result += this.#text.slice(this.#at, close);
      this.#at = close + 1;
      if (this.#text[this.#at] !== '"') return result;
      result += '"';
      this.#at += 1;
    }
  }

  /** `%token%` whole, because it may hold a comma or a semicolon; a single percent sign where it is none. */
  #token(): string {
    const match = /%(?:[^%"=\r\n, \t][^%"=\r\n]*)?%/y;
    match.lastIndex = this.#at;
    const token = match.exec(this.#text)?.[0] ?? '%';
    this.#at += token.length;
    return token;
  }

  /** Where the line ends when only backslashes, blanks and a comment are left of it; else null. */
  #continuation(): number | null {
    if (this.#at < this.#literalUntil) return null;
    let at = this.#at;
    while (this.#text[at] === '\\' || BLANKS.includes(this.#text[at] ?? '?')) at += 1;
    const char = this.#text[at];
    if (char === '\r' || char === '\n') return at;
    if (char === ';') return this.#lineEnd();
    this.#literalUntil = at;
    return null;
  }

  #skipBlanks(): void {
    while (BLANKS.includes(this.#text[this.#at] ?? '?')) this.#at += 1;
  }

  #skipLine(): void {
    this.#at = this.#lineEnd();
  }

  #nextLine(): void {
    if (this.#at >= this.#text.length) return;
    this.#at += this.#text[this.#at] === '\r' && this.#text[this.#at + 1] === '\n' ? 2 : 1;
    this.#line += 1;
  }

  #lineEnd(): number {
    const end = /[\r\n]/g;
    end.lastIndex = this.#at;
    return end.exec(this.#text)?.index ?? this.#text.length;
  }

  #complain(line: number, text: string, fatal: boolean): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ line, text, fatal });
  }
}
