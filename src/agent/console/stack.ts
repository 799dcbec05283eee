import { bigRows, GLYPH_ROWS } from './glyphs.ts';
import { type Colour, type Row, textRow } from './style.ts';

/** One thing on the screen, from top to bottom. */
export type Block =
  | {
      readonly kind: 'big';
      readonly text: string;
      readonly ink: Colour;
      /** Columns per ink dot for each row per dot, at most; 2 (the default) makes dots square. */
      readonly stretch?: 1 | 2 | 3;
    }
  | { readonly kind: 'text'; readonly text: string; readonly ink: Colour; readonly left?: boolean }
  | { readonly kind: 'bar'; readonly percent: number; readonly ink: Colour };

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Sets blocks below each other on a screen of one colour, the large letters as large as all of them fit.
 * Where not even the smallest large letters fit, plain text takes their place. The first block stands at the top.
 */
export function stack(blocks: readonly Block[], size: Size, paper: Colour): Row[] {
  const scale = largestScale(blocks, size.rows);
  const built = blocks.map((block) => buildBlock(block, size.columns, scale, paper));
  const gaps = gapsAfter(blocks, size.rows - built.reduce((sum, rows) => sum + rows.length, 0));
  const empty = textRow('', size.columns, { ink: 'white', paper });
  const rows = built.flatMap((block, i) => (gaps.has(i) ? [...block, empty] : block));
  // What is left goes half above and half below everything but the first and the last block.
  const spare = Math.max(0, size.rows - rows.length);
  rows.splice(built[0]?.length ?? 0, 0, ...Array<Row>(Math.floor(spare / 2)).fill(empty));
  const last = built.at(-1)?.length ?? 0;
  rows.splice(rows.length - last, 0, ...Array<Row>(Math.max(0, size.rows - rows.length)).fill(empty));
  return rows.slice(0, size.rows);
}

/** After which blocks one row stays empty: first between large letters, then elsewhere, never between lines of text. */
function gapsAfter(blocks: readonly Block[], free: number): Set<number> {
  const bigAt = (i: number): number => (blocks[i]?.kind === 'big' ? 1 : 0);
  const wanted = blocks
    .map((block, i) => ({ i, texts: block.kind === 'text' && blocks[i + 1]?.kind === 'text' }))
    .filter(({ i, texts }) => i < blocks.length - 1 && !texts)
    .sort((a, b) => bigAt(b.i) + bigAt(b.i + 1) - (bigAt(a.i) + bigAt(a.i + 1)));
  return new Set(wanted.slice(0, Math.max(0, free)).map(({ i }) => i));
}

/** Rows per ink dot, 0 when large letters do not fit at all. */
function largestScale(blocks: readonly Block[], rows: number): number {
  const big = blocks.filter((block) => block.kind === 'big').length;
  const others = blocks.length - big;
  return big === 0 ? 1 : Math.max(0, Math.floor((rows - others) / (big * GLYPH_ROWS)));
}

function buildBlock(block: Block, columns: number, scale: number, paper: Colour): Row[] {
  if (block.kind === 'text') {
    return [textRow(block.text, columns, { ink: block.ink, paper, left: block.left ?? false })];
  }
  if (block.kind === 'bar') return [barRow(block, columns, paper)];
  const dots = bigRows(block.text);
  const width = dots[0]?.length ?? 0;
  // A cell is about twice as high as it is wide.
  const wide = Math.min((block.stretch ?? 2) * scale, Math.floor(columns / Math.max(1, width)));
  const high = Math.min(scale, wide);
  if (high < 1) return [textRow(block.text, columns, { ink: block.ink, paper, bold: true })];
  return dots.flatMap((line) => Array<Row>(high).fill(dotRow(line, wide, columns, block.ink, paper)));
}

function dotRow(dots: string, wide: number, columns: number, ink: Colour, paper: Colour): Row {
  const before = Math.floor((columns - dots.length * wide) / 2);
  const padded = '.'.repeat(before) + dots.replace(/./g, (dot) => dot.repeat(wide));
  const runs = padded.padEnd(columns, '.').match(/#+|\.+/g) ?? [];
  return runs.map((run) => ({ text: ' '.repeat(run.length), ink, paper: run.startsWith('#') ? ink : paper }));
}

function barRow(bar: { percent: number; ink: Colour }, columns: number, paper: Colour): Row {
  const edge = Math.floor(columns / 20);
  const length = columns - 2 * edge;
  const full = Math.round((length * bar.percent) / 100);
  const side = { text: ' '.repeat(edge), ink: bar.ink, paper };
  return [
    side,
    { text: ' '.repeat(full), ink: bar.ink, paper: bar.ink },
    { text: '.'.repeat(length - full), ink: bar.ink, paper },
    side,
  ];
}
