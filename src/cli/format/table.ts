import { columnsOf, type Paint } from './paint.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
}

/** Rows as aligned text with a line of titles; columns that are empty in all rows are left out. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  paint: Paint,
): string[] {
  const cells = columns.map((column) => rows.map((row) => column.cell(row).replaceAll(/[\n\t]+/g, ' ')));
  const shown = columns
    .map((column, index) => ({ column, cells: cells[index] ?? [] }))
    .filter((each) => each.cells.some((cell) => cell !== ''))
    .map((each) => ({
      ...each,
      width: Math.max(columnsOf(each.column.title), ...each.cells.map(columnsOf)),
    }));
  const line = (text: (index: number) => string): string =>
    shown
      .map(({ column, width }, index) => pad(text(index), width, column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  const titles = line((index) => shown[index]?.column.title ?? '');
  return [paint(titles, 'dim'), ...rows.map((_, row) => line((index) => shown[index]?.cells[row] ?? ''))];
}

/** Label and value, one pair a line; pairs without a value are left out. */
export function renderFields(fields: readonly (readonly [string, string])[], paint: Paint): string[] {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `  ${paint(label.padEnd(width), 'dim')}  ${value}`);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'left' ? text + room : room + text;
}
