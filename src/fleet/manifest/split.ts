/**
 * Splits CSV text into lines and fields that know where they stand. csv-parse gives a field's number but not its
 * place in the line, swallows the rest of the file after one stray quote, and cannot say which bytes to replace when
 * an answer is written back; so this is ours. A manifest has no values of several lines: a line is a record.
 */
export interface Field {
  /** Offset in the text of the first character, an opening quote included. */
  readonly start: number;
  /** Offset behind the last character, a closing quote included. */
  readonly end: number;
  /** Without quotes; blanks around an unquoted value are cut. */
  readonly value: string;
  readonly quoted: boolean;
  /** An opening quote without its closing one, or text behind the closing one. */
  readonly badQuote: boolean;
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly start: number;
  /** Offset behind the last character before the line end. */
  readonly end: number;
  /** `\n`, `\r\n`, `\r`, or empty at the end of the file. */
  readonly eol: string;
}

export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  const pattern = /\r\n|\n|\r/g;
  let start = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    lines.push({ number: lines.length + 1, start, end: match.index, eol: match[0] });
    start = pattern.lastIndex;
  }
  if (start < text.length) lines.push({ number: lines.length + 1, start, end: text.length, eol: '' });
  return lines;
}

/** Whether a line says something: it is not blank, not a comment, and more than delimiters (as Excel leaves behind). */
export function isMeaningful(text: string, line: Line): boolean {
  const content = text.slice(line.start, line.end);
  return !/^[\s\u00a0]*(#|$)/.test(content) && /[^\s,;"]/.test(content);
}

export function splitFields(text: string, line: Line, delimiter: Delimiter): Field[] {
  const fields: Field[] = [];
  let at = line.start;
  for (;;) {
    const field = readField(text, at, line.end, delimiter);
    fields.push(field);
    if (field.end >= line.end) return fields;
    at = field.end + 1;
  }
}

function readField(text: string, start: number, lineEnd: number, delimiter: Delimiter): Field {
  let open = start;
  while (open < lineEnd && text[open] === ' ') open += 1;
  if (text[open] !== '"' || open >= lineEnd) {
    const found = text.indexOf(delimiter, start);
    const end = found < 0 || found > lineEnd ? lineEnd : found;
    return { start, end, value: text.slice(start, end).trim(), quoted: false, badQuote: false };
  }
  let value = '';
  let at = open + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote >= lineEnd) {
      return { start, end: lineEnd, value: text.slice(open + 1, lineEnd), quoted: true, badQuote: true };
    }
    value += text.slice(at, quote);
    at = quote + 1;
    if (at < lineEnd && text[at] === '"') {
      value += '"';
      at += 1;
    } else break;
  }
  const found = text.indexOf(delimiter, at);
  const end = found < 0 || found > lineEnd ? lineEnd : found;
  return { start, end, value: value.trim(), quoted: true, badQuote: text.slice(at, end).trim() !== '' };
}
