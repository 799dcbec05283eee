/** The eight colours that every console has. */
const COLOURS = { black: 0, red: 1, green: 2, yellow: 3, blue: 4, magenta: 5, cyan: 6, white: 7 } as const;
export type Colour = keyof typeof COLOURS;

/** A stretch of a row in one style. */
export interface Span {
  readonly text: string;
  readonly ink: Colour;
  readonly paper: Colour;
  readonly bold?: boolean;
}

/** One row of the screen, as wide as the screen. */
export type Row = readonly Span[];

/** The row as text with its colours (ECMA-48 SGR). */
export function encodeRow(row: Row): string {
  return row
    .map(
      ({ text, ink, paper, bold }) => `\x1b[0;${bold ? '1;' : ''}3${COLOURS[ink]};4${COLOURS[paper]}m${text}`,
    )
    .join('');
}

/** A row with one text in its middle (or at its left edge), filled with the paper's colour, cut at the width. */
export function textRow(
  text: string,
  columns: number,
  style: { ink: Colour; paper: Colour; bold?: boolean; left?: boolean },
): Row {
  const cut = text.slice(0, columns);
  const before = style.left ? 0 : Math.floor((columns - cut.length) / 2);
  return [
    {
      text: (' '.repeat(before) + cut).padEnd(columns),
      ink: style.ink,
      paper: style.paper,
      ...(style.bold === undefined ? {} : { bold: style.bold }),
    },
  ];
}
