import { type MacFault, readMac } from '../mac.ts';
import { nameProblem } from '../naming.ts';
import type { ColumnKey, Columns } from './columns.ts';
import { cellOf, type DataLine } from './layout.ts';
import { nearest } from './nearest.ts';
import type { ManifestProblem, ManifestProblemCode } from './problem.ts';

export interface CheckedCell {
  /** The MAC in its canonical form where it is valid. */
  readonly value: string;
  /** 1-based. */
  readonly column: number;
}

/** One data line judged for itself, before it is compared with the others. */
export interface CheckedLine {
  readonly line: number;
  readonly cells: Readonly<Record<ColumnKey, CheckedCell>>;
  /** Canonical, null when it cannot be read. */
  readonly mac: string | null;
  /** Null when Windows would refuse it. */
  readonly name: string | null;
  readonly problems: readonly ManifestProblem[];
}

const MAX_LAB = 64;

/** Judges one line: its MAC, its name, its image, its lab. */
export function checkCells(
  dataLine: DataLine,
  columns: Columns,
  knownImages: ReadonlySet<string> | null,
): CheckedLine {
  const { line, fields } = dataLine;
  const problems: ManifestProblem[] = [];
  const cell = (key: ColumnKey): CheckedCell => {
    const { value, at } = cellOf(dataLine, columns[key]);
    return { value, column: at - line.start + 1 };
  };
  const complain = (at: CheckedCell, code: ManifestProblemCode, message: string, next: string): void => {
    problems.push({ line: line.number, column: at.column, code, message, next });
  };
  const [macCell, image, name, lab] = [cell('mac'), cell('image'), cell('name'), cell('lab')];

  for (const field of fields.filter(({ badQuote }) => badQuote)) {
    const at = { value: field.value, column: field.start - line.start + 1 };
    complain(
      at,
      'bad-quote',
      'A quotation mark is missing, or there is text behind it.',
      'Close the quotation mark or remove it.',
    );
  }
  const present = (at: CheckedCell, what: string): boolean => {
    if (at.value !== '') return true;
    complain(at, 'missing-value', `The line has no ${what}.`, 'Fill it in, or delete the line.');
    return false;
  };

  let mac: string | null = null;
  if (present(macCell, 'MAC')) {
    const read = readMac(macCell.value);
    if ('mac' in read) mac = read.mac;
    else
      complain(
        macCell,
        'bad-mac',
        macWords(macCell.value, read.fault),
        'Copy the address of the network card from its sticker or its setup screen.',
      );
  }
  if (present(image, 'image') && knownImages !== null && !isKnown(image.value, knownImages)) {
    const close = nearest(image.value, knownImages);
    const next = close === null ? 'See the names with: mimeo image list.' : `Did you mean ${close}?`;
    complain(image, 'unknown-image', `There is no image named ${image.value}.`, next);
  }
  const refusal = present(name, 'name') ? nameProblem(name.value) : null;
  if (refusal !== null)
    complain(name, 'bad-name', `The name ${name.value} ${refusal}.`, 'Choose another name.');
  if (lab.value.length > MAX_LAB) {
    complain(lab, 'bad-lab', `The lab's name is longer than ${MAX_LAB} characters.`, 'Shorten it.');
  }
  return {
    line: line.number,
    cells: { mac: { ...macCell, value: mac ?? macCell.value }, image, name, lab },
    mac,
    name: name.value === '' || refusal !== null ? null : name.value,
    problems,
  };
}

/** As wherever an image is named: case says nothing, a colon is as good as an at sign, and a version may follow. */
function isKnown(reference: string, knownImages: ReadonlySet<string>): boolean {
  const name = reference.replace(':', '@').replace(/@\d+$/, '');
  if (knownImages.has(name)) return true;
  const key = name.toLowerCase();
  for (const one of knownImages) if (one.toLowerCase() === key) return true;
  return false;
}

function macWords(text: string, fault: MacFault): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (fault === 'zero') return `The MAC ${shown} is all zeros; no network card has it.`;
  if (fault === 'multicast')
    return `The MAC ${shown} is a group or broadcast address; no network card has it.`;
  const odd = /[^0-9a-f:.\- ]/i.exec(text);
  if (odd !== null) {
    const hint = odd[0].toUpperCase() === 'O' ? ' (the letter O instead of a zero?)' : '';
    return `${shown} is no MAC: ${odd[0]} is no hexadecimal digit${hint}.`;
  }
  const digits = text.replaceAll(/[^0-9a-f]/gi, '').length;
  return digits === 12
    ? `${shown} is no MAC: its separators are mixed or misplaced.`
    : `${shown} is no MAC: ${digits} hexadecimal digits instead of 12.`;
}
