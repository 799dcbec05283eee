import { MimeoError } from '../../errors.ts';
import { formatMac, parseMac } from '../mac.ts';
import { nameProblem } from '../naming.ts';
import type { ManifestRow } from '../types.ts';
import type { ColumnKey } from './columns.ts';
import { cellOf, type DataLine, type Layout, type ManifestForm, readLayout } from './layout.ts';
import { byteOffset, encodeText } from './text-form.ts';

/**
 * Adds a row at the end of a manifest, written like its other lines: encoding, delimiter, quotes, line end, order of
 * columns and spelling of MACs. Every byte that was there stays. An empty file gets a header line. A lab is written
 * only where the file has a column for it.
 *
 * @throws MimeoError `manifest-row-refused` when the row is not valid, its MAC or name stands on a line already, or
 * the file cannot hold it
 */
export function appendRow(bytes: Uint8Array, row: ManifestRow): Buffer {
  refuseInvalid(row);
  const layout = usableLayout(bytes);
  refuseTaken(layout, row, null);
  const { form, text } = layout;
  const bare = layout.header === null && layout.data.length === 0;
  const { mac, image, name, lab } = form.columns;
  const wantsLab = row.lab !== null && (form.headerLine === null || lab >= 0);
  const cells = Array.from(
    { length: Math.max(form.fieldCount, mac + 1, image + 1, name + 1, wantsLab ? lab + 1 : 0) },
    () => '',
  );
  for (const key of ['mac', 'image', 'name', 'lab'] as const) {
    if (form.columns[key] >= 0 && form.columns[key] < cells.length)
      cells[form.columns[key]] = cellFor(row, key, form);
  }
  const head = bare ? `${['mac', 'image', 'name', 'lab'].join(form.delimiter)}${form.eol}` : '';
  const gap = text === '' || /[\r\n]$/.test(text) ? '' : form.eol;
  const line = cells.map((cell) => written(cell, form, form.quoted)).join(form.delimiter);
  return Buffer.concat([bytes, encoded(`${gap}${head}${line}${form.eol}`, form)]);
}

/**
 * Changes the line of the row's MAC to the row's image, name and lab; a null lab leaves the cell as it is. Cells that
 * say the same already, and every other byte of the file, stay.
 *
 * @throws MimeoError `manifest-row-refused`, as {@link appendRow}, or when not exactly one line has this MAC
 */
export function updateRow(bytes: Uint8Array, row: ManifestRow): Buffer {
  refuseInvalid(row);
  const layout = usableLayout(bytes);
  const lines = linesOfMac(layout, row.mac);
  const [line] = lines;
  if (line === undefined || lines.length > 1) {
    throw refused(`The MAC ${row.mac} is on ${lines.length} lines of the manifest instead of one.`);
  }
  refuseTaken(layout, row, line);
  const { form } = layout;
  const keys = (['image', 'name', 'lab'] as const).filter((key) => key !== 'lab' || row.lab !== null);
  const edits = keys
    .map((key) => ({ index: form.columns[key], value: cellFor(row, key, form) }))
    .filter(({ index, value }) => index >= 0 && cellOf(line, index).value !== value)
    .sort((a, b) => a.index - b.index);

  let result = Buffer.alloc(0);
  let copied = 0;
  let fields = line.fields.length;
  for (const { index, value } of edits) {
    const field = line.fields[index];
    const cell = written(value, form, field?.quoted ?? form.quoted);
    const filler = field === undefined ? form.delimiter.repeat(index + 1 - fields) : '';
    fields = Math.max(fields, index + 1);
    const start = byteOffset(layout.text, field?.start ?? line.line.end, form);
    result = Buffer.concat([result, bytes.subarray(copied, start), encoded(filler + cell, form)]);
    copied = byteOffset(layout.text, field?.end ?? line.line.end, form);
  }
  return Buffer.concat([result, bytes.subarray(copied)]);
}

/** Writes an answer back: into the line of its MAC if there is one, else at the end. */
export function putRow(bytes: Uint8Array, row: ManifestRow): Buffer {
  const layout = usableLayout(bytes);
  return linesOfMac(layout, row.mac).length === 0 ? appendRow(bytes, row) : updateRow(bytes, row);
}

function usableLayout(bytes: Uint8Array): Layout {
  const layout = readLayout(bytes);
  if ('notText' in layout)
    throw refused(`The manifest is ${layout.notText}; nothing can be written into it.`);
  for (const key of ['mac', 'image', 'name'] as const) {
    if (layout.form.columns[key] < 0) throw refused(`The manifest's header line names no column for ${key}.`);
  }
  return layout;
}

function refuseInvalid(row: ManifestRow): void {
  if (parseMac(row.mac) !== row.mac) throw refused(`${row.mac} is no MAC in its canonical form.`);
  const problem = nameProblem(row.name);
  if (problem !== null) throw refused(`The name ${row.name} ${problem}.`);
  if (row.image.trim() === '') throw refused('The row has no image.');
  for (const value of [row.image, row.lab ?? '']) {
    // A spreadsheet runs a cell that starts like this as a formula.
    if (/^[=+\-@]/.test(value)) throw refused(`${value} starts like a formula.`);
    if (/\p{Cc}/u.test(value) || value !== value.trim())
      throw refused(`${value} has blanks around it or control characters in it.`);
  }
}

function refuseTaken({ data, form }: Layout, row: ManifestRow, own: DataLine | null): void {
  for (const line of data) {
    if (line === own) continue;
    if (parseMac(cellOf(line, form.columns.mac).value) === row.mac) {
      throw refused(`The MAC ${row.mac} is already on line ${line.line.number} of the manifest.`);
    }
    if (cellOf(line, form.columns.name).value.toLowerCase() === row.name.toLowerCase()) {
      throw refused(`The name ${row.name} is already on line ${line.line.number} of the manifest.`);
    }
  }
}

function linesOfMac({ data, form }: Layout, mac: string): DataLine[] {
  return data.filter((line) => parseMac(cellOf(line, form.columns.mac).value) === mac);
}

function cellFor(row: ManifestRow, key: ColumnKey, form: ManifestForm): string {
  return key === 'mac' ? formatMac(row.mac, form.macStyle) : (row[key] ?? '');
}

function written(value: string, form: ManifestForm, quoted: boolean): string {
  const needs = value.includes(form.delimiter) || value.includes('"');
  return (quoted && value !== '') || needs ? `"${value.replaceAll('"', '""')}"` : value;
}

function encoded(text: string, form: ManifestForm): Buffer {
  const bytes = encodeText(text, form.encoding);
  if (bytes !== null) return bytes;
  throw refused(
    `The manifest is written in ${form.encoding}, which has no character for all of: ${text.trim()}`,
  );
}

function refused(message: string): MimeoError {
  return new MimeoError('manifest-row-refused', message);
}
