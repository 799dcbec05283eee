import { CANONICAL_MAC, type MacStyle, macStyleOf, parseMac } from '../mac.ts';
import {
  type ColumnKey,
  type Columns,
  chooseDelimiter,
  columnKey,
  DEFAULT_COLUMNS,
  isHeader,
  separatorHint,
} from './columns.ts';
import { type Delimiter, type Field, isMeaningful, type Line, splitFields, splitLines } from './split.ts';
import { decodeText, type TextForm } from './text-form.ts';

/** How one manifest file is written: what an answer that is written back has to look like. */
export interface ManifestForm extends TextForm {
  readonly delimiter: Delimiter;
  readonly eol: string;
  /** The header's line number, or null when the file has none. */
  readonly headerLine: number | null;
  readonly columns: Columns;
  /** Fields of a full line. */
  readonly fieldCount: number;
  /** Whether values stand in quotes although they need none. */
  readonly quoted: boolean;
  readonly macStyle: MacStyle;
}

export interface DataLine {
  readonly line: Line;
  readonly fields: readonly Field[];
}

/** A manifest taken apart, every character accounted for, nothing judged yet. */
export interface Layout {
  readonly text: string;
  readonly form: ManifestForm;
  readonly header: DataLine | null;
  readonly data: readonly DataLine[];
  /** Header cells that name a column for the second time. */
  readonly repeated: readonly { readonly field: Field; readonly key: ColumnKey }[];
}

/** Takes a file apart. */
export function readLayout(bytes: Uint8Array): Layout | { readonly notText: string } {
  const decoded = decodeText(bytes);
  if ('notText' in decoded) return decoded;
  const { text } = decoded;
  const lines = splitLines(text);
  const [first] = lines;
  const hint = first === undefined ? null : separatorHint(text.slice(first.start, first.end));
  const meaningful = lines.slice(hint === null ? 0 : 1).filter((line) => isMeaningful(text, line));
  const delimiter = hint ?? chooseDelimiter(text, meaningful);
  const data = meaningful.map((line) => ({ line, fields: splitFields(text, line, delimiter) }));
  const header = data[0] !== undefined && isHeader(valuesOf(data[0])) ? (data.shift() ?? null) : null;
  const { columns, repeated } =
    header === null ? { columns: DEFAULT_COLUMNS, repeated: [] } : columnsOf(header);
  const macs = data
    .map(({ fields }) => fields[columns.mac]?.value ?? '')
    .filter((cell) => parseMac(cell) !== null);
  const cells = data.flatMap(({ fields }) => fields).filter((field) => field.value !== '');
  const form: ManifestForm = {
    ...decoded.form,
    delimiter,
    eol: commonest(lines.map((line) => line.eol).filter((eol) => eol !== '')) ?? '\n',
    headerLine: header?.line.number ?? null,
    columns,
    fieldCount: header?.fields.length ?? commonest(data.map(({ fields }) => fields.length)) ?? 4,
    quoted: cells.filter((field) => field.quoted).length * 2 > cells.length,
    macStyle: styleOf(macs),
  };
  return { text, form, header, data, repeated };
}

export function valuesOf(line: DataLine): string[] {
  return line.fields.map((field) => field.value);
}

/** What stands in a column of a line, and where; where the line is too short, the place it would start. */
export function cellOf(dataLine: DataLine, index: number): { readonly value: string; readonly at: number } {
  const field = dataLine.fields[index];
  return field === undefined || index < 0
    ? { value: '', at: dataLine.line.end }
    : { value: field.value, at: field.start };
}

function columnsOf(header: DataLine): Pick<Layout, 'repeated'> & { columns: Columns } {
  const columns: Record<ColumnKey, number> = { mac: -1, image: -1, name: -1, lab: -1 };
  const repeated: { field: Field; key: ColumnKey }[] = [];
  for (const [index, field] of header.fields.entries()) {
    const key = columnKey(field.value);
    if (key === null) continue;
    if (columns[key] < 0) columns[key] = index;
    else repeated.push({ field, key });
  }
  return { columns, repeated };
}

/** The newest line shows how MACs are written; its case may be open (all digits), then others are asked. */
function styleOf(macs: readonly string[]): MacStyle {
  const last = macs.at(-1);
  if (last === undefined) return CANONICAL_MAC;
  const telling = macs.findLast((mac) => /[a-f]/i.test(mac));
  return { ...macStyleOf(last), upper: telling !== undefined && macStyleOf(telling).upper };
}

function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
